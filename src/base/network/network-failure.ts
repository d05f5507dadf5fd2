/** Why a connection failed, as far as it can be told. */
export type NetworkFailureKind =
  | 'nameUnknown'
  | 'refused'
  | 'timeout'
  | 'certificateName'
  | 'certificateWithoutNames'
  | 'certificateExpired'
  | 'certificateNotYetValid'
  | 'certificateUntrusted'
  | 'certificateSelfSigned'
  | 'certificatePurpose'
  | 'certificateWeak'
  | 'certificateInvalid'
  | 'clientCertificate'
  | 'tls'
  | 'notHttp'
  | 'lost'
  | 'unreachable';

export interface NetworkFailure {
  readonly kind: NetworkFailureKind;
  /** Error code of Node or undici, or words of OpenSSL; `unknown` when there is none. Never bytes from the peer. */
  readonly code: string;
}

const KINDS: readonly (readonly [NetworkFailureKind, RegExp])[] = [
  ['nameUnknown', /^(ENOTFOUND|EAI_[A-Z]+)$/],
  ['refused', /^ECONNREFUSED$/],
  ['timeout', /^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/],
  ['certificateName', /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/],
  ['certificateWithoutNames', /^CERT_WITHOUT_ALTERNATIVE_NAMES$/],
  ['certificateExpired', /^CERT_HAS_EXPIRED$/],
  ['certificateNotYetValid', /^CERT_NOT_YET_VALID$/],
  ['certificateSelfSigned', /^DEPTH_ZERO_SELF_SIGNED_CERT$/],
  ['certificatePurpose', /^(INVALID_CA|INVALID_PURPOSE|key usage does not include certificate signing)$/],
  ['certificateWeak', / too weak$/],
  [
    'certificateUntrusted',
    new RegExp(
      `^(${[
        'SELF_SIGNED_CERT_IN_CHAIN',
        'UNABLE_TO_GET_ISSUER_CERT',
        'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        'CERT_SIGNATURE_FAILURE',
        'CERT_UNTRUSTED',
        'CERT_REVOKED',
      ].join('|')})$`,
    ),
  ],
  ['certificateInvalid', /^(PATH_LENGTH_EXCEEDED|[A-Za-z][a-z]+( [a-zA-Z-]+)+)$/],
  // TLS alerts by which a server rejects the client's certificate.
  [
    'clientCertificate',
    /^ERR_SSL_.*ALERT_((BAD|UNSUPPORTED|UNKNOWN)_(CERTIFICATE|CA)|CERTIFICATE_(EXPIRED|REVOKED|UNKNOWN|REQUIRED))$/,
  ],
  ['tls', /^(ERR_SSL_.*|ERR_TLS_.*|EPROTO)$/],
  ['notHttp', /^(UND_ERR_RES_.*|HPE_.*|UND_ERR_HEADERS_OVERFLOW)$/],
  ['lost', /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_ABORTED|ERR_HTTP2_.*)$/],
];

/** Node's code for what OpenSSL finds wrong with a certificate and Node has no code for. */
const UNSPECIFIED = 'UNSPECIFIED';
/** The words of OpenSSL for it (X509_verify_cert_error_string): a fixed table, nothing of the peer. */
const VERIFY_WORDS = /^[A-Za-z][A-Za-z -]{0,80}$/;

/** Of undici for what is no HTTP; for bytes that cannot begin an answer it has no code. */
const PARSER_ERROR = 'HTTPParserError';

/** Classifies a failed connection or request. */
export function networkFailure(error: unknown): NetworkFailure {
  const code = codeOf(error);
  const [kind] = KINDS.find(([, codes]) => codes.test(code)) ?? ['unreachable' as const];
  return { kind, code: code === '' ? 'unknown' : code };
}

/** The first code found along the causes; of an aggregate the first member that has one. */
function codeOf(error: unknown): string {
  for (const link of causesOf(error)) {
    const code = link !== null && typeof link === 'object' && 'code' in link ? link.code : undefined;
    if (code === UNSPECIFIED && link instanceof Error && VERIFY_WORDS.test(link.message)) return link.message;
    if (typeof code === 'string' && code !== 'UND_ERR') return code;
    if (link instanceof Error && link.name === PARSER_ERROR) return 'HPE_INVALID';
  }
  return '';
}

/** The error, its causes and the members of aggregates, at most 20. */
export function causesOf(error: unknown): readonly unknown[] {
  const links: unknown[] = [];
  const pending: unknown[] = [error];
  while (pending.length > 0 && links.length < 20) {
    const link = pending.shift();
    links.push(link);
    if (link instanceof AggregateError) pending.push(...link.errors);
    if (link instanceof Error && link.cause !== undefined) pending.push(link.cause);
  }
  return links;
}

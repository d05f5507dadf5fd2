import type { ErrorReason } from '../base/error-catalogue.ts';
import { NautesError } from '../base/errors.ts';

type Details = { readonly address: string; readonly host: string; readonly seconds: number; readonly code: string };

interface Meaning {
  readonly reason: ErrorReason;
  /** Codes of Node, OpenSSL and undici; the first meaning that has the code counts. */
  readonly codes: RegExp;
}

const MEANINGS: readonly Meaning[] = [
  { reason: 'ClusterNameUnknown', codes: /^(ENOTFOUND|EAI_[A-Z]+)$/ },
  { reason: 'ClusterConnectionRefused', codes: /^ECONNREFUSED$/ },
  { reason: 'ClusterTimeout', codes: /^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/ },
  { reason: 'ClusterCertificateNameMismatch', codes: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/ },
  { reason: 'ClusterCertificateExpired', codes: /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/ },
  {
    reason: 'ClusterCertificateUntrusted',
    codes: new RegExp(
      `^(${[
        'DEPTH_ZERO_SELF_SIGNED_CERT',
        'SELF_SIGNED_CERT_IN_CHAIN',
        'UNABLE_TO_GET_ISSUER_CERT',
        'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        'CERT_SIGNATURE_FAILURE',
        'CERT_UNTRUSTED',
        'CERT_REVOKED',
        'INVALID_CA',
        'INVALID_PURPOSE',
        'PATH_LENGTH_EXCEEDED',
      ].join('|')})$`,
    ),
  },
  // TLS alerts by which a server says that it does not like the client's certificate.
  {
    reason: 'ClusterClientCertificateRefused',
    codes:
      /^ERR_SSL_.*ALERT_((BAD|UNSUPPORTED|UNKNOWN)_(CERTIFICATE|CA)|CERTIFICATE_(EXPIRED|REVOKED|UNKNOWN|REQUIRED))$/,
  },
  { reason: 'ClusterTlsFailed', codes: /^(ERR_SSL_.*|ERR_TLS_.*|EPROTO)$/ },
  { reason: 'ClusterResponseInvalid', codes: /^(UND_ERR_RES_.*|HPE_.*|UND_ERR_HEADERS_OVERFLOW)$/ },
  { reason: 'ClusterConnectionLost', codes: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_ABORTED|ERR_HTTP2_.*)$/ },
];

/** What a failed connection means to a person. `address` is `host:port`, `seconds` the limit that may have passed. */
export function networkErrorOf(error: unknown, address: string, seconds: number): NautesError {
  const known = chain(error).find((link): link is NautesError => link instanceof NautesError);
  if (known !== undefined) return known;
  const code = codeOf(error);
  const meaning = MEANINGS.find(({ codes }) => codes.test(code));
  const details: Details = {
    address,
    host: address.replace(/:\d+$/, ''),
    seconds,
    code: code === '' ? 'unknown' : code,
  };
  const problem = 'not valid HTTP';
  return new NautesError(meaning?.reason ?? 'ClusterUnreachable', { ...details, problem }, { cause: error });
}

/** The first code found along the causes; of several attempts at once the first that has one. */
function codeOf(error: unknown): string {
  for (const link of chain(error)) {
    const code = link !== null && typeof link === 'object' && 'code' in link ? link.code : undefined;
    if (typeof code === 'string' && code !== 'UND_ERR') return code;
  }
  return '';
}

/** The error, its causes and the members of aggregates, at most 20. */
function chain(error: unknown): unknown[] {
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

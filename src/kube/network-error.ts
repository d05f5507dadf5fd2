import { NautesError } from '../base/errors.ts';

/** Codes of Node, OpenSSL and undici for a server certificate that does not chain to what we trust. */
const UNTRUSTED = new Set([
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
]);
const EXPIRED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const LOST = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_ABORTED',
  'ERR_HTTP2_STREAM_ERROR',
  'ERR_HTTP2_SESSION_ERROR',
]);
const TIMED_OUT = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const NAME_UNKNOWN = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'EAI_FAIL']);
const UNREACHABLE = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
]);

/** What a failed connection means to a person. `address` is `host:port`. */
export function networkErrorOf(error: unknown, address: string, seconds: number): NautesError {
  const known = chain(error).find((link): link is NautesError => link instanceof NautesError);
  if (known !== undefined) return known;
  const code = codeOf(error);
  const options = { cause: error };
  const host = address.replace(/:\d+$/, '');
  if (NAME_UNKNOWN.has(code)) return new NautesError('ClusterNameUnknown', { host }, options);
  if (code === 'ECONNREFUSED') return new NautesError('ClusterConnectionRefused', { address }, options);
  if (TIMED_OUT.has(code)) return new NautesError('ClusterTimeout', { address, seconds }, options);
  if (UNREACHABLE.has(code)) return new NautesError('ClusterUnreachable', { address, code }, options);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return new NautesError('ClusterCertificateNameMismatch', { address }, options);
  }
  if (EXPIRED.has(code)) return new NautesError('ClusterCertificateExpired', { address }, options);
  if (UNTRUSTED.has(code)) return new NautesError('ClusterCertificateUntrusted', { address, code }, options);
  if (code.startsWith('UND_ERR_RES_') || code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new NautesError('ClusterResponseInvalid', { address, problem: 'not valid HTTP' }, options);
  }
  if (isRefusedClientCertificate(code)) return new NautesError('ClusterClientCertificateRefused', { address }, options);
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO') {
    return new NautesError('ClusterTlsFailed', { address, code }, options);
  }
  if (LOST.has(code)) return new NautesError('ClusterConnectionLost', { address }, options);
  return new NautesError('ClusterUnreachable', { address, code: code === '' ? 'unknown' : code }, options);
}

/** TLS alerts by which a server says that it does not like the client's certificate. */
function isRefusedClientCertificate(code: string): boolean {
  return code.startsWith('ERR_SSL_') && /ALERT_(BAD|UNSUPPORTED|UNKNOWN|EXPIRED|REVOKED)?_?(CERTIFICATE|CA)/.test(code);
}

/** The first code found along the causes; of several attempts at once the last one, which is the best candidate. */
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

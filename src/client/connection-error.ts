import { NautesError } from '../errors/errors.ts';

/** Connection errors in words; the codes are those of Node and OpenSSL. */
const NETWORK_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing accepts connections there',
  ECONNRESET: 'the connection was cut off',
  EPIPE: 'the connection was cut off',
  ETIMEDOUT: 'nothing answers there',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up at the moment',
  ERR_INVALID_URL: 'it is not a URL',
};

const TRUST_PROBLEMS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is not known here',
  CERT_SIGNATURE_FAILURE: 'it was not made by that authority',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet; is the clock of this machine right?',
};

/** Maps a connection failure to an error of the catalogue. */
export function connectionError(server: string, error: unknown): NautesError {
  const code = codeOf(error);
  const options = { cause: error };
  const trust = TRUST_PROBLEMS[code];
  if (trust !== undefined) return new NautesError('ServerNotTrusted', { server, problem: trust }, options);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new NautesError('ServerNameMismatch', { server, problem: certificateNames(error) }, options);
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return new NautesError('ServerWithoutTls', { server }, options);
  if (code.startsWith('HPE_')) {
    return new NautesError('ServerAnswerUnclear', { server, problem: 'it is not HTTP' }, options);
  }
  if (code === 'ECONNRESET' && server.startsWith('http:')) {
    const problem = 'the connection was cut off, perhaps because https:// is expected';
    return new NautesError('ServerUnreachable', { server, problem }, options);
  }
  const problem = NETWORK_PROBLEMS[code] ?? (code || (error instanceof Error ? error.message : 'unknown'));
  return new NautesError('ServerUnreachable', { server, problem }, options);
}

/** A name's addresses are tried concurrently: the first failure is reported. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function certificateNames(error: unknown): string {
  const names = error instanceof Error ? /altnames?: (.*)$/i.exec(error.message)?.[1] : undefined;
  return names ?? 'its names do not match';
}

import { NautesError } from '../errors/errors.ts';
import { message, quoted, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** Connection errors in words; the codes are those of Node and OpenSSL. */
const NETWORK_PROBLEMS: Readonly<Record<string, Message>> = {
  ECONNREFUSED: message('Connection.refused'),
  ECONNRESET: message('Connection.reset'),
  EPIPE: message('Connection.reset'),
  ETIMEDOUT: message('Connection.timeout'),
  EHOSTUNREACH: message('Connection.hostUnreachable'),
  ENETUNREACH: message('Connection.networkUnreachable'),
  ENOTFOUND: message('Connection.nameUnknown'),
  EAI_AGAIN: message('Connection.nameLookupFailed'),
  ERR_INVALID_URL: message('Address.notUrl'),
};

const TRUST_PROBLEMS: Readonly<Record<string, Message>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: message('Certificate.selfSigned'),
  SELF_SIGNED_CERT_IN_CHAIN: message('Certificate.authorityUnknown'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: message('Certificate.authorityUnknown'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: message('Certificate.authorityUnknown'),
  UNABLE_TO_GET_ISSUER_CERT: message('Certificate.authorityUnknown'),
  CERT_SIGNATURE_FAILURE: message('Certificate.signatureInvalid'),
  CERT_HAS_EXPIRED: message('Certificate.expired'),
  CERT_NOT_YET_VALID: message('Certificate.notYetValid'),
  INVALID_CA: message('Certificate.purpose'),
  INVALID_PURPOSE: message('Certificate.purpose'),
};

/** Maps a connection failure to an error of the catalogue. */
export function connectionError(server: string, error: unknown): NautesError {
  const code = codeOf(error);
  const options = { cause: error };
  const trust = TRUST_PROBLEMS[code];
  if (code === 'UNSPECIFIED') {
    const words = error instanceof Error ? error.message : code; // OpenSSL's, from a fixed table
    return new NautesError('ServerNotTrusted', { server, problem: quoted(words) }, options);
  }
  if (trust !== undefined) return new NautesError('ServerNotTrusted', { server, problem: trust }, options);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new NautesError('ServerNameMismatch', { server, problem: certificateNames(error) }, options);
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return new NautesError('ServerWithoutTls', { server }, options);
  if (code.startsWith('HPE_')) {
    return new NautesError('ServerAnswerUnclear', { server, problem: message('Answer.notHttp') }, options);
  }
  if (code === 'ECONNRESET' && server.startsWith('http:')) {
    const problem = message('Connection.resetPerhapsHttps');
    return new NautesError('ServerUnreachable', { server, problem }, options);
  }
  const problem = NETWORK_PROBLEMS[code] ?? quoted(code || (error instanceof Error ? error.message : 'unknown'));
  return new NautesError('ServerUnreachable', { server, problem }, options);
}

/** A name's addresses are tried concurrently: the first failure is reported. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function certificateNames(error: unknown): Message {
  const names = error instanceof Error ? /altnames?: (.*)$/i.exec(error.message)?.[1] : undefined;
  return names === undefined ? message('Certificate.otherNames') : verbatim(names);
}

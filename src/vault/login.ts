import { FileTooLarge, readBoundedFile } from '../base/files/bounded-file.ts';
import { NautesError } from '../errors/errors.ts';
import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { Secret } from '../base/secret.ts';
import type { VaultReply, VaultTransport } from './transport.ts';
import { numberOf, pathOf, recordAt, textOf } from './values.ts';

/** How we authenticate to Vault. Secrets are in files, which are read at every login. */
export type VaultAuth =
  | { readonly method: 'token'; readonly tokenFile: string }
  | { readonly method: 'approle'; readonly mount: string; readonly roleId: string; readonly secretIdFile: string }
  | { readonly method: 'kubernetes' | 'jwt'; readonly mount: string; readonly role: string; readonly jwtFile: string };

/** A token issued by Vault. */
export interface IssuedVaultToken {
  readonly token: Secret;
  /** Its remaining lifetime; `Infinity` for one that does not expire. */
  readonly seconds: number;
  readonly renewable: boolean;
  /** True when our own login created it, so that nothing else uses it. */
  readonly isOurs: boolean;
}

const MAXIMUM_FILE_BYTES = 64 * 1024;

/** A token as Vault issues them: printable ASCII without spaces. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

/** A lifetime below is planned with as this: Vault refuses a token that has ended earlier, and it is replaced then. */
const MINIMUM_LIFETIME_SECONDS = 1;

/**
 * Logs in, or for the method `token` looks the token up.
 * @throws NautesError `VaultLoginRefused`, `VaultTokenInvalid`, `VaultLoginFileUnreadable` and those of the transport;
 *   `problemOf` maps other answers to errors
 */
export async function logIn(
  transport: VaultTransport,
  auth: VaultAuth,
  problemOf: (reply: VaultReply) => NautesError,
  signal: AbortSignal,
): Promise<IssuedVaultToken> {
  if (auth.method === 'token') return lookUp(transport, auth.tokenFile, problemOf, signal);
  const body = await loginBody(auth);
  const reply = await transport.send({ method: 'POST', path: `auth/${pathOf(auth.mount)}/login`, body }, signal);
  if (reply.status >= 400 && reply.status < 429) {
    throw new NautesError('VaultLoginRefused', { method: auth.method, mount: auth.mount, status: reply.status });
  }
  if (reply.status !== 200) throw problemOf(reply);
  const answer = recordAt(reply.body, 'auth');
  const token = textOf(answer, 'client_token');
  // It is sent in a header: one that cannot be sent is never refused, and would be kept.
  if (!TOKEN.test(token)) throw invalid(transport, message('VaultResponseInvalid.token'));
  const renewable = answer['renewable'] === true;
  return { token: new Secret(token), seconds: lifetime(numberOf(answer, 'lease_duration')), renewable, isOurs: true };
}

async function loginBody(auth: Exclude<VaultAuth, { method: 'token' }>): Promise<Record<string, string>> {
  if (auth.method === 'approle') {
    return { role_id: auth.roleId, secret_id: (await readSecret(auth.secretIdFile)).reveal() };
  }
  return { role: auth.role, jwt: (await readSecret(auth.jwtFile)).reveal() };
}

async function lookUp(
  transport: VaultTransport,
  file: string,
  problemOf: (reply: VaultReply) => NautesError,
  signal: AbortSignal,
): Promise<IssuedVaultToken> {
  const token = await readSecret(file);
  const reply = await transport.send({ method: 'GET', path: 'auth/token/lookup-self', token }, signal);
  if (reply.status === 403) throw new NautesError('VaultTokenInvalid', { file: verbatim(file) });
  if (reply.status !== 200) throw problemOf(reply);
  const data = recordAt(reply.body, 'data');
  return {
    token,
    seconds: lifetime(numberOf(data, 'ttl')),
    renewable: data['renewable'] === true,
    isOurs: false,
  };
}

/** Renews a token. @returns its remaining lifetime in seconds, `undefined` when Vault refuses */
export async function renew(
  transport: VaultTransport,
  token: Secret,
  problemOf: (reply: VaultReply) => NautesError,
  signal: AbortSignal,
): Promise<number | undefined> {
  const reply = await transport.send({ method: 'POST', path: 'auth/token/renew-self', body: {}, token }, signal);
  if (reply.status >= 400 && reply.status < 429) return undefined;
  if (reply.status !== 200) throw problemOf(reply);
  return lifetime(numberOf(recordAt(reply.body, 'auth'), 'lease_duration'));
}

/** Vault returns 0 for tokens that do not expire, such as root's. */
function lifetime(seconds: number): number {
  return seconds <= 0 ? Number.POSITIVE_INFINITY : Math.max(MINIMUM_LIFETIME_SECONDS, seconds);
}

async function readSecret(file: string): Promise<Secret> {
  const unreadable = (problem: Message, cause?: unknown): NautesError =>
    new NautesError('VaultLoginFileUnreadable', { file, problem }, { cause });
  let text: string;
  try {
    text = (await readBoundedFile(file, MAXIMUM_FILE_BYTES)).toString('utf8');
  } catch (error) {
    if (error instanceof FileTooLarge) throw unreadable(message('VaultLoginFileUnreadable.severalWords'), error);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw unreadable(message('VaultLoginFileUnreadable.failed', { code }), error);
  }
  const secret = text.trim();
  if (secret === '') throw unreadable(message('VaultLoginFileUnreadable.empty'));
  // The secret is sent in a header: it must be one word.
  if (secret.length > MAXIMUM_FILE_BYTES || /[^\x21-\x7e]/.test(secret)) {
    throw unreadable(message('VaultLoginFileUnreadable.severalWords'));
  }
  return new Secret(secret);
}

function invalid(transport: VaultTransport, problem: Message): NautesError {
  return new NautesError('VaultResponseInvalid', { address: transport.address, problem });
}

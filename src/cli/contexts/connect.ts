import { defined } from '../../base/defined.ts';
import { readBoundedFile } from '../../base/files/bounded-file.ts';
import { NautesError } from '../../errors/errors.ts';
import type { Secret } from '../../base/secret.ts';
import type { Language } from '../../messages/text.ts';
import { NautesClient, serverAddress, type TokenSource, Transport } from '../../client/index.ts';
import { tokenFromCommand, tokenOf } from './access-token.ts';
import { type Context, contextFile, type Contexts, findContext, readContexts } from './context-file.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { codeOr } from '../../errors/system-code.ts';

/** Which server and which token, as the flags of every command say. */
export interface ServerFlags {
  readonly apiServer?: string;
  readonly token?: string;
  readonly caFile?: string;
  readonly useContext?: string;
}

/** A server and how to get in. */
export interface Access {
  readonly server: string;
  readonly certificateAuthority?: string;
  readonly token: TokenSource;
}

/**
 * Flags win over environment variables, these over the context in use. The token of a context is only for its own
 * server: naming another server takes a token of its own.
 * @throws NautesError `ServerNotChosen`, `ContextUnknown` and others of the context file
 */
export async function chooseAccess(
  flags: ServerFlags,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Access> {
  const context = await contextOf(flags, environment);
  const named = flags.apiServer ?? (flags.useContext === undefined ? environment['API_SERVER'] : undefined);
  const address = named || context?.server;
  if (address === undefined) throw new NautesError('ServerNotChosen');
  const server = serverAddress(address);
  const own = context !== undefined && serverAddress(context.server) === server ? context : undefined;
  const authority = flags.caFile === undefined ? own?.certificateAuthority : await readAuthority(flags.caFile);
  const given = flags.token ?? (flags.useContext === undefined ? environment['GIT_TOKEN'] : undefined);
  return {
    server,
    ...defined({ certificateAuthority: authority }),
    token: tokenSource(server, given, own, signal),
  };
}

/** What the client tells the server of itself. */
export interface ClientIdentity {
  readonly version: string;
  readonly language: Language;
}

/** A client for the server; close it. */
export function clientFor(
  { server, certificateAuthority, token }: Access,
  { version, language }: ClientIdentity,
): NautesClient {
  const transport = new Transport({
    server,
    userAgent: `nautes-cli/${version}`,
    language,
    ...defined({ certificateAuthority }),
  });
  return new NautesClient(transport, token);
}

async function contextOf(flags: ServerFlags, environment: NodeJS.ProcessEnv): Promise<Context | undefined> {
  const file = contextFile(environment);
  if (flags.useContext !== undefined) return findContext(await readContexts(file), flags.useContext);
  const isNamed = Boolean(flags.apiServer ?? environment['API_SERVER']);
  const hasToken = Boolean(flags.token ?? environment['GIT_TOKEN']);
  if (isNamed && hasToken && flags.caFile !== undefined) return undefined;
  const contexts = await readContexts(file).catch((error: unknown) => {
    if (isNamed && hasToken) return undefined; // a broken file must not keep those back who do not need it
    throw error;
  });
  return contexts === undefined ? undefined : fitting(contexts, flags.apiServer ?? environment['API_SERVER'] ?? '');
}

/** The context in use, or for a server that is named the one that is for it. */
function fitting({ current, contexts }: Contexts, named: string): Context | undefined {
  const inUse = contexts.find(({ name }) => name === current);
  if (named === '') return inUse;
  const server = serverAddress(named);
  const isOf = (context: Context): boolean => serverAddress(context.server) === server;
  return inUse !== undefined && isOf(inUse) ? inUse : contexts.find(isOf);
}

function tokenSource(
  server: string,
  given: string | undefined,
  context: Context | undefined,
  signal: AbortSignal,
): TokenSource {
  let asked: Promise<Secret> | undefined;
  const ask = async (): Promise<Secret> => {
    if (given !== undefined && given !== '') return tokenOf(given);
    if (context?.token !== undefined) return context.token;
    if (context?.tokenCommand !== undefined) return tokenFromCommand(context.tokenCommand, signal);
    throw new NautesError('TokenNotGiven', { server });
  };
  return () => (asked ??= ask());
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Of the file of `--ca-file`. */
const MAXIMUM_AUTHORITY_BYTES = 1024 * 1024;

/** @throws NautesError `AuthorityFileUnusable` */
export async function readAuthority(file: string): Promise<string> {
  const refuse = (problem: Message, cause?: unknown): NautesError =>
    new NautesError('AuthorityFileUnusable', { file, problem }, { cause });
  const content = await readBoundedFile(file, MAXIMUM_AUTHORITY_BYTES, { pipes: true }).catch((error: unknown) => {
    throw refuse(codeOr(error, message('File.unreadable')), error);
  });
  const text = content.toString('utf8');
  const certificates = text.match(PEM) ?? [];
  if (certificates.length === 0) throw refuse(message('File.noCertificate'));
  const { X509Certificate } = await import('node:crypto'); // few need it
  const isCertificate = (pem: string): boolean => {
    try {
      return new X509Certificate(pem).subject !== undefined;
    } catch {
      return false;
    }
  };
  if (!certificates.every(isCertificate)) throw refuse(message('File.certificateUnreadable'));
  return text;
}

import { defined } from '../../base/defined.ts';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { NautesError } from '../../errors/errors.ts';
import { isMissingFile, makePrivateDirectory, readFileIfPresent, writeFileAtomically } from '../../base/files/files.ts';
import { Secret } from '../../base/secret.ts';
import { parseYaml, stringifyYaml, YamlError } from '../../base/yaml.ts';
import { message, quoted, render } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { codeOr } from '../../errors/system-code.ts';

/** A server under a name of its own, and how to get in. */
export interface Context {
  readonly name: string;
  readonly server: string;
  /** PEM of the authority of its certificate; absent for those that are known everywhere. */
  readonly certificateAuthority?: string;
  /** One of these two. */
  readonly token?: Secret;
  /** A program and its arguments, run without a shell, that prints the token. */
  readonly tokenCommand?: readonly string[];
}

export interface Contexts {
  /** Name of the context in use; empty when there is none. */
  readonly current: string;
  readonly contexts: readonly Context[];
}

const NONE: Contexts = { current: '', contexts: [] };
const MAXIMUM_BYTES = 1024 * 1024;

/** Where contexts are kept (XDG Base Directory Specification). */
export function contextFile(environment: NodeJS.ProcessEnv): string {
  const configured = environment['XDG_CONFIG_HOME'] ?? '';
  const home = environment['HOME'] || homedir();
  return join(isAbsolute(configured) ? configured : join(home, '.config'), 'nautes', 'config.yaml');
}

/** @throws NautesError `ContextFileInvalid`, `ContextFileExposed`, `ContextFileForeign` */
export async function readContexts(file: string): Promise<Contexts> {
  await refuseExposed(file);
  const content = await readFileIfPresent(file, MAXIMUM_BYTES).catch((error: unknown) => {
    throw invalid(file, codeOr(error, message('File.unreadable')), error);
  });
  if (content === undefined) return NONE;
  try {
    return decode(parseYaml(content.toString('utf8')));
  } catch (error) {
    if (error instanceof YamlError) throw invalid(file, quoted(error.message), error);
    if (error instanceof FormProblem) throw invalid(file, error.said, error);
    throw error;
  }
}

/**
 * Replaces the file; only its owner may read it. Into a directory that others may write nothing is written: they could
 * put another file in its place.
 * @throws NautesError `ContextFileInvalid`, `ContextFileExposed`, `ContextFileForeign`
 */
export async function writeContexts(file: string, contexts: Contexts): Promise<void> {
  await refuseExposed(file);
  await refuseExposedDirectory(dirname(file));
  try {
    await makePrivateDirectory(dirname(file));
    await writeFileAtomically(file, stringifyYaml(encode(contexts)), 0o600);
  } catch (error) {
    throw invalid(file, codeOr(error, message('File.unwritable')), error);
  }
}

/** Puts the context in the place of one of the same name. */
export function withContext({ current, contexts }: Contexts, context: Context): Contexts {
  const isNew = contexts.every(({ name }) => name !== context.name);
  const replaced = contexts.map((known) => (known.name === context.name ? context : known));
  return { current, contexts: isNew ? [...contexts, context] : replaced };
}

/** @throws NautesError `ContextUnknown` */
export function findContext({ contexts }: Contexts, name: string): Context {
  const found = contexts.find((context) => context.name === name);
  if (found === undefined) throw new NautesError('ContextUnknown', { name });
  return found;
}

const WRITABLE_BY_OTHERS = 0o022;

async function refuseExposedDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined) return;
  refuseForeign(directory, found);
  if ((found.mode & WRITABLE_BY_OTHERS) === 0) return;
  const problem = message('DataDirectoryExposed.writable');
  throw new NautesError('ContextFileForeign', { path: directory, problem });
}

async function refuseExposed(file: string): Promise<void> {
  if (process.platform === 'win32') return; // there rights are not in the mode
  const found = await stat(file).catch((error: unknown) => {
    if (isMissingFile(error)) return undefined;
    throw invalid(file, codeOr(error, message('File.unreadable')), error);
  });
  if (found === undefined) return;
  refuseForeign(file, found);
  if (found.isFile() && (found.mode & OPEN_TO_OTHERS) !== 0) throw new NautesError('ContextFileExposed', { file });
}

const OPEN_TO_OTHERS = 0o077;

/** Who owns it can change what it says, or put another in its place. */
function refuseForeign(path: string, { uid }: Stats): void {
  const own = process.getuid?.();
  if (own === undefined || uid === own || uid === 0) return;
  throw new NautesError('ContextFileForeign', { path, problem: message('DataDirectoryExposed.owner', { uid }) });
}

function invalid(file: string, problem: Message, cause: unknown): NautesError {
  return new NautesError('ContextFileInvalid', { file, problem }, { cause });
}

class FormProblem extends Error {
  readonly said: Message;

  constructor(said: Message) {
    super(render(said, 'en'));
    this.said = said;
  }
}

function encode({ current, contexts }: Contexts): unknown {
  return {
    'current-context': current,
    contexts: contexts.map(({ name, server, certificateAuthority, token, tokenCommand }) => ({
      name,
      server,
      ...defined({ 'certificate-authority': certificateAuthority }),
      ...(token === undefined ? {} : { token: token.reveal() }),
      ...defined({ 'token-command': tokenCommand }),
    })),
  };
}

function decode(content: unknown): Contexts {
  if (content === null || content === undefined) return NONE;
  const fields = record(content, 'it');
  const list = fields['contexts'] ?? [];
  if (!Array.isArray(list)) throw new FormProblem(message('Context.notList'));
  return { current: textOf(fields, 'current-context') ?? '', contexts: list.map(decodeContext) };
}

function decodeContext(content: unknown, index: number): Context {
  const where = `contexts[${index}]`;
  const fields = record(content, where);
  const [name, server] = [textOf(fields, 'name'), textOf(fields, 'server')];
  if (name === undefined || server === undefined) throw new FormProblem(message('Context.incomplete', { where }));
  const certificateAuthority = textOf(fields, 'certificate-authority');
  const token = textOf(fields, 'token');
  const command = fields['token-command'];
  const isCommand = Array.isArray(command) && command.length > 0 && command.every((part) => typeof part === 'string');
  if (command !== undefined && !isCommand) throw new FormProblem(message('Context.commandInvalid', { where }));
  return {
    name,
    server,
    ...defined({ certificateAuthority }),
    ...(token === undefined ? {} : { token: new Secret(token) }),
    ...(isCommand ? { tokenCommand: command } : {}),
  };
}

function record(content: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof content === 'object' && content !== null && !Array.isArray(content))
    return content as Record<string, unknown>;
  throw new FormProblem(message('Document.notFields', { path: where }));
}

function textOf(fields: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = fields[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new FormProblem(message('Document.notText', { path: key }));
  return value;
}

import type { Message } from '../messages/text.ts';
import { message, verbatim } from '../messages/message.ts';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { timestamp } from '../base/clock.ts';
import { NautesError } from '../errors/errors.ts';
import {
  checkDirectoryWritable,
  createFileOnce,
  isMissingFile,
  makePrivateDirectory,
  readFileIfPresent,
  syncDirectory,
} from '../base/files/files.ts';
import type { Secret } from '../base/secret.ts';
import type { Role } from '../resources/caller.ts';
import { generateToken, tokenHash, tokenNameProblem } from './access-token.ts';

/** The metadata of a token, without the token itself. */
export interface TokenInfo {
  readonly name: string;
  readonly role: Role;
  /** Author's address of the commits made with it. */
  readonly email: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; empty when it does not expire. */
  readonly expiresAt: string;
}

/** A stored token, in a file named `<name>.json`. */
export interface TokenRecord extends TokenInfo {
  /** SHA-256 of the token in hexadecimal. */
  readonly hash: string;
}

export interface NewToken {
  /** The directory of the tokens; created when absent. */
  readonly directory: string;
  readonly name: string;
  readonly role: Role;
  /** RFC 3339; without it the token does not expire. */
  readonly expiresAt?: string;
  /** Default: `<name>@nautes.local`. */
  readonly email?: string;
}

const FILE_SUFFIX = '.json';
const MAXIMUM_FILE_BYTES = 8 * 1024;
const MAXIMUM_EMAIL_LENGTH = 254;
/** What may appear between the angle brackets of a commit's author. */
const EMAIL = /^[^\s<>@"'\p{Cc}]+@[^\s<>@"'\p{Cc}]+$/u;
const HASH = /^[0-9a-f]{64}$/;
/** RFC 3339 with a UTC offset. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Creates a token and stores its hash. Only the result contains the token itself.
 * Also works while a server uses the directory, which accepts the token from then on.
 * @throws NautesError `TokenNameInvalid`, `TokenInvalid`, `TokenNameTaken`, `TokenStoreUnavailable`
 */
export async function createToken(options: NewToken): Promise<Secret> {
  const { directory, name, role } = options;
  assertTokenName(name);
  const email = options.email ?? `${name}@nautes.local`;
  const problem = newTokenProblem(role, email, options.expiresAt);
  if (problem !== undefined) throw new NautesError('TokenInvalid', { problem });

  const token = generateToken(name);
  const createdAt = timestamp(Date.now());
  const expiresAt = options.expiresAt ?? '';
  const record: TokenRecord = { name, role, email, createdAt, expiresAt, hash: tokenHash(token).toString('hex') };
  await io(() => storeNew(directory, record));
  return token;
}

/** The tokens in order of their names, and the files that cannot be parsed. */
export async function listTokens(directory: string): Promise<{ tokens: TokenInfo[]; unreadable: string[] }> {
  const tokens: TokenInfo[] = [];
  const unreadable: string[] = [];
  for (const file of await io(() => filesIn(directory))) {
    const name = file.slice(0, -FILE_SUFFIX.length);
    if (!file.endsWith(FILE_SUFFIX) || tokenNameProblem(name) !== undefined) continue;
    const record = await readToken(directory, name);
    if (record === 'unreadable') unreadable.push(file);
    else if (record !== undefined) tokens.push(infoOf(record));
  }
  return { tokens, unreadable };
}

/**
 * Revokes a token, within a second also for a server that uses the directory.
 * @throws NautesError `TokenNameInvalid`, `TokenNotFound`, `TokenStoreUnavailable`
 */
export async function revokeToken(directory: string, name: string): Promise<void> {
  assertTokenName(name);
  try {
    await io(() => rm(tokenPath(directory, name)));
  } catch (error) {
    if (error instanceof NautesError && isMissingFile(error.cause)) throw new NautesError('TokenNotFound', { name });
    throw error;
  }
  await io(() => syncDirectory(directory));
}

/**
 * Whether tokens can be created in the directory, which is created when absent.
 * @throws NautesError `TokenStoreUnavailable`
 */
export async function checkTokensWritable(directory: string): Promise<void> {
  await io(async () => {
    await makePrivateDirectory(directory);
    await checkDirectoryWritable(directory);
  });
}

/**
 * The stored token of a name, which must be valid.
 * @throws NautesError `TokenStoreUnavailable`
 */
export async function readToken(directory: string, name: string): Promise<TokenRecord | 'unreadable' | undefined> {
  try {
    const content = await io(() => readFileIfPresent(tokenPath(directory, name), MAXIMUM_FILE_BYTES));
    if (content === undefined) return undefined;
    return parseRecord(name, content.toString('utf8')) ?? 'unreadable';
  } catch (error) {
    if (error instanceof RangeError) return 'unreadable';
    throw error;
  }
}

function assertTokenName(name: string): void {
  const problem = tokenNameProblem(name);
  if (problem !== undefined) throw new NautesError('TokenNameInvalid', { problem });
}

function newTokenProblem(role: string, email: string, expiresAt: string | undefined): Message | undefined {
  if (!isRole(role)) return message('TokenInvalid.role');
  if (email.length > MAXIMUM_EMAIL_LENGTH || !EMAIL.test(email)) return message('TokenInvalid.email');
  if (expiresAt === undefined) return undefined;
  if (!isTime(expiresAt)) return message('TokenInvalid.time');
  return Date.parse(expiresAt) > Date.now() ? undefined : message('TokenInvalid.past');
}

/** A name can be taken once, also by concurrent processes. */
async function storeNew(directory: string, record: TokenRecord): Promise<void> {
  await makePrivateDirectory(directory);
  const content = `${JSON.stringify(record, undefined, 2)}\n`;
  if (await createFileOnce(tokenPath(directory, record.name), content)) return;
  throw new NautesError('TokenNameTaken', { name: record.name });
}

function tokenPath(directory: string, name: string): string {
  return join(directory, `${name}${FILE_SUFFIX}`);
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).toSorted();
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

function parseRecord(name: string, text: string): TokenRecord | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof document !== 'object' || document === null) return undefined;
  const { name: written, role, email, createdAt, expiresAt, hash } = document as Record<string, unknown>;
  // Otherwise a copied file would be a second token under another name.
  if (written !== name || !isRole(role) || typeof email !== 'string' || !EMAIL.test(email)) return undefined;
  if (typeof createdAt !== 'string' || typeof hash !== 'string' || !HASH.test(hash)) return undefined;
  if (typeof expiresAt !== 'string' || (expiresAt !== '' && !isTime(expiresAt))) return undefined;
  return { name, role, email, createdAt, expiresAt, hash };
}

function infoOf(record: TokenRecord): TokenInfo {
  const { name, role, email, createdAt, expiresAt } = record;
  return { name, role, email, createdAt, expiresAt };
}

function isRole(value: unknown): value is Role {
  return value === 'reader' || value === 'maintainer';
}

function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

/** Maps file-system failures to the store's error. */
async function io<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    const problem = verbatim(`${String(error.code)} (${String(error.syscall)})`);
    throw new NautesError('TokenStoreUnavailable', { problem }, { cause: error });
  }
}

import { timestamp } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
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
  /** Day of the last use that is known; absent when there was none, or the store keeps none. */
  readonly lastUsedAt?: string;
}

/** A stored token. */
export interface TokenRecord extends TokenInfo {
  /** SHA-256 of the token in hexadecimal. */
  readonly hash: string;
}

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  /** RFC 3339; without it the token does not expire. */
  readonly expiresAt?: string;
  /** Default: `<name>@nautes.local`. */
  readonly email?: string;
}

export interface TokenListing {
  /** In order of their names. */
  readonly tokens: readonly TokenInfo[];
  /** What is there and cannot be parsed: names of files or of keys. */
  readonly unreadable: readonly string[];
}

/** The access tokens of an installation: their hashes, by name. Several processes use it at once. */
export interface TokenStore {
  /**
   * Creates a token and stores its hash; running servers accept it from then on. Only the result contains the token
   * itself.
   * @throws NautesError `TokenNameInvalid`, `TokenInvalid`, `TokenNameTaken`, `TokenStoreUnavailable`
   */
  readonly create: (token: NewToken, signal: AbortSignal) => Promise<Secret>;
  /** @throws NautesError `TokenStoreUnavailable` */
  readonly list: (signal: AbortSignal) => Promise<TokenListing>;
  /**
   * Revokes a token, within a second also for servers that run.
   * @throws NautesError `TokenNameInvalid`, `TokenNotFound`, `TokenStoreUnavailable`
   */
  readonly revoke: (name: string, signal: AbortSignal) => Promise<void>;
  /**
   * The stored token of a valid name as it is now.
   * @throws NautesError `TokenStoreUnavailable`
   */
  readonly read: (name: string, signal: AbortSignal) => Promise<TokenRecord | 'unreadable' | undefined>;
  /** What was read of a name lately, for readers while the store is unavailable; absent where that is not needed. */
  readonly lastKnown?: (name: string) => TokenRecord | undefined;
  /** Keeps the day of the last use of a token; absent where that is not kept. @throws NautesError `TokenStoreUnavailable` */
  readonly noteUse?: (record: TokenRecord, day: string) => Promise<void>;
  /** Stores a token of another store, in the place of one of its name. @throws NautesError `TokenStoreUnavailable` */
  readonly restore: (record: TokenRecord, signal: AbortSignal) => Promise<void>;
  /** Whether tokens can be created now. @throws NautesError `TokenStoreUnavailable` */
  readonly checkWritable: () => Promise<void>;
}

/** Longest record of a token as JSON. */
export const MAXIMUM_RECORD_BYTES = 8 * 1024;
const MAXIMUM_EMAIL_LENGTH = 254;
/** What may appear between the angle brackets of a commit's author. */
const EMAIL = /^[^\s<>@"'\p{Cc}]+@[^\s<>@"'\p{Cc}]+$/u;
const HASH = /^[0-9a-f]{64}$/;
/** RFC 3339 with a UTC offset. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** A new token and what is stored of it. @throws NautesError `TokenNameInvalid`, `TokenInvalid` */
export function makeToken(given: NewToken): { readonly token: Secret; readonly record: TokenRecord } {
  const { name, role } = given;
  assertTokenName(name);
  const email = given.email ?? `${name}@nautes.local`;
  const problem = newTokenProblem(role, email, given.expiresAt);
  if (problem !== undefined) throw new NautesError('TokenInvalid', { problem });
  const token = generateToken(name);
  const createdAt = timestamp(Date.now());
  const expiresAt = given.expiresAt ?? '';
  return { token, record: { name, role, email, createdAt, expiresAt, hash: tokenHash(token).toString('hex') } };
}

/** @throws NautesError `TokenNameInvalid` */
export function assertTokenName(name: string): void {
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

/** The record as it is stored. */
export function recordText(record: TokenRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/** The record of a name in a stored text, `undefined` when it is none of that name. */
export function parseRecord(name: string, text: string): TokenRecord | undefined {
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

export function infoOf(record: TokenRecord): TokenInfo {
  const { name, role, email, createdAt, expiresAt } = record;
  return { name, role, email, createdAt, expiresAt };
}

function isRole(value: unknown): value is Role {
  return value === 'reader' || value === 'maintainer';
}

function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

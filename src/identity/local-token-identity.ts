import { message } from '../messages/message.ts';
import { timingSafeEqual } from 'node:crypto';
import { type Clock, systemClock, timestamp } from '../base/clock.ts';
import { NautesError } from '../errors/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Secret } from '../base/secret.ts';
import type { Caller, Role, Verb } from '../resources/caller.ts';
import { tokenHash, tokenName, tokenNameProblem } from './access-token.ts';
import type { IdentityProvider } from './identity-provider.ts';
import type { TokenRecord, TokenStore } from './token-store.ts';

/** How long a stored token is cached before it is read again: the longest that a revoked one keeps working. */
export const TOKEN_CACHE_MILLISECONDS = 500;

/** A token in use is read again from this age on while it still counts, so that its requests do not wait for the disk. */
const READ_AHEAD_MILLISECONDS = TOKEN_CACHE_MILLISECONDS / 2;

/** Cached names; the oldest entries are dropped. */
const MAXIMUM_CACHED_TOKENS = 1000;

/** Callers share a read: it does not end with one of them. */
const UNENDING = new AbortController().signal;

interface CachedToken {
  readonly record: TokenRecord;
  /** By the monotonic clock. */
  readonly readAt: number;
}

export interface LocalTokenIdentityOptions {
  readonly tokens: TokenStore;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/**
 * Identifies callers by the tokens of `nautes token create`. A token that another process creates or revokes counts
 * without a restart. Unknown tokens are not cached: a new one works at once.
 */
export class LocalTokenIdentity implements IdentityProvider {
  readonly #tokens: TokenStore;
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** Day of the last use, by name. */
  readonly #used = new Map<string, string>();
  /** Hash of the token that was used last, by name. */
  readonly #noted = new Map<string, string>();
  readonly #cache = new Map<string, CachedToken>();
  readonly #reading = new Map<string, Promise<TokenRecord | undefined>>();

  constructor(options: LocalTokenIdentityOptions) {
    this.#tokens = options.tokens;
    this.#logger = options.logger;
    this.#clock = options.clock ?? systemClock;
  }

  async authenticate(token: Secret, signal: AbortSignal): Promise<Caller> {
    signal.throwIfAborted();
    const name = tokenName(token);
    if (name === undefined) throw new NautesError('Unauthenticated');
    const hash = tokenHash(token);
    let record = await this.#recordOrLastKnown(name);
    if (record !== undefined && !isOf(record, hash)) {
      // The name may have been revoked and taken again since.
      this.#cache.delete(name);
      this.#reading.delete(name); // begun before, perhaps with the former
      record = await this.#recordOrLastKnown(name);
    }
    if (record === undefined || !isOf(record, hash)) throw new NautesError('Unauthenticated');
    if (this.#isExpired(record)) throw new NautesError('TokenExpired', { name, expiresAt: record.expiresAt });
    this.#noteUse(record);
    const end = record.expiresAt === '' ? {} : { tokenExpiresAt: record.expiresAt };
    return { id: record.name, name: record.name, email: record.email, tokenDigest: record.hash, ...end };
  }

  /** The first use on a day is stored; a request does not wait for it, and does not fail with it. */
  #noteUse(record: TokenRecord): void {
    const day = timestamp(this.#clock.now()).slice(0, 'YYYY-MM-DD'.length);
    if (this.#used.get(record.name) === day && this.#noted.get(record.name) === record.hash) return;
    this.#used.set(record.name, day);
    this.#noted.set(record.name, record.hash);
    this.#tokens.noteUse?.(record, day).catch((error: unknown) => {
      this.#logger.warn({ token: record.name, error }, 'the day of the last use of a token could not be stored');
    });
  }

  /** Day of the last use of a token that this process has seen. */
  lastUse(name: string): string | undefined {
    return this.#used.get(name);
  }

  async authorize(caller: Caller, role: Role, verb: Verb, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const record = await this.#recordOf(caller, role);
    const isAllowed = record !== undefined && !this.#isExpired(record) && includesRole(record.role, role);
    if (isAllowed) return;
    throw new NautesError('NoAuthorization', {
      caller: caller.name,
      action: message(`verb.${verb}`),
      missing:
        record === undefined
          ? message('NoAuthorization.tokenUnknown')
          : message('NoAuthorization.tokenRole', { role: message(`role.${record.role}`) }),
      needed: message('needed.role', { role: message(`role.${role}`) }),
      grant: message('grant.maintainerForToken'),
    });
  }

  /** The token that the caller came with, as it is stored now; another one of its name is not it. */
  async #recordOf({ id, tokenDigest }: Caller, role: Role): Promise<TokenRecord | undefined> {
    if (tokenNameProblem(id) !== undefined) return undefined;
    const record = await this.#recordFor(id, role);
    return tokenDigest === undefined || record?.hash === tokenDigest ? record : undefined;
  }

  #isExpired(record: TokenRecord): boolean {
    return record.expiresAt !== '' && Date.parse(record.expiresAt) <= this.#clock.now();
  }

  /** Reading continues with what was known while the store is away; what changes something needs the tokens of now. */
  async #recordFor(name: string, role: Role): Promise<TokenRecord | undefined> {
    return await (role === 'reader' ? this.#recordOrLastKnown(name) : this.#record(name));
  }

  async #recordOrLastKnown(name: string): Promise<TokenRecord | undefined> {
    try {
      return await this.#record(name);
    } catch (error) {
      const isAway = error instanceof NautesError && error.reason === 'TokenStoreUnavailable';
      const known = isAway ? this.#tokens.lastKnown?.(name) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  }

  /** The stored token of the name, read again when the cache entry is too old. Concurrent callers share a read. */
  async #record(name: string): Promise<TokenRecord | undefined> {
    const cached = this.#cache.get(name);
    const age = cached === undefined ? Number.POSITIVE_INFINITY : performance.now() - cached.readAt;
    if (cached === undefined || age >= TOKEN_CACHE_MILLISECONDS) return this.#readShared(name);
    if (age >= READ_AHEAD_MILLISECONDS) this.#readShared(name).catch(() => {}); // who needs it by then is told
    return cached.record;
  }

  async #readShared(name: string): Promise<TokenRecord | undefined> {
    const reading = this.#reading.get(name) ?? this.#read(name);
    this.#reading.set(name, reading);
    try {
      return await reading;
    } finally {
      if (this.#reading.get(name) === reading) this.#reading.delete(name);
    }
  }

  async #read(name: string): Promise<TokenRecord | undefined> {
    const readAt = performance.now();
    const record = await this.#tokens.read(name, UNENDING);
    if (record === 'unreadable') {
      this.#cache.delete(name);
      this.#logger.error(
        { token: name },
        'what is stored of an access token is damaged; revoke the token and make a new one',
      );
      return undefined;
    }
    if (record === undefined) this.#cache.delete(name);
    else this.#remember(name, { record, readAt });
    return record;
  }

  #remember(name: string, cached: CachedToken): void {
    if ((this.#cache.get(name)?.readAt ?? 0) > cached.readAt) return; // overtaken by a later read
    if (this.#cache.size >= MAXIMUM_CACHED_TOKENS) {
      const [oldest] = this.#cache.keys();
      if (oldest !== undefined) this.#cache.delete(oldest);
    }
    this.#cache.set(name, cached);
  }
}

function isOf(record: TokenRecord, hash: Buffer): boolean {
  return timingSafeEqual(hash, Buffer.from(record.hash, 'hex'));
}

function includesRole(has: Role, needed: Role): boolean {
  return has === 'maintainer' || has === needed;
}

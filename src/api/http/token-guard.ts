import { message } from '../../messages/message.ts';
import { isIPv4 } from 'node:net';
import { NautesError } from '../../errors/errors.ts';
import { sha256 } from '../../base/hash.ts';
import type { Logger } from '../../base/logger.ts';

export interface TokenGuardLimits {
  /** Different unknown tokens from one address in a minute. */
  readonly failuresPerAddress: number;
  /** The same from all addresses together; what is above slows down only addresses that have failed lately. */
  readonly failuresTotal: number;
  /** By how many servers clients are answered: each allows its part, so that together they allow no more. Default: 1. */
  readonly servers?: () => number;
}

export const defaultTokenGuardLimits: TokenGuardLimits = { failuresPerAddress: 30, failuresTotal: 600 };

/** What became of a token: `undecided` when it could not be verified, or is known and no longer valid. */
export type TokenOutcome = 'accepted' | 'unknown' | 'undecided';

/** Who was let in counts as known for so long, whatever else comes from the same address. */
const KNOWN_MILLISECONDS = 60 * 60_000;

/** Of tokens, failures and addresses so many are kept in mind; those of longest ago are forgotten. */
const MAXIMUM_REMEMBERED = 10_000;

const MINUTE_MILLISECONDS = 60_000;

/**
 * Slows down the guessing of tokens without locking anybody out who has one. What counts are different tokens that turn
 * out to be unknown, by address: a client that comes with the same expired one again and again is no guesser. A token
 * that was accepted within the last hour is never slowed down, so people behind one proxy do not suffer from each other;
 * only who comes with a new one from an address that is guessing, or while very many new ones from there are being looked
 * at, may have to come again.
 *
 * Not promised: who has very many addresses can try that many times more. Tokens have 256 random bits; what is protected
 * is the server that is asked about them.
 */
export class TokenGuard {
  readonly #limits: TokenGuardLimits;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #known = new Recent<number>();
  readonly #failed = new Recent<true>();
  readonly #addresses = new Recent<Allowance>();
  /** By address and token. */
  readonly #attempts = new Map<string, Attempt>();
  readonly #all: Allowance;

  constructor(limits: TokenGuardLimits, logger: Logger, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#logger = logger;
    this.#now = now;
    this.#all = new Allowance(() => this.#part(limits.failuresTotal), now());
  }

  /**
   * Begins to look at a token; what becomes of it has to be told by calling what is given back.
   * @throws NautesError `TooManyFailures` when the address has used up its failures
   */
  admit(address: string, token: string): (outcome: TokenOutcome) => void {
    const key = sha256(token);
    const origin = networkOf(address);
    const now = this.#now();
    const knownAt = this.#known.get(key);
    if (knownAt !== undefined && now - knownAt < KNOWN_MILLISECONDS) {
      return (outcome) => {
        if (this.#learn(key, outcome)) this.#failure(origin).take(this.#now());
      };
    }
    const attempt = this.#begin(address, origin, key, now);
    return (outcome) => {
      if (this.#learn(key, outcome)) {
        this.#failure(origin);
        attempt.isGuess = true;
      }
      this.#end(attempt, origin, key);
    };
  }

  /** The use is taken at once and given back unless it is a guess, so that many at once are no way around. */
  #begin(address: string, origin: string, key: string, now: number): Attempt {
    const running = this.#attempts.get(`${origin} ${key}`);
    if (running !== undefined) {
      running.requests += 1;
      return running;
    }
    const own = this.#allowance(origin);
    const wait = Math.max(own.wait(now), own.hasFailed ? this.#all.wait(now) : 0);
    if (wait > 0) {
      this.#tell(own, address);
      const from = own.wait(now) === 0 ? message('TooManyFailures.everywhere') : message('TooManyFailures.here');
      throw new NautesError('TooManyFailures', { from }, { retryAfterMilliseconds: wait });
    }
    own.take(now);
    own.underWay += 1;
    const attempt = { own, requests: 1, isGuess: false };
    this.#attempts.set(`${origin} ${key}`, attempt);
    return attempt;
  }

  #end(attempt: Attempt, origin: string, key: string): void {
    attempt.requests -= 1;
    if (attempt.requests > 0) return;
    this.#attempts.delete(`${origin} ${key}`);
    const { own } = attempt;
    own.underWay -= 1;
    if (!attempt.isGuess) own.giveBack();
    // Who never fails takes no place from those that have to be kept in mind.
    if (!own.hasFailed && own.underWay === 0) this.#addresses.delete(origin);
  }

  /** True when this is a new guess: the same again is none. */
  #learn(key: string, outcome: TokenOutcome): boolean {
    if (outcome === 'accepted') this.#known.set(key, this.#now());
    if (outcome !== 'unknown') return false;
    this.#known.delete(key);
    if (this.#failed.get(key) === true) return false;
    this.#failed.set(key, true);
    return true;
  }

  #failure(origin: string): Allowance {
    const own = this.#allowance(origin);
    own.hasFailed = true;
    this.#addresses.set(origin, own); // the latest is forgotten last
    this.#all.take(this.#now());
    return own;
  }

  #allowance(origin: string): Allowance {
    const known = this.#addresses.get(origin);
    if (known !== undefined) return known;
    const created = new Allowance(() => this.#part(this.#limits.failuresPerAddress), this.#now());
    this.#addresses.set(origin, created);
    return created;
  }

  /** What this server allows of a limit. */
  #part(limit: number): number {
    return Math.max(1, Math.floor(limit / Math.max(1, this.#limits.servers?.() ?? 1)));
  }

  #tell(own: Allowance, address: string): void {
    if (own.isTold) return;
    own.isTold = true;
    this.#logger.warn({ address }, 'many unknown tokens come from an address: it is slowed down');
  }
}

/** One token from one address that is being verified, for one request or several. */
interface Attempt {
  readonly own: Allowance;
  requests: number;
  isGuess: boolean;
}

/** A number of uses that fills up again within a minute. */
class Allowance {
  readonly #limit: () => number;
  #left: number;
  #at: number;
  /** Whether it was logged that it is used up. */
  isTold = false;
  /** Whether an unknown token came from there; what was only verified says nothing of it. */
  hasFailed = false;
  /** Tokens that are being verified. */
  underWay = 0;

  constructor(limit: () => number, now: number) {
    this.#limit = limit;
    this.#left = limit();
    this.#at = now;
  }

  get #perMinute(): number {
    return this.#limit();
  }

  /** How long until there is one use, in milliseconds. */
  wait(now: number): number {
    this.#fill(now);
    return this.#left >= 1 ? 0 : ((1 - this.#left) * MINUTE_MILLISECONDS) / this.#perMinute;
  }

  take(now: number): void {
    this.#fill(now);
    this.#left = Math.max(0, this.#left - 1);
  }

  giveBack(): void {
    this.#left = Math.min(this.#perMinute, this.#left + 1);
  }

  #fill(now: number): void {
    const filled = this.#left + ((now - this.#at) * this.#perMinute) / MINUTE_MILLISECONDS;
    this.#left = Math.min(this.#perMinute, filled);
    this.#at = now;
    if (this.#left >= this.#perMinute / 2) this.isTold = false;
  }
}

class Recent<T> {
  readonly #values = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > MAXIMUM_REMEMBERED && oldest !== undefined) this.#values.delete(oldest);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}

/** An IPv4 address itself; of IPv6 the network that one customer has. */
export function networkOf(address: string): string {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  if (isIPv4(plain) || !plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('%', 1)[0]?.split('::') ?? [];
  const groups = head.split(':').filter(Boolean);
  const rest = tail?.split(':').filter(Boolean) ?? [];
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0');
  return [...groups, ...zeros, ...rest]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

import { isIPv4 } from 'node:net';
import { NautesError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { Logger } from '../base/logger.ts';

export interface TokenGuardLimits {
  /** Different unknown tokens from one address in a minute. */
  readonly failuresPerAddress: number;
  /** The same from all addresses together; what is above slows down only addresses that have failed lately. */
  readonly failuresTotal: number;
}

export const defaultTokenGuardLimits: TokenGuardLimits = { failuresPerAddress: 30, failuresTotal: 600 };

/** What became of a token: `undecided` when it could not be looked at, or is known and not good any more. */
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
 * only who comes with a new one from an address that is guessing may have to come again.
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
  readonly #all: Allowance;

  constructor(limits: TokenGuardLimits, logger: Logger, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#logger = logger;
    this.#now = now;
    this.#all = new Allowance(limits.failuresTotal, now());
  }

  /**
   * Begins to look at a token; what becomes of it has to be told by calling what is given back.
   * @throws NautesError `TooManyFailures` when the address has used up its failures
   */
  admit(address: string, token: string): (outcome: TokenOutcome) => void {
    const key = sha256(token);
    const now = this.#now();
    const knownAt = this.#known.get(key);
    if (knownAt !== undefined && now - knownAt < KNOWN_MILLISECONDS) return this.#settle(address, key, () => {});
    const origin = networkOf(address);
    const own = this.#addresses.get(origin);
    const wait = Math.max(own?.wait(now) ?? 0, own === undefined ? 0 : this.#all.wait(now));
    if (wait > 0) {
      this.#tell(own, address);
      const from = own?.wait(now) === 0 ? 'from everywhere' : 'from this address';
      throw new NautesError('TooManyFailures', { from }, { retryAfterMilliseconds: wait });
    }
    own?.take(now); // given back unless it is a guess, so that many at once are no way around
    return this.#settle(address, key, () => own?.giveBack());
  }

  #settle(address: string, key: string, giveBack: () => void): (outcome: TokenOutcome) => void {
    return (outcome) => {
      const now = this.#now();
      giveBack();
      if (outcome === 'accepted') this.#known.set(key, now);
      if (outcome !== 'unknown') return;
      this.#known.delete(key);
      if (this.#failed.get(key) === true) return; // the same again is no new guess
      this.#failed.set(key, true);
      const origin = networkOf(address);
      const own = this.#addresses.get(origin) ?? new Allowance(this.#limits.failuresPerAddress, now);
      this.#addresses.set(origin, own);
      own.take(now);
      this.#all.take(now);
    };
  }

  #tell(own: Allowance | undefined, address: string): void {
    if (own === undefined || own.isTold) return;
    own.isTold = true;
    this.#logger.warn({ address }, 'many unknown tokens come from an address: it is slowed down');
  }
}

/** A number of uses that fills up again within a minute. */
class Allowance {
  readonly #perMinute: number;
  #left: number;
  #at: number;
  /** Whether it was logged that it is used up. */
  isTold = false;

  constructor(perMinute: number, now: number) {
    this.#perMinute = perMinute;
    this.#left = perMinute;
    this.#at = now;
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

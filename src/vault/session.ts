import { performance } from 'node:perf_hooks';
import { asNautesError, NautesError } from '../errors/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Secret } from '../base/secret.ts';
import { untilAborted } from '../base/async/timing.ts';
import { type IssuedVaultToken, logIn, renew, type VaultAuth } from './login.ts';
import type { VaultReply, VaultTransport } from './transport.ts';

/** A token is renewed when this share of its lifetime has passed. */
const RENEW_AT = 2 / 3;
/** A renewal below this share of the first lifetime means that the maximum TTL is near. */
const WORTH_RENEWING = 1 / 2;
const RENEWAL_RETRY_MILLISECONDS = 5_000;
/** Timers are limited to 24.8 days; a daily check is enough. */
const LEAST_TIMER_MILLISECONDS = 1_000;
const LONGEST_TIMER_MILLISECONDS = 24 * 3600 * 1000;
/** After a refused login there is no other attempt for this long: Vault counts failed logins. */
const REFUSAL_HOLD_MILLISECONDS = 3_000;
const REVOCATION_MILLISECONDS = 2_000;

export interface VaultSessionOptions {
  readonly transport: VaultTransport;
  readonly auth: VaultAuth;
  readonly logger: Logger;
  /** Maps an answer to its error. */
  readonly problemOf: (reply: VaultReply) => NautesError;
}

interface Held extends IssuedVaultToken {
  /** Milliseconds of the monotonic clock. */
  readonly endsAt: number;
  /** Its lifetime when it was new, in seconds. */
  readonly fullSeconds: number;
}

/**
 * The token of requests: obtained by a login when the first request needs it, renewed before it expires, and replaced
 * when it cannot be renewed or Vault no longer accepts it. One login at a time, shared by all callers.
 */
export class VaultSession {
  readonly #options: VaultSessionOptions;
  readonly #closing = new AbortController();
  #held: Held | undefined;
  #login: Promise<Held> | undefined;
  #refusal: { readonly error: NautesError; readonly until: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isRenewalBroken = false;

  constructor(options: VaultSessionOptions) {
    this.#options = options;
  }

  /** A token that is valid as far as known. @throws NautesError why there is none */
  async token(signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted();
    if (this.#closing.signal.aborted) throw new NautesError('Closing');
    const held = this.#held;
    if (held !== undefined && performance.now() < held.endsAt) return held.token;
    return (await untilAborted(this.#logInOnce(), signal)).token;
  }

  /** Vault rejected this token: the next request logs in. */
  reject(token: Secret): void {
    if (this.#held?.token !== token) return; // already replaced
    this.#drop();
    this.#options.logger.warn({}, 'Vault no longer accepts the token; logging in again');
  }

  /** Ends the session; a token from our own login is revoked, if Vault is reachable. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    const held = this.#held;
    this.#held = undefined;
    if (held?.isOurs === true) await this.#revoke(held.token);
  }

  #logInOnce(): Promise<Held> {
    const refusal = this.#refusal;
    if (refusal !== undefined && performance.now() < refusal.until) return Promise.reject(refusal.error);
    this.#login ??= this.#logIn().finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  async #logIn(): Promise<Held> {
    const { transport, auth, problemOf, logger } = this.#options;
    try {
      const issued = await logIn(transport, auth, problemOf, this.#closing.signal);
      const held = this.#hold(issued, issued.seconds);
      this.#refusal = undefined;
      logger.info({ method: auth.method, seconds: issued.seconds }, 'logged in to Vault');
      return held;
    } catch (error) {
      if (this.#closing.signal.aborted) throw new NautesError('Closing', {}, { cause: error });
      const known = asNautesError(error);
      if (known.next === 'stalled') {
        this.#refusal = { error: known, until: performance.now() + REFUSAL_HOLD_MILLISECONDS };
      }
      throw error;
    }
  }

  #hold(issued: IssuedVaultToken, fullSeconds: number): Held {
    const held = { ...issued, fullSeconds, endsAt: performance.now() + issued.seconds * 1000 };
    this.#held = held;
    this.#schedule(Math.max(LEAST_TIMER_MILLISECONDS, issued.seconds * 1000 * RENEW_AT));
    return held;
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#held = undefined;
  }

  #schedule(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted) return;
    const due = performance.now() + milliseconds;
    const wait = Math.min(milliseconds, LONGEST_TIMER_MILLISECONDS);
    this.#timer = setTimeout(() => {
      const left = due - performance.now();
      if (left > 1) this.#schedule(left);
      else void this.#keepAlive();
    }, wait).unref();
  }

  /** Renews the token or obtains another; retries until the token expires. */
  async #keepAlive(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    try {
      const seconds = held.renewable ? await this.#renewal(held) : undefined;
      if (this.#held !== held) return; // dropped in the meantime
      if (seconds !== undefined) this.#hold({ ...held, seconds }, held.fullSeconds);
      else await this.#replace(held);
      this.#isRenewalBroken = false;
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      if (!this.#isRenewalBroken) {
        const { reason, message } = asNautesError(error);
        this.#options.logger.warn({ reason }, `cannot renew the Vault token yet: ${message}`);
      }
      this.#isRenewalBroken = true;
      this.#schedule(RENEWAL_RETRY_MILLISECONDS);
    }
  }

  /** The new lifetime when the renewal extended it enough. */
  async #renewal({ token, fullSeconds, isOurs }: Held): Promise<number | undefined> {
    const { transport, problemOf } = this.#options;
    const seconds = await renew(transport, token, problemOf, this.#closing.signal);
    if (seconds === undefined || (isOurs && seconds < fullSeconds * WORTH_RENEWING)) return undefined;
    return seconds;
  }

  /** A configured token is looked up again: the same one, or another that is in the file now. */
  async #replace(held: Held): Promise<void> {
    await this.#logInOnce();
    if (held.isOurs) await this.#revoke(held.token);
    else this.#warnOfTheEnd();
  }

  #warnOfTheEnd(): void {
    const held = this.#held;
    if (held === undefined || held.renewable || held.endsAt === Number.POSITIVE_INFINITY) return;
    const seconds = Math.max(0, Math.round((held.endsAt - performance.now()) / 1000));
    this.#options.logger.warn(
      { seconds },
      'the Vault token expires and cannot be renewed: write a new one to its file',
    );
  }

  async #revoke(token: Secret): Promise<void> {
    const { transport } = this.#options;
    const signal = AbortSignal.timeout(REVOCATION_MILLISECONDS);
    await transport.send({ method: 'POST', path: 'auth/token/revoke-self', body: {}, token }, signal).catch(() => {});
  }
}

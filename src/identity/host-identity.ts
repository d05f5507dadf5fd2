import type { Message } from '../messages/text.ts';
import { message } from '../messages/message.ts';
import { NautesError } from '../errors/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { Secret } from '../base/secret.ts';
import { untilAborted, withDeadline } from '../base/async/timing.ts';
import type { Caller, Role, Verb } from '../resources/caller.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { TtlCache } from './ttl-cache.ts';
import { InFlightCoalescer } from './in-flight-coalescer.ts';

/** An account that a Git server identifies by a token. */
export interface KnownAccount {
  readonly caller: Caller;
  /** The server's id of the account. */
  readonly user: number;
  /** Scopes of the token; empty when the server does not return them. */
  readonly scopes: readonly string[];
}

/** Why an account lacks a permission, as parts of a message. */
export interface Denial {
  readonly missing: Message;
  readonly needed: Message;
  readonly grant: Message;
}

/** A Git server's information on its users. Other errors than these mean that it could not be reached. */
export interface HostAccounts {
  /** @throws NautesError `Unauthenticated`, `TokenRefused`, `AccountBlocked` */
  identify(token: Secret, signal: AbortSignal): Promise<KnownAccount>;
  /** Why the account may not read the tenant configuration repository, or `undefined` when it may. */
  readDenial(account: KnownAccount, signal: AbortSignal): Promise<Denial | undefined>;
  /** Why the account may not push to `main`, or `undefined` when it may. */
  writeDenial(account: KnownAccount, signal: AbortSignal): Promise<Denial | undefined>;
  close(): Promise<void>;
}

export interface HostIdentityOptions {
  readonly accounts: HostAccounts;
  /** How long an identification, and a permission to read, is cached. */
  readonly cacheMilliseconds: number;
  /** How long a refusal is cached, so that repeated failures cost little. */
  readonly refusalMilliseconds?: number;
}

const REFUSAL_MILLISECONDS = 3000;

/** Deadline of a check with all of its requests. */
const QUESTION_DEADLINE_MILLISECONDS = 20_000;

/** What a token is for, and whose, does not change; each check sees whether it is still valid. */
const ACCOUNT_MILLISECONDS = 10 * 60_000;

/** Printable ASCII without spaces, as in every server's tokens; anything else is not looked up. */
const SOUND_TOKEN = /^[\x21-\x7e]{8,4096}$/;

/** Errors that are a refusal. */
const REFUSALS = new Set(['Unauthenticated', 'TokenRefused', 'AccountBlocked']);

/**
 * Identifies callers by their tokens of a Git server, with their permissions there. Permission to write is checked
 * every time, with the caller's own token, and never cached; concurrent checks share the answer.
 */
export class HostIdentity implements IdentityProvider {
  readonly #accounts: HostAccounts;
  readonly #known: TtlCache<KnownAccount>;
  readonly #fresh: TtlCache<KnownAccount>;
  readonly #strangers: TtlCache<NautesError>;
  readonly #readers: TtlCache<true>;
  readonly #denials: TtlCache<Denial>;
  readonly #identifying = new InFlightCoalescer<KnownAccount>();
  readonly #asking = new InFlightCoalescer<Denial | undefined>();

  constructor({ accounts, cacheMilliseconds, refusalMilliseconds = REFUSAL_MILLISECONDS }: HostIdentityOptions) {
    this.#accounts = accounts;
    this.#known = new TtlCache(ACCOUNT_MILLISECONDS);
    this.#fresh = new TtlCache(cacheMilliseconds);
    this.#readers = new TtlCache(cacheMilliseconds);
    this.#strangers = new TtlCache(refusalMilliseconds);
    this.#denials = new TtlCache(refusalMilliseconds);
  }

  async authenticate(token: Secret, signal: AbortSignal): Promise<Caller> {
    signal.throwIfAborted();
    if (!SOUND_TOKEN.test(token.reveal())) throw new NautesError('Unauthenticated');
    const key = sha256(token.reveal());
    const known = this.#fresh.get(key) ?? (await untilAborted(this.#identify(key, token), signal));
    return known.caller;
  }

  async authorize(caller: Caller, role: Role, verb: Verb, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const denial = await untilAborted(this.#denial(caller, role), signal);
    if (denial === undefined) return;
    const action = message(`verb.${verb}`);
    throw new NautesError('NoAuthorization', { caller: caller.name, action, ...denial });
  }

  close(): Promise<void> {
    return this.#accounts.close();
  }

  async #identify(key: string, token: Secret): Promise<KnownAccount> {
    const stranger = this.#strangers.get(key);
    if (stranger !== undefined) throw stranger;
    return this.#identifying.ask(key, async () => {
      try {
        const account = await this.#accounts.identify(token, deadline());
        this.#known.set(key, account);
        this.#fresh.set(key, account);
        return account;
      } catch (error) {
        if (error instanceof NautesError && REFUSALS.has(error.reason)) this.#strangers.set(key, error);
        throw error;
      }
    });
  }

  async #denial(caller: Caller, role: Role): Promise<Denial | undefined> {
    const { credential } = caller;
    if (credential === undefined || !SOUND_TOKEN.test(credential.reveal())) return NO_TOKEN;
    const token = sha256(credential.reveal());
    const key = `${role} ${token}`;
    if (role === 'reader' && this.#readers.get(key) === true) return undefined;
    const recent = this.#denials.get(key);
    if (recent !== undefined) return recent;
    return this.#asking.ask(key, async () => {
      const denial = await this.#ask(token, credential, role);
      if (denial !== undefined) this.#denials.set(key, denial);
      else if (role === 'reader') this.#readers.set(key, true);
      return denial;
    });
  }

  async #ask(key: string, token: Secret, role: Role): Promise<Denial | undefined> {
    try {
      const account = this.#known.get(key) ?? (await this.#identify(key, token));
      const signal = deadline();
      if (role === 'reader') return await this.#accounts.readDenial(account, signal);
      return await this.#accounts.writeDenial(account, signal);
    } catch (error) {
      if (!(error instanceof NautesError) || !REFUSALS.has(error.reason)) throw error;
      return {
        missing: error.said,
        needed: message('needed.acceptedToken'),
        grant: message('grant.newTokenThere'),
      };
    }
  }
}

const NO_TOKEN: Denial = {
  missing: message('NoAuthorization.noToken'),
  needed: message('needed.acceptedToken'),
  grant: message('grant.sendToken'),
};

function deadline(): AbortSignal {
  return withDeadline(undefined, QUESTION_DEADLINE_MILLISECONDS);
}

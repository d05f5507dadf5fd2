import { NautesError } from '../errors/errors.ts';
import { Secret } from '../base/secret.ts';
import { action } from '../messages/action.ts';
import {
  GiteaApi,
  type GiteaProtection,
  type GiteaRefusal,
  type GiteaRepository,
  type HostClient,
  type PushAnswer,
  ruleMatches,
} from '../git-host/index.ts';
import { MAIN_BRANCH } from '../resources/repository-layout.ts';
import type { Denial, HostAccounts, KnownAccount } from './host-identity.ts';

export interface GiteaAccountsOptions {
  readonly client: HostClient;
  /** The tenant configuration repository: `owner/name`. */
  readonly repository: string;
  /** A token of the server's own that can read the branch protection, to explain refusals. */
  readonly ownToken?: (signal: AbortSignal) => Promise<Secret>;
}

const MAXIMUM_NAMES = 5;

/** The users of a Gitea and their permissions in one of its repositories. */
export class GiteaAccounts implements HostAccounts {
  readonly #client: HostClient;
  readonly #api: GiteaApi;
  readonly #options: GiteaAccountsOptions;

  constructor(options: GiteaAccountsOptions) {
    this.#client = options.client;
    this.#api = new GiteaApi(options.client, options.repository);
    this.#options = options;
  }

  async identify(token: Secret, signal: AbortSignal): Promise<KnownAccount> {
    const { value: user, refusal } = await this.#api.user(token, signal);
    if (refusal !== undefined) throw identityError(refusal);
    const name = user.full_name.trim() || user.login;
    const caller = { id: `gitea:${user.id}`, name, email: user.email, credential: token };
    return { caller, user: user.id, scopes: [] };
  }

  async readDenial(account: KnownAccount, signal: AbortSignal): Promise<Denial | undefined> {
    const { value, refusal } = await this.#api.repository(tokenOf(account), signal);
    if (value?.permissions.pull === true) return undefined;
    return accountDenial(refusal) ?? NO_MEMBER;
  }

  async writeDenial(account: KnownAccount, signal: AbortSignal): Promise<Denial | undefined> {
    const token = tokenOf(account);
    const [branch, push] = await Promise.all([
      this.#api.branch(MAIN_BRANCH, token, signal),
      this.#api.beginPush(token, signal),
    ]);
    if (branch.value?.user_can_push === true && push === 'welcome') return undefined;
    return accountDenial(branch.refusal) ?? (await this.#whyNot(token, push, signal));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #whyNot(token: Secret, push: PushAnswer, signal: AbortSignal): Promise<Denial> {
    const { value: repository, refusal } = await this.#api.repository(token, signal);
    if (repository === undefined) return accountDenial(refusal) ?? NO_MEMBER;
    const needed = `the right to push to ${MAIN_BRANCH} of ${repository.full_name}`;
    const grant = `ask an owner or maintainer of ${repository.full_name}, e.g. @${repository.owner.login}`;
    if (repository.archived || push === 'archived') {
      return {
        missing: `the repository ${repository.full_name} is archived`,
        needed: 'one that takes changes',
        grant,
      };
    }
    if (push !== 'welcome') return READ_ONLY_TOKEN;
    return { missing: await this.#missing(token, repository, signal), needed, grant };
  }

  async #missing(token: Secret, { permissions }: GiteaRepository, signal: AbortSignal): Promise<string> {
    if (!permissions.push) return 'the account may read there and not write';
    const rule = await this.#rule(token, signal).catch(() => undefined); // the refusal is valid without its explanation
    return `${MAIN_BRANCH} may be pushed to by ${rule === undefined ? 'others only' : describe(rule)}`;
  }

  async #rule(callers: Secret, signal: AbortSignal): Promise<GiteaProtection | undefined> {
    const own = await this.#options.ownToken?.(signal).catch(() => undefined);
    const rules = (await this.#api.protections(own ?? callers, signal)).value ?? [];
    // Gitea applies one rule to a branch: that of its exact name, else the first matching pattern.
    return (
      rules.find(({ rule_name: name }) => name === MAIN_BRANCH) ??
      rules.find(({ rule_name: name }) => ruleMatches(name, MAIN_BRANCH))
    );
  }
}

function describe(rule: GiteaProtection): string {
  if (!rule.enable_push) return 'no one';
  const teams = (rule.push_whitelist_teams ?? []).map((team) => `team ${team}`);
  const who = [...(rule.push_whitelist_usernames ?? []), ...teams].slice(0, MAXIMUM_NAMES);
  return who.length === 0 ? 'no one' : `${who.join(', ')} only`;
}

/** Reveals nothing of the repository, not even its name, to callers without access. */
const NO_MEMBER: Denial = {
  missing: 'the account has no access to the tenant configuration repository',
  needed: 'the right to read it, and to push to main to change something',
  grant: 'ask a maintainer of it',
};

const READ_ONLY_TOKEN: Denial = {
  missing: 'the token cannot write repositories',
  needed: 'a token with the scopes read:user and write:repository',
  grant: 'make one in Gitea under Settings, Applications; whether it may push is up to a maintainer',
};

function tokenOf({ caller }: KnownAccount): Secret {
  return caller.credential ?? new Secret('');
}

/** Refusals that concern the token or its account, not the repository. */
const ACCOUNT_DENIALS: Readonly<Partial<Record<GiteaRefusal, Denial>>> = {
  unknownToken: {
    missing: 'the token was revoked',
    needed: 'a token that is accepted',
    grant: 'make a new one in Gitea',
  },
  scopeMissing: {
    missing: 'the token lacks the scope read:repository',
    needed: 'a token with the scopes read:user and write:repository',
    grant: 'make one in Gitea',
  },
  forbidden: {
    missing: 'the account is not let in',
    needed: 'an account that is',
    grant: 'ask an administrator of Gitea',
  },
};

function accountDenial(refusal: GiteaRefusal | undefined): Denial | undefined {
  return refusal === undefined ? undefined : ACCOUNT_DENIALS[refusal];
}

function identityError(refusal: GiteaRefusal): NautesError {
  if (refusal === 'scopeMissing') {
    const problem = 'it lacks the scope read:user';
    return new NautesError('TokenRefused', { problem }, { action: action('CreateGiteaToken') });
  }
  if (refusal === 'forbidden') {
    return new NautesError('AccountBlocked', {
      host: 'Gitea',
      problem: 'it is inactive, or prohibited from signing in',
    });
  }
  return new NautesError('Unauthenticated');
}

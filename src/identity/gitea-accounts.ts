import type { Message } from '../messages/text.ts';
import { message } from '../messages/message.ts';
import { oneLine } from '../base/one-line.ts';
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
import { accountAddress, accountName } from './account-form.ts';
import { MAIN_BRANCH } from '../resources/repository-layout.ts';
import type { Denial, HostAccounts, KnownAccount } from './host-identity.ts';

export interface GiteaAccountsOptions {
  readonly client: HostClient;
  /** Where changes are pushed to; default `main`. */
  readonly branch?: string;
  /** The tenant configuration repository: `owner/name`. */
  readonly repository: string;
  /** A token of the server's own that can read the branch protection, to explain refusals. */
  readonly ownToken?: (signal: AbortSignal) => Promise<Secret>;
}

const MAXIMUM_NAMES = 5;

/** Characters of a path in a message. */
const MAXIMUM_SHOWN = 200;

/** The users of a Gitea and their permissions in one of its repositories. */
export class GiteaAccounts implements HostAccounts {
  readonly #client: HostClient;
  readonly #api: GiteaApi;
  readonly #branch: string;
  readonly #options: GiteaAccountsOptions;

  constructor(options: GiteaAccountsOptions) {
    this.#client = options.client;
    this.#api = new GiteaApi(options.client, options.repository);
    this.#options = options;
    this.#branch = options.branch ?? MAIN_BRANCH;
  }

  async identify(token: Secret, signal: AbortSignal): Promise<KnownAccount> {
    const { value: user, refusal } = await this.#api.user(token, signal);
    if (refusal !== undefined) throw identityError(refusal);
    const name = accountName(user.full_name) || accountName(user.login) || String(user.id);
    const caller = { id: `gitea:${user.id}`, name, email: accountAddress(user.email), credential: token };
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
      this.#api.branch(this.#branch, token, signal),
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
    const path = oneLine(repository.full_name, MAXIMUM_SHOWN);
    const needed = message('needed.pushTo', { branch: this.#branch, path });
    const grant = message('grant.owner', { path, who: `@${accountName(repository.owner.login)}` });
    if (repository.archived || push === 'archived') {
      return {
        missing: message('NoAuthorization.archivedRepository', { path }),
        needed: message('needed.repositoryForChanges'),
        grant,
      };
    }
    if (push !== 'welcome') return READ_ONLY_TOKEN;
    return { missing: await this.#missing(token, repository, signal), needed, grant };
  }

  async #missing(token: Secret, { permissions }: GiteaRepository, signal: AbortSignal): Promise<Message> {
    if (!permissions.push) return message('NoAuthorization.readOnlyAccount');
    const rule = await this.#rule(token, signal).catch(() => undefined); // the refusal is valid without its explanation
    const who = rule === undefined ? message('pushers.others') : describe(rule);
    return message('NoAuthorization.branchRule', { branch: this.#branch, who });
  }

  async #rule(callers: Secret, signal: AbortSignal): Promise<GiteaProtection | undefined> {
    const own = await this.#options.ownToken?.(signal).catch(() => undefined);
    const rules = (await this.#api.protections(own ?? callers, signal)).value ?? [];
    // Gitea applies one rule to a branch: that of its exact name, else the first matching pattern.
    return (
      rules.find(({ rule_name: name }) => name === this.#branch) ??
      rules.find(({ rule_name: name }) => ruleMatches(name, this.#branch))
    );
  }
}

function describe(rule: GiteaProtection): Message {
  if (!rule.enable_push) return message('pushers.none');
  const teams = (rule.push_whitelist_teams ?? []).map((team) => `team ${team}`);
  const who = [...(rule.push_whitelist_usernames ?? []), ...teams].slice(0, MAXIMUM_NAMES).map(accountName);
  return who.length === 0 ? message('pushers.none') : message('pushers.only', { names: who });
}

const GITEA_SCOPES = 'read:user, write:repository';

/** Reveals nothing of the repository, not even its name, to callers without access. */
const NO_MEMBER: Denial = {
  missing: message('NoAuthorization.noAccess'),
  needed: message('needed.readAndPush'),
  grant: message('grant.maintainer'),
};

const READ_ONLY_TOKEN: Denial = {
  missing: message('NoAuthorization.readOnlyToken'),
  needed: message('needed.scopes', { scopes: GITEA_SCOPES }),
  grant: message('grant.giteaToken'),
};

function tokenOf({ caller }: KnownAccount): Secret {
  return caller.credential ?? new Secret('');
}

/** Refusals that concern the token or its account, not the repository. */
const ACCOUNT_DENIALS: Readonly<Partial<Record<GiteaRefusal, Denial>>> = {
  unknownToken: {
    missing: message('NoAuthorization.revoked'),
    needed: message('needed.acceptedToken'),
    grant: message('grant.newTokenIn', { host: 'Gitea' }),
  },
  scopeMissing: {
    missing: message('NoAuthorization.scopeMissing', { scope: 'read:repository' }),
    needed: message('needed.scopes', { scopes: GITEA_SCOPES }),
    grant: message('grant.tokenIn', { host: 'Gitea' }),
  },
  forbidden: {
    missing: message('NoAuthorization.notLetIn'),
    needed: message('needed.accountLetIn'),
    grant: message('grant.administrator', { host: 'Gitea' }),
  },
};

function accountDenial(refusal: GiteaRefusal | undefined): Denial | undefined {
  return refusal === undefined ? undefined : ACCOUNT_DENIALS[refusal];
}

function identityError(refusal: GiteaRefusal): NautesError {
  if (refusal === 'scopeMissing') {
    const problem = message('TokenRefused.scope', { scope: 'read:user' });
    return new NautesError('TokenRefused', { problem }, { action: action('CreateGiteaToken') });
  }
  if (refusal === 'forbidden') {
    return new NautesError('AccountBlocked', {
      host: 'Gitea',
      problem: message('AccountBlocked.gitea'),
    });
  }
  return new NautesError('Unauthenticated');
}

import type { Message } from '../messages/text.ts';
import { message, type MessageId } from '../messages/message.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { oneLine } from '../base/one-line.ts';
import { NautesError } from '../errors/errors.ts';
import { Secret } from '../base/secret.ts';
import { action, type Action } from '../messages/action.ts';
import {
  describeRule,
  type GitLabAnswer,
  GitLabApi,
  type GitLabMember,
  type GitLabRefusal,
  type GitLabUser,
  type HostClient,
  MAINTAINER,
  type PushRule,
  pushRule,
  REPORTER,
  roleName,
} from '../git-host/index.ts';
import { MAIN_BRANCH } from '../resources/repository-layout.ts';
import type { Denial, HostAccounts, KnownAccount } from './host-identity.ts';
import { accountAddress, accountName, accountScopes } from './account-form.ts';
import { TtlCache } from './ttl-cache.ts';

export interface GitLabAccountsOptions {
  readonly client: HostClient;
  /** Where changes are pushed to; default `main`. */
  readonly branch?: string;
  /** The project of the tenant configuration repository: its id or full path. */
  readonly project: string;
  /** A token of the server's own, to explain refusals for which the caller's token does not suffice. */
  readonly ownToken?: (signal: AbortSignal) => Promise<Secret>;
  readonly clock?: Clock;
}

/** GitLab tokens that do not belong to a user, by their prefix. */
const OTHER_TOKENS: readonly (readonly [prefix: string, kind: MessageId & `GitLabToken.${string}`])[] = [
  ['gldt-', 'GitLabToken.deploy'],
  ['glcbt-', 'GitLabToken.ciJob'],
  ['glrt-', 'GitLabToken.runner'],
  ['glrtr-', 'GitLabToken.runnerRegistration'],
  ['glptt-', 'GitLabToken.pipelineTrigger'],
  ['glft-', 'GitLabToken.feed'],
  ['glimt-', 'GitLabToken.incomingMail'],
  ['glagent-', 'GitLabToken.agent'],
  ['glsoat-', 'GitLabToken.scim'],
  ['gloas-', 'GitLabToken.oauthSecret'],
  ['glffct-', 'GitLabToken.featureFlags'],
];

/** Scopes that allow a push. */
const WRITING_SCOPES = ['api', 'write_repository'];

/** How long the rule of `main` and the grantors are cached; they are the same for every refused caller. */
const EXPLANATION_MILLISECONDS = 60_000;
const MAXIMUM_NAMES = 5;

/** Characters of a path, a date or a state in a message. */
const MAXIMUM_SHOWN = 200;

/** How long the number of the project is taken for granted. */
const LOCATION_MILLISECONDS = 10 * 60_000;

/** What explains a refusal. */
interface Explanation {
  readonly rule: PushRule | undefined | 'unknown';
  /** Who can grant permissions; empty when unknown. */
  readonly grantors: readonly string[];
}

/** The users of a GitLab and their permissions in one of its projects. */
export class GitLabAccounts implements HostAccounts {
  readonly #client: HostClient;
  readonly #api: GitLabApi;
  readonly #branch: string;
  readonly #options: GitLabAccountsOptions;
  readonly #clock: Clock;
  readonly #explanations = new TtlCache<Explanation>(EXPLANATION_MILLISECONDS);
  #project: string;
  #locatedAt = Number.NEGATIVE_INFINITY;

  constructor(options: GitLabAccountsOptions) {
    this.#client = options.client;
    this.#api = new GitLabApi(options.client);
    this.#options = options;
    this.#branch = options.branch ?? MAIN_BRANCH;
    this.#clock = options.clock ?? systemClock;
    this.#project = options.project;
  }

  async identify(token: Secret, signal: AbortSignal): Promise<KnownAccount> {
    const other = OTHER_TOKENS.find(([prefix]) => token.reveal().startsWith(prefix));
    if (other !== undefined)
      throw refused(message('TokenRefused.kind', { kind: message(other[1]) }), action('UseGitLabUserToken'));
    const [user, scopes] = await Promise.all([this.#api.user(token, signal), this.#scopes(token, signal)]);
    if (user.refusal !== undefined) throw identityError(user.refusal);
    const { id, name, username } = user.value;
    const caller = {
      id: `gitlab:${id}`,
      name: accountName(name) || accountName(username) || String(id),
      email: accountAddress(this.#addressOf(user.value)),
      credential: token,
    };
    return { caller, user: id, scopes: accountScopes(scopes) };
  }

  async readDenial(account: KnownAccount, signal: AbortSignal): Promise<Denial | undefined> {
    const token = tokenOf(account);
    await this.#locate(token, signal);
    const { refusal, value: member } = await this.#member(account, token, signal);
    if (this.#levelOf(member) >= REPORTER) return undefined;
    const aboutToken = tokenDenial(refusal);
    if (aboutToken !== undefined) return aboutToken;
    if (member === undefined) {
      const branch = await this.#api.branch(this.#project, this.#branch, token, signal);
      if (branch.value?.can_push === true && branch.value.name === this.#branch) return undefined; // an administrator
      return accountDenial(branch.refusal) ?? NO_MEMBER;
    }
    const { grantors } = await this.#explain(token, signal);
    const needed = message('needed.reporter');
    return { missing: this.#membershipOf(member), needed, grant: grantOf(grantors) };
  }

  async writeDenial(account: KnownAccount, signal: AbortSignal): Promise<Denial | undefined> {
    const { scopes } = account;
    if (scopes.length > 0 && !WRITING_SCOPES.some((scope) => scopes.includes(scope))) return scopeDenial(scopes);
    const token = tokenOf(account);
    await this.#locate(token, signal);
    const [branch, member] = await Promise.all([
      this.#api.branch(this.#project, this.#branch, token, signal),
      this.#member(account, token, signal),
    ]);
    const isOver = member.value !== undefined && this.#isOver(member.value);
    if (branch.value?.can_push === true && branch.value.name === this.#branch && !isOver) return undefined;
    // Guests get 403 too: only the project tells whether the account is blocked.
    return tokenDenial(branch.refusal) ?? (await this.#whyNot(token, member.value, signal));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** The membership of the account; what is said of another one says nothing. */
  async #member({ user }: KnownAccount, token: Secret, signal: AbortSignal): Promise<GitLabAnswer<GitLabMember>> {
    const answer = await this.#api.member(this.#project, user, token, signal);
    return answer.value === undefined || answer.value.id === user ? answer : { refusal: 'absent' };
  }

  /** The scopes of the token; a token that is not a personal, project or group one is an OAuth token. */
  async #scopes(token: Secret, signal: AbortSignal): Promise<readonly string[]> {
    const own = await this.#api.ownToken(token, signal);
    if (own.value !== undefined) return own.value.scopes;
    if (own.refusal !== 'unsuitable') return [];
    return (await this.#api.oauthToken(token, signal)).value?.scope ?? [];
  }

  /** Resolves the id of the project: it stays when the project is renamed or moved. */
  async #locate(token: Secret, signal: AbortSignal): Promise<void> {
    const { project: configured } = this.#options;
    if (/^\d+$/.test(configured) || performance.now() - this.#locatedAt < LOCATION_MILLISECONDS) return;
    // A project that was moved is found by its number; a number that was wrong is not kept for ever.
    const project = await this.#api.project(configured, token, signal);
    if (project.value === undefined) return;
    this.#project = String(project.value.id);
    this.#locatedAt = performance.now();
  }

  #addressOf({ commit_email: commit, email, id, username }: GitLabUser): string {
    const address = [commit, email].find((each) => each !== null && each !== undefined && each !== '');
    return address ?? `${id}-${username}@users.noreply.${new URL(this.#client.url).hostname}`;
  }

  /** A membership ends at the start of its expiry date. */
  #isOver({ expires_at: end }: GitLabMember): boolean {
    if (end === null || end === undefined) return false;
    const ends = Date.parse(end);
    return Number.isNaN(ends) || ends <= this.#clock.now();
  }

  #levelOf(member: GitLabMember | undefined): number {
    return member === undefined || member.state !== 'active' || this.#isOver(member) ? 0 : member.access_level;
  }

  #membershipOf(member: GitLabMember): Message {
    if (this.#isOver(member))
      return message('NoAuthorization.membershipEnded', { date: oneLine(String(member.expires_at), MAXIMUM_SHOWN) });
    if (member.state !== 'active') {
      return message('NoAuthorization.membershipState', { state: oneLine(member.state, MAXIMUM_SHOWN) });
    }
    return message('NoAuthorization.membershipRole', { role: roleName(member.access_level) });
  }

  async #whyNot(token: Secret, member: GitLabMember | undefined, signal: AbortSignal): Promise<Denial> {
    const project = await this.#api.project(this.#project, token, signal);
    if (project.value === undefined) return accountDenial(project.refusal) ?? NO_MEMBER;
    const path = oneLine(project.value.path_with_namespace, MAXIMUM_SHOWN);
    const { rule, grantors } = await this.#explain(token, signal);
    const grant = grantOf(grantors);
    if (project.value.archived === true) {
      const missing = message('NoAuthorization.archivedProject', { path });
      return { missing, needed: message('needed.projectForChanges'), grant };
    }
    const needed = message('needed.pushTo', { branch: this.#branch, path });
    if (member === undefined) return { missing: message('NoAuthorization.notMemberThere'), needed, grant };
    const who = rule === 'unknown' ? message('pushers.others') : describeRule(rule);
    const { default_branch: standard } = project.value;
    const hint =
      standard === null || standard === undefined || standard === this.#branch
        ? ''
        : ` (default: ${oneLine(standard, MAXIMUM_SHOWN)})`;
    return {
      missing: message('NoAuthorization.membershipAndRule', {
        membership: this.#membershipOf(member),
        branch: `${this.#branch}${hint}`,
        who,
      }),
      needed,
      grant,
    };
  }

  /** Uses the server's own token if there is one: rules and members may be hidden from the caller. */
  async #explain(callers: Secret, signal: AbortSignal): Promise<Explanation> {
    const known = this.#explanations.get('');
    if (known !== undefined) return known;
    const own = await this.#options.ownToken?.(signal).catch(() => undefined);
    const token = own ?? callers;
    try {
      const [rules, members] = await Promise.all([
        this.#api.protectedBranches(this.#project, token, signal),
        this.#api.members(this.#project, token, signal),
      ]);
      const explanation: Explanation = {
        rule: rules.value === undefined ? 'unknown' : pushRule(rules.value, this.#branch),
        grantors: (members.value ?? []).filter((member) => this.#levelOf(member) >= MAINTAINER).flatMap(personOf),
      };
      if (own !== undefined) this.#explanations.set('', explanation);
      return explanation;
    } catch {
      return { rule: 'unknown', grantors: [] }; // the refusal is valid without its explanation
    }
  }
}

/** Reveals nothing of the project, not even its name, to callers who are not members. */
const NO_MEMBER: Denial = {
  missing: message('NoAuthorization.notMember'),
  needed: message('needed.reporterAndMore'),
  grant: message('grant.invitation'),
};

/** Access tokens of projects and groups are members too, but cannot grant permissions. */
function personOf({ name, username }: GitLabMember): string[] {
  if (/^(project|group)_\d+_bot/.test(username)) return [];
  return [`${plain(name)} (@${plain(username)})`];
}

/** Text that users choose, for a sentence: one line, limited. */
function plain(text: string): string {
  return oneLine(text, 60);
}

function grantOf(grantors: readonly string[]): Message {
  const names = grantors.slice(0, MAXIMUM_NAMES);
  return names.length === 0 ? message('grant.maintainerOrOwner') : message('grant.maintainers', { names });
}

function scopeDenial(scopes: readonly string[]): Denial {
  return {
    missing: readOnlyScopes(scopes),
    needed: message('needed.apiScopes'),
    grant: message('grant.gitlabToken'),
  };
}

function tokenOf({ caller }: KnownAccount): Secret {
  return caller.credential ?? new Secret('');
}

/** Refusals that concern the token or its account, not the project. */
function accountDenial(refusal: GitLabRefusal | undefined): Denial | undefined {
  if (refusal !== 'forbidden') return tokenDenial(refusal);
  return {
    missing: message('NoAuthorization.blocked'),
    needed: message('needed.accountLetIn'),
    grant: message('grant.administrator', { host: 'GitLab' }),
  };
}

/** Refusals that concern the token. */
function tokenDenial(refusal: GitLabRefusal | undefined): Denial | undefined {
  if (refusal === 'unknownToken' || refusal === 'expiredToken') {
    return {
      missing: message('NoAuthorization.expiredOrRevoked'),
      needed: message('needed.acceptedToken'),
      grant: message('grant.newTokenIn', { host: 'GitLab' }),
    };
  }
  if (refusal === 'scopeMissing') {
    return {
      missing: message('NoAuthorization.apiScopeMissing'),
      needed: message('needed.apiScopes'),
      grant: message('grant.tokenIn', { host: 'GitLab' }),
    };
  }
  return undefined;
}

function identityError(refusal: GitLabRefusal): NautesError {
  if (refusal === 'expiredToken') return refused(message('TokenRefused.expired'), action('RenewGitLabToken'));
  if (refusal === 'scopeMissing') {
    return refused(message('TokenRefused.apiScope'), action('CreateGitLabToken'));
  }
  if (refusal === 'forbidden') {
    return new NautesError('AccountBlocked', { host: 'GitLab', problem: message('AccountBlocked.gitlab') });
  }
  return new NautesError('Unauthenticated');
}

function refused(problem: Message, advice: Action): NautesError {
  return new NautesError('TokenRefused', { problem }, { action: advice });
}

function readOnlyScopes(scopes: readonly string[]): Message {
  const [scope = '', ...others] = scopes;
  if (others.length === 0) return message('NoAuthorization.scopeReadOnly', { scope });
  return message('NoAuthorization.scopesReadOnly', { scopes });
}

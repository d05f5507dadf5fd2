import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { NautesError } from '../errors/errors.ts';
import { run } from '../base/programs/process.ts';
import { Secret } from '../base/secret.ts';
import { HostClient } from '../git-host/index.ts';
import type { Caller, Role } from '../resources/caller.ts';
import { GitLabDouble } from '../../test/doubles/gitlab/gitlab.ts';
import type { Group, Project, User } from '../../test/doubles/gitlab/model.ts';
import { GitLabAccounts } from './gitlab-accounts.ts';
import { HostIdentity } from './host-identity.ts';
import { describeIdentityProviderContract } from './identity-provider.contract.ts';

const signal = new AbortController().signal;

const LEVELS: Readonly<Record<Role, number>> = { reader: 20, maintainer: 40 };
const [GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER] = [10, 20, 30, 40, 50];

interface Place {
  readonly gitlab: GitLabDouble;
  readonly group: Group;
  readonly project: Project;
  readonly identity: HostIdentity;
  /** Lets go of both. */
  readonly close: () => Promise<void>;
}

interface PlaceOptions {
  readonly cacheMilliseconds?: number;
  readonly refusalMilliseconds?: number;
  readonly hasOwnToken?: boolean;
}

async function open(options: PlaceOptions = {}) {
  const gitlab = await GitLabDouble.start();
  const group = gitlab.addGroup('platform');
  const project = await gitlab.addProject('tenant-config', { group });
  await firstCommit(project);
  const own = gitlab.addUser('project_1_bot_nautes', { name: 'Nautes', isBot: true });
  project.members.set(own, { level: MAINTAINER });
  const token = gitlab.token(own);
  const client = new HostClient({ url: gitlab.url, host: 'GitLab', requestsPerMinute: 10_000 });
  const identity = new HostIdentity({
    accounts: new GitLabAccounts({
      client,
      project: 'platform/tenant-config',
      ...(options.hasOwnToken === false ? {} : { ownToken: async () => new Secret(token) }),
    }),
    cacheMilliseconds: options.cacheMilliseconds ?? 50,
    refusalMilliseconds: options.refusalMilliseconds ?? 50,
  });
  const close = async (): Promise<void> => {
    await identity.close();
    await gitlab[Symbol.asyncDispose]();
  };
  const place: Place = { gitlab, group, project, identity, close };
  return place;
}

async function placeOf(context: TestContext, options?: PlaceOptions): Promise<Place> {
  const place = await open(options);
  context.after(() => place.close());
  return place;
}

async function firstCommit({ repository }: Project): Promise<void> {
  const git = async (...args: string[]): Promise<string> => {
    const identity = ['-c', 'user.name=Grace', '-c', 'user.email=grace@example.org'];
    return (await run('git', ['-C', repository, ...identity, ...args])).stdout.toString().trim();
  };
  const tree = await git('mktree');
  await git('update-ref', 'refs/heads/main', await git('commit-tree', tree, '-m', 'First'));
}

describeIdentityProviderContract('GitLab', async () => {
  const { gitlab, project, identity, close } = await open();
  const tokens = new Map<string, string>();
  let count = 0;
  return {
    provider: identity,
    async addPerson(role) {
      count += 1;
      const user = gitlab.addUser(`person-${count}`, { name: `Person ${count}` });
      project.members.set(user, { level: LEVELS[role] });
      const token = gitlab.token(user);
      const caller = {
        id: `gitlab:${user.id}`,
        name: user.name,
        email: user.email,
        credential: new Secret(token),
      };
      tokens.set(caller.id, token);
      return { token: new Secret(token), caller };
    },
    revoke: async (caller) => gitlab.revoke(tokens.get(caller.id) ?? ''),
    cleanUp: close,
  };
});

/** The caller, as after a request with the token. */
async function callerWith({ identity }: Place, token: string): Promise<Caller> {
  return identity.authenticate(new Secret(token), signal);
}

/** The refusal as `message remedy`, or `yes`. */
async function answer(
  place: Place,
  token: string,
  role: Role = 'maintainer',
  between: () => void = () => {},
): Promise<string> {
  try {
    const caller = await callerWith(place, token);
    between();
    await place.identity.authorize(caller, role, 'save clusters', signal);
    return 'yes';
  } catch (error) {
    assert.ok(error instanceof NautesError, String(error));
    assert.doesNotMatch(inspect(error, { depth: null }), new RegExp(token));
    if (error.reason !== 'NoAuthorization') throw error;
    return `${error.message}. ${error.remedy}`;
  }
}

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    assert.ok(error instanceof NautesError, String(error));
    return `${error.reason}: ${error.message}. ${error.remedy}`;
  }
}

describe('who has a token of GitLab', () => {
  it('is known by personal, project, group and OAuth tokens, with name and address of the account', async (context) => {
    const place = await placeOf(context);
    const ada = place.gitlab.addUser('ada', { name: 'Ada Lovelace', email: 'ada@example.com' });
    for (const kind of ['personal', 'oauth'] as const) {
      const caller = await callerWith(place, place.gitlab.token(ada, { kind }));
      assert.deepEqual([caller.name, caller.email], ['Ada Lovelace', 'ada@example.com']);
      assert.equal(caller.id, `gitlab:${ada.id}`);
    }
    for (const kind of ['project', 'group'] as const) {
      const bot = place.gitlab.addUser(`${kind}_1_bot_x`, { name: `CI of the ${kind}`, isBot: true });
      place.project.members.set(bot, { level: MAINTAINER });
      const token = place.gitlab.token(bot, { kind });
      assert.equal((await callerWith(place, token)).name, `CI of the ${kind}`);
      assert.equal(await answer(place, token), 'yes');
    }
  });

  it('is told what is wrong with a token that is none of a user, expired, too narrow or blocked', async (context) => {
    const place = await placeOf(context);
    const { gitlab } = place;
    const ada = gitlab.addUser('ada');
    const blocked = gitlab.addUser('eve');
    blocked.state = 'blocked';
    const cases: readonly (readonly [token: string, expected: RegExp])[] = [
      [
        gitlab.token(ada, { kind: 'deploy' }),
        /^TokenRefused: .*it is a deploy token, not the token of a user.*personal/,
      ],
      ['glcbt-64_abcdefghij', /^TokenRefused: .*CI job token/],
      [gitlab.token(ada, { expiresAt: '2020-01-01' }), /^TokenRefused: .*it has expired.*new one/],
      [gitlab.token(ada, { scopes: ['read_repository'] }), /^TokenRefused: .*lacks the scope read_api or api/],
      [gitlab.token(ada, { scopes: ['write_repository'] }), /^TokenRefused: .*with the scope api/],
      [gitlab.token(blocked), /^AccountBlocked: GitLab does not let this account in/],
      ['glpat-unknown-unknown', /^Unauthenticated: /],
    ];
    for (const [token, expected] of cases) {
      assert.match(await reasonOf(callerWith(place, token)), expected);
    }
  });
});

describe('who may push to main of a project in GitLab', () => {
  const cases: readonly {
    readonly who: string;
    readonly arrange: (place: Place, user: User) => void;
    readonly scopes?: readonly string[];
    /** Happens between the first question of who it is and that of what they may. */
    readonly afterwards?: (user: User) => void;
    /** `yes`, or what the refusal says. */
    readonly expected: 'yes' | RegExp;
  }[] = [
    {
      who: 'a maintainer',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER }),
      expected: 'yes',
    },
    {
      who: 'a maintainer with a token that reads the API and writes repositories',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER }),
      scopes: ['read_api', 'write_repository'],
      expected: 'yes',
    },
    {
      who: 'an owner by the group',
      arrange: ({ group }, user) => group.members.set(user, { level: OWNER }),
      expected: 'yes',
    },
    {
      who: 'a maintainer of an invited group',
      arrange: ({ gitlab, project }, user) => {
        const group = gitlab.addGroup('operators');
        group.members.set(user, { level: OWNER });
        project.invitations.push({ group, level: MAINTAINER });
      },
      expected: 'yes',
    },
    {
      who: 'an owner of a group that was invited as developers',
      arrange: ({ gitlab, project }, user) => {
        const group = gitlab.addGroup('operators');
        group.members.set(user, { level: OWNER });
        project.invitations.push({ group, level: DEVELOPER });
      },
      expected: /role there is Developer, and main may be pushed to by those with at least the role Maintainer/,
    },
    {
      who: 'a maintainer of a group that was invited until yesterday',
      arrange: ({ gitlab, project }, user) => {
        const group = gitlab.addGroup('operators');
        group.members.set(user, { level: OWNER });
        project.invitations.push({ group, level: MAINTAINER, expiresAt: '2020-01-01' });
      },
      expected: /the account is no member of the tenant configuration repository/,
    },
    {
      who: 'a maintainer whose membership has ended',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER, expiresAt: '2020-01-01' }),
      expected: /the membership ended on 2020-01-01/,
    },
    {
      who: 'a maintainer whose membership ends some day',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER, expiresAt: '2999-01-01' }),
      expected: 'yes',
    },
    {
      who: 'a developer',
      arrange: ({ project }, user) => project.members.set(user, { level: DEVELOPER }),
      expected:
        /^Ada may not save clusters: the role there is Developer, and main may be pushed to by those with at least the role Maintainer\. This needs the right to push to main of platform\/tenant-config; ask a maintainer or owner of it: Grace \(@grace\)\.$/,
    },
    {
      who: 'a developer where developers may',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: DEVELOPER });
        project.protections = [{ name: 'main', push: [{ level: DEVELOPER }] }];
      },
      expected: 'yes',
    },
    {
      who: 'a developer where main is not protected',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: DEVELOPER });
        project.protections = [{ name: 'release/*', push: [{ level: 0 }] }];
      },
      expected: 'yes',
    },
    {
      who: 'a reporter where main is not protected',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: REPORTER });
        project.protections = [];
      },
      expected: /role there is Reporter, and main may be pushed to by those with at least the role Developer/,
    },
    {
      who: 'a guest, who may not even see the branch',
      arrange: ({ project }, user) => project.members.set(user, { level: GUEST }),
      expected: /role there is Guest, and main may be pushed to by those with at least the role Maintainer/,
    },
    {
      who: 'a maintainer who was blocked after the token was seen',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER }),
      afterwards: (user) => {
        user.state = 'blocked';
      },
      expected: /the account is blocked, or not confirmed.*ask an administrator of GitLab/,
    },
    {
      who: 'an owner where no one may',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: OWNER });
        project.protections = [{ name: 'main', push: [{ level: 0 }] }];
      },
      expected: /role there is Owner, and main may be pushed to by no one/,
    },
    {
      who: 'a developer whom a wildcard lets in although another rule lets no one',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: DEVELOPER });
        project.protections = [
          { name: 'main', push: [{ level: 0 }] },
          { name: 'm*', push: [{ level: DEVELOPER }] },
        ];
      },
      expected: 'yes',
    },
    {
      who: 'a developer who is named',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: DEVELOPER });
        project.protections = [{ name: 'main', push: [{ user }] }];
      },
      expected: 'yes',
    },
    {
      who: 'a maintainer where others are named',
      arrange: ({ gitlab, project }, user) => {
        project.members.set(user, { level: MAINTAINER });
        const other = gitlab.addUser('hedy', { name: 'Hedy Lamarr' });
        project.members.set(other, { level: DEVELOPER });
        project.protections = [{ name: 'main', push: [{ user: other }] }];
      },
      expected: /role there is Maintainer, and main may be pushed to by Hedy Lamarr\./,
    },
    {
      who: 'a member of a group that is named and invited',
      arrange: ({ gitlab, project }, user) => {
        const group = gitlab.addGroup('operators');
        group.members.set(user, { level: DEVELOPER });
        project.invitations.push({ group, level: DEVELOPER });
        project.protections = [{ name: 'main', push: [{ group }] }];
      },
      expected: 'yes',
    },
    {
      who: 'a maintainer of an archived project',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: MAINTAINER });
        project.archived = true;
      },
      expected: /the project platform\/tenant-config is archived/,
    },
    {
      who: 'a maintainer with a token that only reads',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER }),
      scopes: ['read_api', 'read_repository'],
      expected: /the token has the scopes read_api, read_repository and cannot write.*a token with the scope api/,
    },
    {
      who: 'a maintainer with a token that only shows who it is',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER }),
      scopes: ['read_user', 'write_repository'],
      expected: /the token lacks the scope read_api or api/,
    },
    {
      who: 'somebody who is no member, and hears neither names nor the path,',
      arrange: () => {},
      expected:
        /^((?!grace|tenant-config).)*no member of the tenant configuration repository((?!grace|tenant-config).)*$/i,
    },
    {
      who: 'an administrator who is no member',
      arrange: (_place, user) => Object.assign(user, { isAdministrator: true }),
      expected: /account is no member there/,
    },
    {
      who: 'an administrator where administrators may',
      arrange: ({ project }, user) => {
        Object.assign(user, { isAdministrator: true });
        project.protections = [{ name: 'main', push: [{ level: 60 }] }];
      },
      expected: 'yes',
    },
  ];
  for (const { who, arrange, scopes, afterwards, expected } of cases) {
    it(`${who}: ${expected === 'yes' ? 'yes' : 'no, with the reason'}`, async (context) => {
      const place = await placeOf(context);
      const { gitlab, project } = place;
      project.members.set(gitlab.addUser('grace', { name: 'Grace' }), { level: MAINTAINER });
      const user = gitlab.addUser('ada', { name: 'Ada' });
      arrange(place, user);
      const token = gitlab.token(user, scopes === undefined ? {} : { scopes });
      const actual = await answer(place, token, 'maintainer', () => afterwards?.(user));
      if (expected === 'yes') assert.equal(actual, 'yes');
      else assert.match(actual, expected);
    });
  }

  it('is told without names when the server has no token of its own and the caller may not see them', async (context) => {
    const place = await placeOf(context, { hasOwnToken: false });
    const user = place.gitlab.addUser('ada');
    place.project.members.set(user, { level: DEVELOPER });
    assert.match(
      await answer(place, place.gitlab.token(user)),
      /role there is Developer, and main may be pushed to by/,
    );
  });
});

describe('who may read', () => {
  for (const [level, expected] of [
    [GUEST, /the role there is Guest. This needs at least the role Reporter/],
    [REPORTER, /^yes$/],
    [DEVELOPER, /^yes$/],
  ] as const) {
    it(`with level ${level}: ${expected.source}`, async (context) => {
      const place = await placeOf(context);
      const user = place.gitlab.addUser('ada');
      place.project.members.set(user, { level });
      assert.match(await answer(place, place.gitlab.token(user), 'reader'), expected);
    });
  }
});

describe('asking GitLab', () => {
  async function maintainer(place: Place): Promise<{ readonly token: string; readonly caller: Caller; user: User }> {
    const user = place.gitlab.addUser('ada', { name: 'Ada' });
    place.project.members.set(user, { level: MAINTAINER });
    const token = place.gitlab.token(user);
    const caller = await callerWith(place, token);
    await place.identity.authorize(caller, 'maintainer', 'save', signal);
    return { token, caller, user };
  }

  it('happens once for everybody who asks at the same time for the same caller', async (context) => {
    const place = await placeOf(context);
    const { caller } = await maintainer(place);
    const before = place.gitlab.apiRequests();
    await Promise.all(
      Array.from({ length: 200 }, () => place.identity.authorize(caller, 'maintainer', 'save', signal)),
    );
    assert.equal(place.gitlab.apiRequests() - before, 2);
  });

  it('happens each time for writing, also right after a yes', async (context) => {
    const place = await placeOf(context, { cacheMilliseconds: 60_000 });
    const { caller, user } = await maintainer(place);
    place.project.members.set(user, { level: DEVELOPER });
    assert.match(await reasonOf(place.identity.authorize(caller, 'maintainer', 'save', signal)), /^NoAuthorization/);
  });

  it('does not happen for each reading', async (context) => {
    const place = await placeOf(context, { cacheMilliseconds: 60_000 });
    const { caller, token } = await maintainer(place);
    await place.identity.authorize(caller, 'reader', 'read', signal);
    const before = place.gitlab.apiRequests();
    for (let time = 0; time < 5; time += 1) {
      await place.identity.authorize(await callerWith(place, token), 'reader', 'read', signal);
    }
    assert.equal(place.gitlab.apiRequests(), before);
  });

  it('goes on after the project was renamed while the server runs', async (context) => {
    const place = await placeOf(context);
    const { caller } = await maintainer(place);
    place.gitlab.rename(place.project, 'platform/clusters');
    await place.identity.authorize(caller, 'maintainer', 'save', signal);
  });

  it('says that the project has moved when it was renamed before', async (context) => {
    const place = await placeOf(context);
    const user = place.gitlab.addUser('ada');
    place.project.members.set(user, { level: MAINTAINER });
    place.gitlab.rename(place.project, 'platform/clusters');
    await assert.rejects(answer(place, place.gitlab.token(user)), { reason: 'GitHostRedirects' });
  });

  it('gives neither yes nor no while GitLab cannot be asked, with the time to come back', async (context) => {
    const place = await placeOf(context);
    const { caller } = await maintainer(place);
    place.gitlab.faults.answer('api', { status: 502 }, 10);
    const ask = () => reasonOf(place.identity.authorize(caller, 'maintainer', 'save', signal));
    assert.match(await ask(), /^GitHostUnavailable: GitLab cannot be asked: it answers with status 502/);
    place.gitlab.faults.clear();
    assert.equal(await ask(), 'none');
    place.gitlab.faults.answer('api', { status: 429, headers: { 'retry-after': '9' } }, 2);
    await assert.rejects(place.identity.authorize(caller, 'maintainer', 'save', signal), (error: unknown) => {
      assert.ok(error instanceof NautesError && error.reason === 'GitHostThrottled');
      return (error.retryAfterMilliseconds ?? 0) > 7000;
    });
    await place.gitlab.setReachable(false);
    assert.match(await reasonOf(callerWith(place, 'glpat-another-token')), /^GitHostUnavailable: .*nothing accepts/);
    await place.gitlab.setReachable(true);
  });

  it('is no way to make it be asked without end', async (context) => {
    const place = await placeOf(context, { refusalMilliseconds: 600_000 });
    await reasonOf(callerWith(place, 'glpat-the-same-token'));
    const before = place.gitlab.apiRequests();
    for (let time = 0; time < 20; time += 1) await reasonOf(callerWith(place, 'glpat-the-same-token'));
    assert.equal(place.gitlab.apiRequests(), before);
  });
});

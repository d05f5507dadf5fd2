import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { NautesError } from '../errors/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { Secret } from '../base/secret.ts';
import { GitLabDouble } from '../../test/doubles/gitlab/gitlab.ts';
import type { Project, User } from '../../test/doubles/gitlab/model.ts';
import { describeGitStoreContract } from './git-store.contract.ts';
import type { GitStore } from './git-store.ts';
import { type GitStoreOptions, openGitStore } from './open-git-store.ts';
import { reportOf } from './branch/remote/git-report.ts';
import { hookRefusal, requestRefusal } from './branch/remote/remote-refusal.ts';
import { git, names, noAbort, request, save, temporaryDirectory, usualOptions, widget } from './testing/fixtures.ts';

const [REPORTER, DEVELOPER, MAINTAINER] = [20, 30, 40];

const common = {
  fetchIntervalMilliseconds: 60_000,
  committer: { name: 'Nautes', email: 'nautes@example.org' },
  ...usualOptions,
  logger: silentLogger,
} satisfies Partial<GitStoreOptions>;

interface Place {
  readonly gitlab: GitLabDouble;
  readonly project: Project;
  readonly account: User;
  readonly repository: GitStore;
  /** From now on the server has this token. */
  readonly useToken: (token: string) => void;
}

async function place(context: TestContext, callerToken?: (id: string) => string): Promise<Place> {
  const root = await temporaryDirectory();
  const gitlab = await GitLabDouble.start();
  const project = await gitlab.addProject('tenant-config', { group: gitlab.addGroup('platform') });
  const account = gitlab.addUser('nautes');
  project.members.set(account, { level: MAINTAINER });
  let token = gitlab.token(account);
  const repository = await openGitStore(
    {
      ...common,
      directory: join(root, 'repository'),
      remote: {
        url: gitlab.remoteOf(project),
        credentials: async () => ({ username: 'oauth2', password: new Secret(token) }),
        ...(callerToken === undefined
          ? {}
          : { callerCredentials: ({ id }) => ({ username: 'oauth2', password: new Secret(callerToken(id)) }) }),
      },
    },
    noAbort,
  );
  context.after(async () => {
    await repository.close();
    await gitlab[Symbol.asyncDispose]();
    await rm(root, { recursive: true });
  });
  const useToken = (text: string): void => {
    token = text;
  };
  return { gitlab, project, account, repository, useToken };
}

async function failure(promise: Promise<unknown>): Promise<NautesError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof NautesError, String(error));
    assert.doesNotMatch(inspect(error, { depth: null }), /glpat-/);
    return error;
  }
  throw new Error('it did not fail');
}

describeGitStoreContract('in a project of GitLab', async () => {
  const root = await temporaryDirectory();
  const gitlab = await GitLabDouble.start();
  const project = await gitlab.addProject('tenant-config');
  const account = gitlab.addUser('nautes');
  project.members.set(account, { level: MAINTAINER });
  const password = new Secret(gitlab.token(account, { scopes: ['write_repository'] }));
  const remote = { url: gitlab.remoteOf(project), credentials: async () => ({ username: 'oauth2', password }) };
  return {
    origin: project.repository,
    open: (options) => openGitStore({ ...common, ...options, directory: join(root, 'repository'), remote }, noAbort),
    close: async () => {
      await gitlab[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  };
});

describe('a refusal of GitLab to this server', () => {
  const cases: readonly {
    readonly what: string;
    /** Brings the refusal about; returns what ends it. */
    readonly arrange: (place: Place) => () => void;
    readonly reason: string;
    readonly words: RegExp;
  }[] = [
    {
      what: 'an unknown token',
      arrange: ({ gitlab, account, useToken }) => {
        useToken('glpat-unknown');
        return () => useToken(gitlab.token(account));
      },
      reason: 'ConfigRepoTokenRefused',
      words:
        /does not accept the token of this server \(401\): HTTP Basic: Access denied\..* of a password\. It is wrong, expired/,
    },
    {
      what: 'an expired token',
      arrange: ({ gitlab, account, useToken }) => {
        useToken(gitlab.token(account, { expiresAt: '2020-01-01' }));
        return () => useToken(gitlab.token(account));
      },
      reason: 'ConfigRepoTokenRefused',
      words: /put a valid one into the file git\.tokenFile/,
    },
    {
      what: 'a token that only reads',
      arrange: ({ gitlab, account, useToken }) => {
        useToken(gitlab.token(account, { scopes: ['read_repository'] }));
        return () => useToken(gitlab.token(account));
      },
      reason: 'ConfigRepoForbidden',
      words: /You are not allowed to upload code\..* its token a scope that writes/,
    },
    {
      what: 'an account that is a reporter',
      arrange: ({ project, account }) => {
        project.members.set(account, { level: REPORTER });
        return () => project.members.set(account, { level: MAINTAINER });
      },
      reason: 'ConfigRepoForbidden',
      words: /You are not allowed to push code to this project/,
    },
    {
      what: 'an account that the rule of main does not let push',
      arrange: ({ project, account }) => {
        project.members.set(account, { level: DEVELOPER });
        return () => project.members.set(account, { level: MAINTAINER });
      },
      reason: 'ConfigRepoProtected',
      words: /not allowed to push code to protected branches on this project.*set git\.pushAs to caller/,
    },
    {
      what: 'an account that is no member any more',
      arrange: ({ project, account }) => {
        project.members.delete(account);
        return () => project.members.set(account, { level: MAINTAINER });
      },
      reason: 'ConfigRepoMissing',
      words: /shows no repository at git\.remote to this server/,
    },
    {
      what: 'a repository that has moved',
      arrange: ({ gitlab }) => {
        const headers = { location: 'https://me:glpat-canary@gitlab.example/other.git/info/refs' };
        gitlab.faults.answer('push', { status: 301, headers });
        return () => {};
      },
      reason: 'ConfigRepoMoved',
      words: /has moved to https:\/\/gitlab\.example\/other\.git/,
    },
    {
      what: 'too many requests for longer than anybody waits',
      arrange: ({ gitlab }) => {
        gitlab.faults.answer('push', { status: 429, headers: { 'retry-after': '60' }, body: 'Retry later\n' });
        return () => {};
      },
      reason: 'ConfigRepoThrottled',
      words: /asks to come back later \(429\)/,
    },
    {
      what: 'errors of the server again and again',
      arrange: ({ gitlab }) => {
        gitlab.faults.answer('push', { status: 503 }, 3);
        return () => {};
      },
      reason: 'ConfigRepoUnavailable',
      words: /is not available: .*503/,
    },
  ];
  for (const { what, arrange, reason, words } of cases) {
    it(`for ${what} is ${reason}, tries no commit apart and loses nothing`, async (context) => {
      const here = await place(context);
      const { gitlab, project, repository } = here;
      await save(repository, 'before');
      const end = arrange(here);
      const before = gitlab.requests.length;
      const failures = await Promise.all(['a', 'b', 'c', 'd'].map((name) => failure(save(repository, name))));
      for (const error of failures) {
        assert.equal(error.reason, reason, error.message);
        assert.match(`${error.message}. ${error.remedy}`, words);
      }
      const pushes = gitlab.requests.slice(before).filter(({ path }) => path.includes('service=git-receive-pack'));
      assert.ok(pushes.length <= 3, `${pushes.length} attempts`);
      if (reason === 'ConfigRepoThrottled') {
        assert.deepEqual(
          failures.map((error) => error.retryAfterMilliseconds),
          [60_000, 60_000, 60_000, 60_000],
        );
      }
      assert.deepEqual(names(repository), ['before']);
      end();
      await save(repository, 'after');
      assert.deepEqual(names(repository), ['after', 'before']);
      assert.equal(await git(project.repository, 'rev-list', '--count', 'main'), '3');
    });
  }

  it('passes by itself: 429 with a short time, 409 and 5xx', async (context) => {
    const { gitlab, project, repository } = await place(context);
    for (const [index, fault] of [
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 409 },
      { status: 502 },
      { status: 504 },
    ].entries()) {
      gitlab.faults.answer('push', fault);
      await save(repository, `save-${index}`);
    }
    assert.equal(await git(project.repository, 'rev-list', '--count', 'main'), '5');
  });

  it('concerns only the commit when a push rule does not want that', async (context) => {
    const { gitlab, project, repository } = await place(context);
    gitlab.git.forbiddenWord = 'widget bad';
    const wanted = ['a', 'bad', 'b', 'bad-too', 'c'];
    const outcomes = await Promise.allSettled(wanted.map((name) => save(repository, name)));
    const refused = wanted.filter((_, index) => outcomes[index]?.status === 'rejected');
    assert.deepEqual(refused, ['bad', 'bad-too']);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      assert.equal((outcome.reason as NautesError).reason, 'ConfigRepoRefused');
      assert.match((outcome.reason as NautesError).message, /GitLab: Commit message contains the forbidden pattern/);
    }
    assert.equal(await git(project.repository, 'rev-list', '--count', 'main'), '4');
  });

  it('is not called one while a commit may have arrived all the same', async (context) => {
    const { gitlab, project, account, repository, useToken } = await place(context);
    await save(repository, 'before');
    gitlab.faults.lostReplies = 1;
    gitlab.faults.pushMilliseconds = 300;
    const saving = failure(save(repository, 'a'));
    while (gitlab.git.pushes < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    useToken('glpat-unknown');
    assert.equal((await saving).reason, 'ConfigRepoUnavailable');
    useToken(gitlab.token(account));
    await repository.refresh(noAbort);
    assert.deepEqual(names(repository), ['a', 'before']);
    assert.equal(await git(project.repository, 'rev-list', '--count', 'main'), '3');
  });

  it('does not keep the server from starting with what it knows, and from continuing when it is over', async (context) => {
    const root = await temporaryDirectory();
    const gitlab = await GitLabDouble.start();
    const project = await gitlab.addProject('tenant-config');
    const account = gitlab.addUser('nautes');
    project.members.set(account, { level: MAINTAINER });
    let token = gitlab.token(account);
    const credentials = async () => ({ username: 'oauth2', password: new Secret(token) });
    const options = {
      ...common,
      directory: join(root, 'repository'),
      remote: { url: gitlab.remoteOf(project), credentials },
    };
    context.after(async () => {
      await gitlab[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    });
    const first = await openGitStore(options, noAbort);
    await save(first, 'a');
    await first.close();
    gitlab.revoke(token);
    const second = await openGitStore(options, noAbort);
    context.after(() => second.close());
    assert.deepEqual([names(second), second.isCurrent], [['a'], false]);
    token = gitlab.token(account);
    await save(second, 'b');
    await second.refresh(noAbort);
    assert.deepEqual([names(second), second.isCurrent], [['a', 'b'], true]);
  });

  it('is not asked for again and again with the same token', async (context) => {
    const { gitlab, repository, useToken } = await place(context);
    useToken('glpat-unknown');
    const before = gitlab.requests.length;
    for (let time = 0; time < 10; time += 1) await failure(save(repository, `save-${time}`));
    const asked = gitlab.requests.length - before;
    assert.ok(asked <= 2, `${asked} requests`);
  });
});

describe('pushing in the name of the caller', () => {
  it('uses the token of each, in batches of their own, and loses nothing', async (context) => {
    const tokens = new Map<string, string>();
    const { gitlab, project, repository } = await place(context, (id) => tokens.get(id) ?? '');
    for (const [name, level] of [
      ['ada', MAINTAINER],
      ['grace', MAINTAINER],
      ['dev', DEVELOPER],
    ] as const) {
      const user = gitlab.addUser(name);
      project.members.set(user, { level });
      tokens.set(name, gitlab.token(user));
    }
    const before = gitlab.git.pushes;
    const saves = ['ada', 'dev', 'grace', 'ada', 'dev', 'grace', 'ada'].map(async (name, index) => {
      const author = { id: name, name, email: `${name}@example.org`, credential: new Secret(tokens.get(name) ?? '') };
      const change = request(`${name}-${index}`, () => widget(`${name}-${index}`), { author });
      return repository.change(change, noAbort);
    });
    const outcomes = await Promise.allSettled(saves);
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as NautesError] : [],
    );
    assert.deepEqual(
      refused.map(({ reason }) => reason),
      ['NoAuthorization', 'NoAuthorization'],
    );
    assert.match(refused[0]?.message ?? '', /dev may not push to main: the Git server says: .*protected branches/);
    assert.deepEqual(names(repository), ['ada-0', 'ada-3', 'ada-6', 'grace-2', 'grace-5']);
    assert.ok(gitlab.git.pushes - before <= 4, `${gitlab.git.pushes - before} pushes`);
    const authors = await git(project.repository, 'log', '--format=%an', 'main');
    assert.deepEqual(authors.split('\n').sort().slice(-5), ['ada', 'ada', 'ada', 'grace', 'grace']);
  });
});

describe('words of a remote', () => {
  const said = (stderr: string, code = 128) => reportOf({ code, stdout: Buffer.from(''), stderr });
  for (const [stderr, reason] of [
    ['remote: Forbidden\nfatal: unable to access: The requested URL returned error: 403\n', 'ConfigRepoForbidden'],
    ["remote: Failed to authenticate user\nfatal: Authentication failed for 'https://x/'\n", 'ConfigRepoTokenRefused'],
    ['remote: This repo is archived. You can view files\nfatal: …returned error: 403\n', 'ConfigRepoArchived'],
    ["remote: Repository not found\nfatal: repository 'https://x/' not found\n", 'ConfigRepoMissing'],
    ['git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.\n', undefined],
    [
      'mirror repository is read-only\nremote: mirror repository is read-only\nfatal: …returned error: 403\n',
      'ConfigRepoMirror',
    ],
    ['fatal: unable to access: Could not resolve host: x\n', undefined],
    ["remote: Project 'a' was moved to 'b'.\nfatal: …returned error: 404\n", 'ConfigRepoMoved'],
  ] as const) {
    it(`mean ${reason ?? 'that it cannot be asked'}: ${stderr.split('\n')[0]}`, () => {
      assert.equal(requestRefusal(said(stderr))?.reason, reason);
    });
  }

  for (const [line, reason] of [
    ['GitLab: You are not allowed to push code to protected branches on this project.', 'ConfigRepoProtected'],
    ['GitLab: You are not allowed to push code to this project.', 'ConfigRepoForbidden'],
    ['A default branch (e.g. main) does not yet exist for platform/tenant-config', 'ConfigRepoProtected'],
    ['error: Not allowed to push to protected branch main', 'ConfigRepoProtected'],
    ['error: User permission denied for writing.', 'ConfigRepoForbidden'],
    ['error: branch main is protected from force push', undefined],
    ['GitLab: Commit must be signed with a GPG key', 'ConfigRepoSignatureRequired'],
    ['error: Commits must have verified signatures.', 'ConfigRepoSignatureRequired'],
    ['- Commits must have verified signatures.', 'ConfigRepoSignatureRequired'],
    ['error: branch main is protected from unverified commit 0123', 'ConfigRepoSignatureRequired'],
    ['error: GH006: Protected branch update failed for refs/heads/main.', 'ConfigRepoProtected'],
    ['error: GH013: Repository rule violations found for refs/heads/main.', 'ConfigRepoProtected'],
    ['It is Forbidden to push to protected branch main on Fridays', undefined],
  ] as const) {
    it(`of a hook are ${reason ?? 'about the commit'}: ${line}`, () => {
      assert.equal(hookRefusal(said(`remote: ${line}\n`, 1))?.reason, reason);
    });
  }

  it('never hold what git traces of the exchange', () => {
    const report = said(
      '10:00:00.123456 http.c:684              => Send header: Authorization: Basic canary\n' +
        '10:00:00.123456 http.c:684              <= Recv header: HTTP/1.1 301 Moved\n' +
        '10:00:00.123457 http.c:684              <= Recv header: Location: https://new.example/x\n' +
        '10:00:00.123456 http.c:725              == Info: [HTTP/2] [authorization: Basic canary]\n' +
        '10:00:00.123457 http.c:684              <= Recv header: HTTP/2 429\n' +
        '10:00:00.123457 http.c:684              <= Recv header: retry-after: 12\n' +
        'fatal: no\n',
    );
    assert.deepEqual(report, {
      code: 128,
      stdout: '',
      remote: [],
      local: ['fatal: no'],
      status: 429,
      retryAfter: '12',
    });
  });
});

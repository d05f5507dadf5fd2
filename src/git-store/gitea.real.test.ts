import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { NautesError } from '../errors/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { Secret } from '../base/secret.ts';
import { Gitea, GITEA_NOT_BUILT, giteaFiles } from '../../tools/gitea/gitea.ts';
import { describeGitStoreContract } from './git-store.contract.ts';
import type { GitStore } from './git-store.ts';
import { type GitStoreOptions, openGitStore } from './open-git-store.ts';
import { git, names, noAbort, request, save, temporaryDirectory, usualOptions, widget } from './testing/fixtures.ts';
import { widgets } from './testing/layouts.ts';

const common = {
  fetchIntervalMilliseconds: 60_000,
  committer: { name: 'Nautes', email: 'nautes@example.org' },
  ...usualOptions,
  logger: silentLogger,
} satisfies Partial<GitStoreOptions>;

if ((await giteaFiles()) === undefined) {
  describe('configuration repository in Gitea', () => {
    it('runs where Gitea is built', { skip: GITEA_NOT_BUILT });
  });
} else {
  describeGitStoreContract('in a repository of Gitea', async () => {
    const root = await temporaryDirectory();
    const gitea = await Gitea.start();
    await gitea.addUser('nautes');
    const repository = await gitea.addRepository('platform', 'tenant-config');
    await gitea.allow(repository, 'nautes', 'write');
    const token = await gitea.token('nautes');
    const password = new Secret(token);
    const remote = {
      url: gitea.remoteOf(repository),
      credentials: async () => ({ username: 'nautes', password }),
    };
    return {
      origin: gitea.repositoryDirectory(repository),
      clone: gitea.remoteOf(repository).replace('://', `://nautes:${token}@`),
      open: (options) => openGitStore({ ...common, ...options, directory: join(root, 'repository'), remote }, noAbort),
      close: async () => {
        await gitea[Symbol.asyncDispose]();
        await rm(root, { recursive: true });
      },
    };
  });

  describe('a real Git server', () => {
    let root: string;
    let gitea: Gitea;
    let name: string;
    let token: string;
    let repository: GitStore;
    let count = 0;

    before(async () => {
      root = await temporaryDirectory();
      gitea = await Gitea.start();
      await gitea.addUser('nautes');
    });
    after(async () => {
      await gitea[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    });
    afterEach(() => repository.close());

    /** A repository of its own whose `main` only the server's account may push to, opened. */
    async function openNew(): Promise<void> {
      count += 1;
      name = await gitea.addRepository(`tenant-${count}`, 'config', { pushers: ['nautes'] });
      token = await gitea.token('nautes');
      repository = await openGitStore(
        {
          ...common,
          directory: join(root, `clone-${count}`),
          remote: {
            url: gitea.remoteOf(name),
            credentials: async () => ({ username: 'nautes', password: new Secret(token) }),
          },
        },
        noAbort,
      );
    }

    const log = async (format: string) =>
      (await git(gitea.repositoryDirectory(name), 'log', `--format=${format}`, 'main')).split('\n');

    it('that takes half a second a push has each of 200 saves at the same time, once, by its author', async () => {
      await openNew();
      await gitea.slowDown(name, 0.5);
      const saves = Array.from({ length: 200 }, async (_, index) => {
        const person = `person-${index % 7}`;
        const author = { id: person, name: person, email: `${person}@example.org` };
        const change = request(`widget-${index}`, () => widget(`widget-${index}`), { author });
        return repository.change(change, noAbort);
      });
      const results = await Promise.all(saves);
      assert.equal(new Set(results.map(({ commit }) => commit)).size, 200);
      const subjects = await log('%s');
      assert.equal(subjects.length, 1 + 200);
      assert.equal(new Set(subjects).size, 1 + 200);
      const authors = await log('%an <%ae>');
      assert.equal(authors.filter((author) => author === 'person-3 <person-3@example.org>').length, 29);
      assert.equal(repository.snapshot().of(widgets).size, 200);
      assert.equal(await git(gitea.repositoryDirectory(name), 'fsck', '--full', '--no-dangling'), '');
    });

    it('that people push to at the same time loses nobody’s commit', async () => {
      await openNew();
      await save(repository, 'first');
      const remote = gitea.remoteOf(name).replace('://', `://nautes:${token}@`);
      const byHand = async (index: number): Promise<void> => {
        const clone = join(root, `hand-${count}-${index}`);
        await git(root, 'clone', '--quiet', remote, clone);
        await git(clone, 'commit', '--quiet', '--allow-empty', '--message', `By hand ${index}`);
        for (;;) {
          try {
            await git(clone, 'push', '--quiet', 'origin', 'HEAD:main');
            return;
          } catch {
            await git(clone, 'pull', '--quiet', '--rebase');
          }
        }
      };
      await Promise.all([
        ...Array.from({ length: 20 }, async (_, index) => save(repository, `widget-${index}`)),
        ...[1, 2, 3].map(byHand),
      ]);
      const subjects = await log('%s');
      assert.equal(subjects.length, 1 + 1 + 20 + 3);
      assert.equal(new Set(subjects).size, subjects.length);
    });

    const refusals: readonly {
      readonly what: string;
      /** Brings it about; returns what ends it. */
      readonly arrange: () => Promise<() => Promise<unknown>>;
      readonly reason: string;
      readonly words: RegExp;
    }[] = [
      {
        what: 'a writer who is not on the list of the rule',
        arrange: async () => {
          await gitea.protect(name, ['root']);
          return () => gitea.protect(name, ['nautes']);
        },
        reason: 'ConfigRepoProtected',
        words: /do not let this server push: .*Not allowed to push to protected branch main.*rule of the branch/,
      },
      {
        what: 'an administrator of the server who is not on the list',
        arrange: async () => {
          await gitea.setAdministrator('nautes', true);
          await gitea.protect(name, ['root']);
          return async () => {
            await gitea.protect(name, ['nautes']);
            await gitea.setAdministrator('nautes', false);
          };
        },
        reason: 'ConfigRepoProtected',
        words: /Not allowed to push to protected branch main/,
      },
      {
        what: 'a reader',
        arrange: async () => {
          await gitea.allow(name, 'nautes', 'read');
          return () => gitea.allow(name, 'nautes', 'write');
        },
        reason: 'ConfigRepoForbidden',
        words: /User permission denied for writing.*Give the account of git\.tokenFile a role that may push/,
      },
      {
        what: 'a token that only reads',
        arrange: async () => {
          token = await gitea.token('nautes', ['read:repository']);
          return async () => {
            token = await gitea.token('nautes');
          };
        },
        reason: 'ConfigRepoForbidden',
        words: /Forbidden.*a scope that writes/,
      },
      {
        what: 'a wrong token',
        arrange: async () => {
          token = '0123456789abcdef0123456789abcdef01234567';
          return async () => {
            token = await gitea.token('nautes');
          };
        },
        reason: 'ConfigRepoTokenRefused',
        words: /\(401\).*wrong, expired or revoked/,
      },
      {
        what: 'a revoked token',
        arrange: async () => {
          await gitea.revokeTokens('nautes');
          return async () => {
            token = await gitea.token('nautes');
          };
        },
        reason: 'ConfigRepoTokenRefused',
        words: /git\.tokenFile/,
      },
      {
        what: 'an archived repository',
        arrange: async () => {
          await gitea.api('PATCH', `/repos/${name}`, { archived: true });
          return () => gitea.api('PATCH', `/repos/${name}`, { archived: false });
        },
        reason: 'ConfigRepoArchived',
        words: /is archived and takes no changes/,
      },
      {
        what: 'an account that is no member any more',
        arrange: async () => {
          await gitea.api('DELETE', `/repos/${name}/collaborators/nautes`);
          return () => gitea.allow(name, 'nautes', 'write');
        },
        reason: 'ConfigRepoMissing',
        words: /shows no repository.*give the account of git\.tokenFile/,
      },
      {
        what: 'a renamed repository',
        arrange: async () => {
          const [owner = '', old = ''] = name.split('/');
          await gitea.api('PATCH', `/repos/${name}`, { name: 'renamed' });
          return () => gitea.api('PATCH', `/repos/${owner}/renamed`, { name: old });
        },
        reason: 'ConfigRepoMoved',
        words: /has moved to http:\/\/127\.0\.0\.1:\d+\/tenant-\d+\/renamed\. Set git\.remote/,
      },
    ];
    for (const { what, arrange, reason, words } of refusals) {
      it(`that refuses ${what} is explained in a sentence, and nothing is lost`, async () => {
        await openNew();
        await save(repository, 'before');
        const end = await arrange();
        const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((each) => save(repository, each)));
        for (const outcome of outcomes) {
          assert.ok(outcome.status === 'rejected' && outcome.reason instanceof NautesError);
          assert.equal(outcome.reason.reason, reason, outcome.reason.message);
          assert.match(`${outcome.reason.message}. ${outcome.reason.remedy}`, words);
          assert.ok(!inspect(outcome.reason, { depth: null }).includes(token));
        }
        assert.deepEqual(names(repository), ['before']);
        await end();
        await save(repository, 'after');
        assert.deepEqual(await log('%s'), [
          'Save widget after',
          'Save widget before',
          'Start the tenant configuration repository',
        ]);
      });
    }

    it('whose history was rewritten is followed, and what was there stays findable', async () => {
      await openNew();
      await save(repository, 'a');
      const gone = (await save(repository, 'b')).commit;
      const origin = gitea.repositoryDirectory(name);
      await git(origin, 'update-ref', 'refs/heads/main', `${gone}~1`);
      await repository.refresh(noAbort);
      assert.deepEqual(names(repository), ['a']);
      await save(repository, 'c');
      assert.deepEqual(names(repository), ['a', 'c']);
      const clone = join(root, `clone-${count}`);
      assert.equal(await git(clone, 'rev-parse', `refs/nautes/replaced/${gone}`), gone);
    });

    it('whose default branch is another one is used all the same, and one without main is explained', async () => {
      await openNew();
      await save(repository, 'a');
      const origin = gitea.repositoryDirectory(name);
      await git(origin, 'branch', 'trunk', 'main');
      await gitea.api('PATCH', `/repos/${name}`, { default_branch: 'trunk' });
      await save(repository, 'b');
      await git(origin, 'update-ref', '-d', 'refs/heads/main');
      const other = openGitStore(
        {
          ...common,
          directory: join(root, `other-${count}`),
          remote: {
            url: gitea.remoteOf(name),
            credentials: async () => ({ username: 'nautes', password: new Secret(token) }),
          },
        },
        noAbort,
      );
      await assert.rejects(other, (error: unknown) => {
        assert.ok(error instanceof NautesError && error.reason === 'ConfigRepoBranchMissing');
        assert.match(`${error.message}. ${error.remedy}`, /has no branch main, only trunk\. .*push origin trunk:main/);
        return true;
      });
    });
  });
}

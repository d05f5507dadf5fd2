import assert from 'node:assert/strict';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { silentLogger } from '../base/logger.ts';
import { Secret } from '../base/secret.ts';
import { openGitStore } from './open-git-store.ts';
import { fileIn, git, names, noAbort, save, temporaryDirectory, usualOptions } from './testing/fixtures.ts';
import { type GitHttpServer, startGitHttpServer } from './testing/git-http-server.ts';
import { widgets } from './testing/layouts.ts';

/** Remotes that are not as our own: another branch, other object names, rules and tools of the Git server. */
describe('a remote of another make', () => {
  let root: string;
  let server: GitHttpServer;
  let count = 0;
  let origin: string;

  before(async () => {
    root = await temporaryDirectory();
    server = await startGitHttpServer({ root, username: 'nautes', password: 'token' });
  });
  beforeEach(() => {
    count += 1;
    origin = join(root, `${count}.git`);
  });
  after(async () => {
    await server.close();
    await rm(root, { recursive: true });
  });

  function open(more: { readonly url?: string; readonly branch?: string } = {}) {
    const credentials = async () => ({ username: 'nautes', password: new Secret('token') });
    return openGitStore(
      {
        ...usualOptions,
        directory: join(root, `clone-${count}`),
        remote: { url: origin, credentials, ...more },
        fetchIntervalMilliseconds: 60_000,
        committer: { name: 'Nautes', email: 'nautes@example.org' },
        logger: silentLogger,
      },
      noAbort,
    );
  }

  /** A commit by hand on a branch. */
  async function commit(branch: string, change: (checkout: string) => Promise<void>): Promise<void> {
    const checkout = join(root, `checkout-${count}`);
    await rm(checkout, { recursive: true, force: true });
    await git(root, 'clone', '--quiet', origin, checkout);
    await git(checkout, 'checkout', '--quiet', '-B', branch, `origin/${branch}`).catch(() => '');
    await change(checkout);
    await git(checkout, 'add', '--all');
    await git(checkout, 'commit', '--quiet', '--allow-empty', '--message', 'By hand');
    await git(checkout, 'push', '--quiet', 'origin', `HEAD:${branch}`);
  }

  it('keeps the clusters on the branch that git.branch names, and leaves the others alone', async () => {
    await git(root, 'init', '--quiet', '--bare', '--initial-branch=trunk', origin);
    await commit('trunk', async () => {});
    const earlier = await git(origin, 'rev-parse', 'trunk');
    await assert.rejects(open(), {
      reason: 'ConfigRepoBranchMissing',
      message: 'the tenant configuration repository has no branch main, only trunk',
      remedy: /Set git\.branch to the one that is meant, or make main there/,
    });
    const store = await open({ branch: 'trunk' });
    await save(store, 'one');
    assert.notEqual(await git(origin, 'rev-parse', 'trunk'), earlier);
    await commit('trunk', async () => {});
    await store.refresh(noAbort);
    await save(store, 'two');
    assert.deepEqual(names(store), ['one', 'two']);
    assert.equal(await git(origin, 'for-each-ref', '--format=%(refname)'), 'refs/heads/trunk');
    await store.close();
  });

  it('gets its first commit on that branch too, over HTTP', async () => {
    await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
    const store = await open({ branch: 'tenants/production', url: server.url(`${count}.git`) });
    await save(store, 'one');
    await store.close();
    assert.equal(await git(origin, 'for-each-ref', '--format=%(refname)'), 'refs/heads/tenants/production');
  });

  it('with SHA-256 object names is refused at the start for good, empty or not', async () => {
    await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', '--object-format=sha256', origin);
    const refused = { reason: 'ConfigRepoInvalid', message: /SHA-256 object names; make one with SHA-1/ };
    await assert.rejects(open(), refused);
    await assert.rejects(open({ url: server.url(`${count}.git`) }), refused);
    const tree = await git(origin, 'hash-object', '-t', 'tree', '-w', '/dev/null');
    const first = await git(origin, 'commit-tree', '-m', 'By hand', tree);
    await git(origin, 'update-ref', 'refs/heads/main', first);
    await assert.rejects(open(), refused);
    await assert.rejects(open({ url: server.url(`${count}.git`) }), refused);
  });

  for (const [host, words] of Object.entries({
    GitHub:
      'error: GH013: Repository rule violations found for refs/heads/main.\n- Commits must have verified signatures.',
    GitLab: 'GitLab: Commit must be signed with a GPG key',
    Gitea: 'error: branch main is protected from unverified commit 0123456789',
  })) {
    it(`that takes signed commits only says so once for all that wait, in the words of ${host}`, async () => {
      await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
      const store = await open({ url: server.url(`${count}.git`) });
      await mkdir(join(origin, 'hooks'), { recursive: true });
      await writeFile(join(origin, 'hooks/pre-receive'), `#!/bin/sh\nprintf '%s\\n' '${words}' >&2\nexit 1\n`);
      await chmod(join(origin, 'hooks/pre-receive'), 0o755);
      const earlier = server.pushes;
      const saves = await Promise.allSettled([save(store, 'one'), save(store, 'two'), save(store, 'three')]);
      assert.equal(server.pushes - earlier, 1);
      for (const each of saves) {
        assert.ok(each.status === 'rejected');
        assert.equal((each.reason as { reason?: string }).reason, 'ConfigRepoSignatureRequired');
      }
      await store.close();
    });
  }

  it('with files in Git LFS has each of them named, and the others all the same', async () => {
    await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
    const store = await open();
    await save(store, 'plain');
    await save(store, 'stored');
    await commit('main', async (checkout) => {
      const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n`;
      await writeFile(fileIn(checkout, 'stored'), pointer);
      await writeFile(join(checkout, '.gitattributes'), '*.yaml filter=lfs diff=lfs merge=lfs -text\n');
    });
    await store.refresh(noAbort);
    const entries = store.snapshot().of(widgets);
    assert.match(entries.get('stored')?.problem?.message ?? '', /pointer of Git LFS/);
    assert.equal(entries.get('plain')?.problem, undefined);
    await save(store, 'stored', '2');
    assert.equal(store.snapshot().of(widgets).get('stored')?.problem, undefined);
    await store.close();
  });
});

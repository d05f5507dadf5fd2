import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { silentLogger } from '../base/logger.ts';
import { run } from '../base/programs/process.ts';
import { NautesError } from '../errors/errors.ts';
import { Gitea, GITEA_NOT_BUILT, giteaFiles } from '../../tools/gitea/gitea.ts';
import { openGitStore } from './open-git-store.ts';
import { names, noAbort, save, temporaryDirectory, usualOptions } from './testing/fixtures.ts';

if ((await giteaFiles()) === undefined) {
  describe('the SSH server of Gitea', () => {
    it('runs where Gitea is built', { skip: GITEA_NOT_BUILT });
  });
} else {
  describe('the SSH server of Gitea', () => {
    let root: string;
    let gitea: Gitea;
    let knownHostsFile: string;
    let count = 0;

    before(async () => {
      root = await temporaryDirectory();
      gitea = await Gitea.start({ ssh: true });
      await gitea.addUser('nautes');
      knownHostsFile = join(root, 'known_hosts');
      const scan = await run('ssh-keyscan', ['-p', String(gitea.sshPort), '127.0.0.1']);
      await writeFile(knownHostsFile, scan.stdout);
    });
    after(async () => {
      await gitea[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    });

    async function newKey(): Promise<{ readonly keyFile: string; readonly publicKey: string }> {
      count += 1;
      const keyFile = join(root, `key-${count}`);
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile]);
      return { keyFile, publicKey: (await readFile(`${keyFile}.pub`, 'utf8')).trim() };
    }

    const open = (repository: string, keyFile: string) =>
      openGitStore(
        {
          ...usualOptions,
          directory: join(root, `clone-${count}`),
          remote: { url: gitea.sshRemoteOf(repository), ssh: { keyFile, knownHostsFile } },
          fetchIntervalMilliseconds: 60_000,
          committer: { name: 'Nautes', email: 'nautes@example.org' },
          logger: silentLogger,
        },
        noAbort,
      );

    const refusal = async (promise: Promise<unknown>, reason: string, words: RegExp): Promise<void> =>
      assert.rejects(promise, (error: unknown) => {
        assert.ok(error instanceof NautesError && error.reason === reason, String(error));
        assert.match(error.message, words);
        return true;
      });

    it('takes many saves in few pushes with a deploy key that may write, and refuses it once it is gone', async () => {
      const repository = await gitea.addRepository('tenant-1', 'config');
      const { keyFile, publicKey } = await newKey();
      const id = await gitea.addDeployKey(repository, publicKey, false);
      const store = await open(repository, keyFile);
      const saves = Array.from({ length: 60 }, (_, index) => save(store, `widget-${index}`));
      const commits = await Promise.all(saves);
      assert.equal(new Set(commits.map(({ commit }) => commit)).size, 60);
      assert.equal(names(store).length, 60);
      await gitea.api('DELETE', `/repos/${repository}/keys/${id}`);
      await refusal(save(store, 'late'), 'ConfigRepoKeyRefused', /does not accept the SSH key/);
      await store.close();
    });

    it('says that a deploy key may only read', async () => {
      const repository = await gitea.addRepository('tenant-2', 'config');
      const writer = await newKey();
      const [clone, other] = [await newKey(), count];
      await gitea.addDeployKey(repository, writer.publicKey, false);
      await gitea.addDeployKey(repository, clone.publicKey, true);
      const first = await open(repository, writer.keyFile);
      await save(first, 'one');
      await first.close();
      assert.equal(count, other);
      const store = await open(repository, clone.keyFile);
      assert.deepEqual(names(store), ['one']);
      await refusal(save(store, 'two'), 'ConfigRepoKeyReadOnly', /not authorized to write to tenant-2\/config/);
      await store.close();
    });

    it('says that a protected branch does not take the push', async () => {
      const repository = await gitea.addRepository('tenant-3', 'config');
      const { keyFile, publicKey } = await newKey();
      await gitea.addDeployKey(repository, publicKey, false);
      const store = await open(repository, keyFile);
      await save(store, 'one');
      await gitea.protect(repository, []);
      await refusal(save(store, 'two'), 'ConfigRepoProtected', /Not allowed to push to protected branch main/);
      await store.close();
    });

    it('says that there is no such repository', async () => {
      const repository = await gitea.addRepository('tenant-4', 'config');
      const { keyFile, publicKey } = await newKey();
      await gitea.addDeployKey(repository, publicKey, false);
      await refusal(open('tenant-4/other', keyFile), 'ConfigRepoMissing', /Cannot find repository/);
    });
  });
}

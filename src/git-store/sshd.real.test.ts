import assert from 'node:assert/strict';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { NautesError } from '../errors/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { Sshd, SSHD_NOT_THERE, sshdFiles } from '../../tools/sshd/sshd.ts';
import { sshReceivePack } from './branch/push/program-receive-pack.ts';
import { describeReceivePackContract } from './branch/push/receive-pack.contract.ts';
import { SshClient } from './branch/remote/ssh-client.ts';
import { Git } from './git/git.ts';
import type { GitStore } from './git-store.ts';
import { type GitStoreOptions, openGitStore } from './open-git-store.ts';
import { FreezingProxy } from './testing/freezing-proxy.ts';
import { git, names, noAbort, reasonOf, save, temporaryDirectory, usualOptions } from './testing/fixtures.ts';

const common = {
  fetchIntervalMilliseconds: 60_000,
  committer: { name: 'Nautes', email: 'nautes@example.org' },
  ...usualOptions,
  logger: silentLogger,
} satisfies Partial<GitStoreOptions>;

if ((await sshdFiles()) === undefined) {
  describe('configuration repository behind sshd', () => {
    it('runs where an sshd for tests is', { skip: SSHD_NOT_THERE });
  });
} else {
  describeReceivePackContract('over SSH', async (root) => {
    const server = await Sshd.start();
    const keyFile = await server.addKey('key');
    await server.authorize({ file: keyFile });
    const options = { keyFile, knownHostsFile: server.knownHostsFile };
    const urlOf = (repository: string) => `ssh://git@127.0.0.1:${server.port}${join(root, repository)}`;
    return {
      open: (repository) => sshReceivePack(new Git(root), new SshClient(urlOf(repository), options)),
      credentials: undefined,
      close: () => server[Symbol.asyncDispose](),
    };
  });

  describe('a repository behind sshd', () => {
    let root: string;
    let server: Sshd;
    let keyFile: string;
    let store: GitStore;
    let count = 0;

    before(async () => {
      root = await temporaryDirectory();
      server = await Sshd.start();
      keyFile = await server.addKey('key');
    });
    beforeEach(async () => {
      count += 1;
      await server.authorize({ file: keyFile });
      await server.addRepository(`${count}.git`);
      store = await open();
    });
    afterEach(() => store.close());
    after(async () => {
      await server[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    });

    interface Other {
      readonly url?: string;
      readonly keyFile?: string;
      readonly knownHostsFile?: string;
      readonly clone?: string;
    }

    function open(more: Other = {}): Promise<GitStore> {
      const { clone = `clone-${count}`, url = server.url(`${count}.git`), ...files } = more;
      const ssh = { keyFile, knownHostsFile: server.knownHostsFile, ...files };
      return openGitStore({ ...common, directory: join(root, clone), remote: { url, ssh } }, noAbort);
    }

    const reasons = async () => [await reasonOf(save(store, 'one')), await reasonOf(store.refresh(noAbort))];

    it('says that the key was revoked, and takes it again as soon as another one is in the file', async () => {
      const other = await server.addKey(`other-${count}`);
      await server.authorize({ file: other });
      assert.deepEqual(await reasons(), ['ConfigRepoKeyRefused', 'ConfigRepoKeyRefused']);
      await server.authorize({ file: other }, { file: keyFile });
      await assert.rejects(save(store, 'two'), { reason: 'ConfigRepoKeyRefused' }); // not asked again so soon
      const moved = await open({ keyFile: other });
      await save(moved, 'two');
      await moved.close();
    });

    for (const [host, words] of Object.entries({
      GitHub: 'ERROR: The key you are authenticating with has been marked as read only.',
      GitLab: 'remote: ERROR: This deploy key does not have write access to this project.',
      Gitea: 'Gitea: Deploy Key: 1:config is not authorized to write to platform/config.',
    })) {
      it(`says that a deploy key may only read, in the words of ${host}`, async () => {
        const options =
          `command="case $SSH_ORIGINAL_COMMAND in *receive-pack*) echo '${words}' >&2; exit 1;; ` +
          `*) eval exec $SSH_ORIGINAL_COMMAND; esac"`;
        await server.authorize({ file: keyFile, options });
        assert.deepEqual(await reasons(), ['ConfigRepoKeyReadOnly', 'none']);
        await assert.rejects(save(store, 'one'), (error: NautesError) => {
          assert.match(error.message, /may only read there: .*(read only|write access|not authorized to write)/);
          assert.doesNotMatch(error.message, /Could not read from remote/);
          return error.next === 'stalled';
        });
      });
    }

    it('says that there is no repository', async () => {
      await rm(join(server.home, `${count}.git`), { recursive: true });
      assert.deepEqual(await reasons(), ['ConfigRepoMissing', 'ConfigRepoMissing']);
    });

    it('accepts no host key that is not known, and none that has changed', async () => {
      const { knownHostsFile } = server;
      const line = await server.hostLine();
      await writeFile(knownHostsFile, '# none\n');
      assert.deepEqual(await reasons(), ['ConfigRepoHostUnknown', 'ConfigRepoHostUnknown']);
      await writeFile(knownHostsFile, line);
      await save(store, 'one');
      await server.close();
      await server.replaceHostKey();
      await server.open();
      assert.deepEqual(await reasons(), ['ConfigRepoHostChanged', 'ConfigRepoHostChanged']);
      await writeFile(knownHostsFile, await server.hostLine());
      await save(store, 'two');
      assert.deepEqual(names(store), ['one', 'two']);
    });

    it('says what is wrong with the file of the key before ssh is asked', async () => {
      await chmod(keyFile, 0o644);
      assert.deepEqual(await reasons(), ['ConfigRepoKeyExposed', 'ConfigRepoKeyExposed']);
      await chmod(keyFile, 0o600);
      await save(store, 'one');
    });

    it('carries the saves of a short outage in one push', async () => {
      await save(store, 'first');
      await server.close();
      const saves = ['a', 'b', 'c', 'd', 'e'].map((name) => save(store, name));
      await server.open();
      await Promise.all(saves);
      assert.equal(names(store).length, 6);
      const log = await git(join(server.home, `${count}.git`), 'log', '--format=%s', 'main');
      assert.equal(log.split('\n').length, 7);
    });

    it('gives a session up that freezes before the login, during it or after it, and works with the next', async () => {
      const places: readonly ((whole: number) => number)[] = [() => 0, () => 1_000, (whole) => whole - 350];
      const frozen = places.map(async (place, index) => {
        await using proxy = await FreezingProxy.start(server.port);
        const knownHostsFile = join(root, `known-${count}-${index}`);
        const toProxy = (text: string): string => text.replace(`:${server.port}`, `:${proxy.port}`);
        await writeFile(knownHostsFile, toProxy(await server.hostLine()));
        const url = toProxy(server.url(`${count}.git`));
        const behind = await open({ url, knownHostsFile, clone: `frozen-${count}-${index}` });
        try {
          await behind.refresh(noAbort);
          const bytes = place(proxy.lastBytes);
          proxy.freezeAfter(bytes);
          assert.equal(await reasonOf(behind.refresh(noAbort)), 'ConfigRepoUnavailable', `after ${bytes} bytes`);
          proxy.freezeAfter(Number.POSITIVE_INFINITY);
          await behind.refresh(noAbort);
        } finally {
          await behind.close();
        }
      });
      await Promise.all(frozen);
    });

    it('says that nothing accepts connections, and works when it does again', async () => {
      await server.close();
      await assert.rejects(store.refresh(noAbort), {
        reason: 'ConfigRepoUnavailable',
        message: 'the tenant configuration repository is not available: nothing accepts connections there',
      });
      await server.open();
      await save(store, 'one');
    });
  });
}

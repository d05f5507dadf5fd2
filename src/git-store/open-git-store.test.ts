import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLogger } from '../base/logger.ts';
import { Secret } from '../base/secret.ts';
import type { GitStoreFixture } from './testing/contract-bed.ts';
import { describeGitStoreContract } from './git-store.contract.ts';
import { type GitStoreOptions, openGitStore } from './open-git-store.ts';
import type { RemoteOptions } from './branch/remote/remote-access.ts';
import { git, noAbort, temporaryDirectory, usualOptions } from './testing/fixtures.ts';
import { startGitHttpServer } from './testing/git-http-server.ts';

const common = {
  fetchIntervalMilliseconds: 60_000,
  committer: { name: 'Nautes', email: 'nautes@example.org' },
  ...usualOptions,
  logger: silentLogger,
} satisfies Partial<GitStoreOptions>;

describeGitStoreContract('embedded', async () => {
  const root = await temporaryDirectory();
  const directory = join(root, 'repository');
  return {
    origin: directory,
    open: (options) => openGitStore({ ...common, ...options, directory }, noAbort),
    close: () => rm(root, { recursive: true }),
  };
});

async function withRemote(root: string, remote: RemoteOptions, close: () => Promise<void>): Promise<GitStoreFixture> {
  const origin = join(root, 'origin.git');
  await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
  return {
    origin,
    open: (options) => openGitStore({ ...common, ...options, directory: join(root, 'repository'), remote }, noAbort),
    close: async () => {
      await close();
      await rm(root, { recursive: true });
    },
  };
}

describeGitStoreContract('on a remote in the file system', async () => {
  const root = await temporaryDirectory();
  return withRemote(root, { url: `file://${join(root, 'origin.git')}` }, async () => {});
});

async function overHttp(environment: Readonly<Record<string, string>>): Promise<GitStoreFixture> {
  const root = await temporaryDirectory();
  const server = await startGitHttpServer({ root, username: 'nautes', password: 'canary' });
  const remote: RemoteOptions = {
    url: server.url('origin.git'),
    credentials: async () => ({ username: 'nautes', password: new Secret('canary') }),
    environment,
  };
  return withRemote(root, remote, () => server.close());
}

describeGitStoreContract('on a remote over HTTP', () => overHttp({}));

// Also what stands in for SSH and proxies: a directory of authorities is something that only git reads.
describeGitStoreContract('on a remote that only git can push to', () => overHttp({ GIT_SSL_CAPATH: '/etc/ssl/certs' }));

describe('servers that open an empty remote at the same time', () => {
  it('share its first commit', async () => {
    const root = await temporaryDirectory();
    const origin = join(root, 'origin.git');
    await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
    const open = (name: string) =>
      openGitStore({ ...common, directory: join(root, name), remote: { url: `file://${origin}` } }, noAbort);
    const opened = await Promise.allSettled(['a', 'b', 'c', 'd', 'e', 'f'].map(open));
    const stores = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const heads = new Set(stores.map((store) => store.snapshot().commit));
    await Promise.all(stores.map((store) => store.close()));
    await rm(root, { recursive: true });
    assert.deepEqual(
      opened.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : [])),
      [],
    );
    assert.equal(heads.size, 1);
  });
});

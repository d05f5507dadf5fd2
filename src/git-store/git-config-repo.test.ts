import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '../base/logger.ts';
import { Secret } from '../base/secret.ts';
import { type ConfigRepoFixture, describeConfigRepoContract } from './config-repo.contract.ts';
import { type ConfigRepoOptions, openConfigRepo } from './git-config-repo.ts';
import type { RemoteOptions } from './branch/remote-access.ts';
import { git, noAbort, temporaryDirectory } from './testing/fixtures.ts';
import { startGitHttpServer } from './testing/git-http-server.ts';

const common = {
  fetchIntervalMilliseconds: 60_000,
  committer: { name: 'Nautes', email: 'nautes@example.org' },
  namespace: 'nautes',
  logger: silentLogger,
} satisfies Partial<ConfigRepoOptions>;

describeConfigRepoContract('embedded', async () => {
  const root = await temporaryDirectory();
  const directory = join(root, 'repository');
  return {
    origin: directory,
    open: (options) => openConfigRepo({ ...common, ...options, directory }, noAbort),
    close: () => rm(root, { recursive: true }),
  };
});

async function withRemote(root: string, remote: RemoteOptions, close: () => Promise<void>): Promise<ConfigRepoFixture> {
  const origin = join(root, 'origin.git');
  await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
  return {
    origin,
    open: (options) => openConfigRepo({ ...common, ...options, directory: join(root, 'repository'), remote }, noAbort),
    close: async () => {
      await close();
      await rm(root, { recursive: true });
    },
  };
}

describeConfigRepoContract('on a remote in the file system', async () => {
  const root = await temporaryDirectory();
  return withRemote(root, { url: `file://${join(root, 'origin.git')}` }, async () => {});
});

async function overHttp(environment: Readonly<Record<string, string>>): Promise<ConfigRepoFixture> {
  const root = await temporaryDirectory();
  const server = await startGitHttpServer({ root, username: 'nautes', password: 'canary' });
  const remote: RemoteOptions = {
    url: server.url('origin.git'),
    credentials: async () => ({ username: 'nautes', password: new Secret('canary') }),
    environment,
  };
  return withRemote(root, remote, () => server.close());
}

describeConfigRepoContract('on a remote over HTTP', () => overHttp({}));

// Also what stands in for SSH and proxies: a directory of authorities is something that only git reads.
describeConfigRepoContract('on a remote that only git can push to', () =>
  overHttp({ GIT_SSL_CAPATH: '/etc/ssl/certs' }),
);

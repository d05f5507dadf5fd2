import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ManagementHost, startSandboxHost } from '../../../test/harness/management-host.ts';
import { type ManagementCluster, readSharedInstallation, writeSharedInstallation } from '../../management/index.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { writeStorageMark } from '../services/storage-mark.ts';
import { installationOf } from './installation.ts';

const signal = new AbortController().signal;
const REMOTE = 'https://git.example.org/tenant.git';

describe('the identity of an installation whose state is in a management cluster', () => {
  let host: ManagementHost;
  let root: string;
  before(async () => {
    host = await startSandboxHost();
    root = await mkdtemp(join(tmpdir(), 'nautes-installations-'));
  });
  after(async () => {
    await host?.close();
    await rm(root, { recursive: true });
  });

  const inNamespace = async (test: (cluster: ManagementCluster) => Promise<void>) => {
    const cluster = await host.open(await host.newNamespace());
    await test(cluster);
    cluster.close();
  };
  /** A start with a data directory and a remote. */
  const start = async (cluster: ManagementCluster | undefined, directory: string, remote = REMOTE) => {
    const dataDirectory = join(root, `${cluster?.namespace ?? 'embedded'}-${directory}`);
    await mkdir(dataDirectory, { recursive: true });
    const environment = {
      NAUTES_GIT_REMOTE: remote,
      ...(cluster === undefined ? {} : { NAUTES_STORAGE: 'kubernetes', NAUTES_MANAGEMENT_KUBECONFIG: host.kubeconfig }),
    };
    const configuration = await loadConfiguration({ environment, overrides: { dataDirectory } });
    const opened = installationOf(configuration, cluster, signal);
    return { dataDirectory, id: await opened.then(({ id }) => id) };
  };

  it('is made once when replicas with new data directories start together, and found by later ones', () =>
    inNamespace(async (cluster) => {
      const ids = await Promise.all(['a', 'b', 'c', 'd'].map(async (name) => (await start(cluster, name)).id));
      assert.equal(new Set(ids).size, 1);
      const later = await start(cluster, 'later', 'https://nautes:secret@git.example.org/tenant.git');
      assert.equal(later.id, ids[0]);
      assert.match(await readFile(join(later.dataDirectory, 'installation.json'), 'utf8'), new RegExp(later.id));
      assert.equal((await readSharedInstallation(cluster, signal))?.repository, REMOTE);
    }));

  it('is that of the first replica when another one has looked before and writes after it', () =>
    inNamespace(async (cluster) => {
      const written = Promise.withResolvers<void>();
      let requests = 0;
      const late: ManagementCluster = {
        ...cluster,
        client: async (aborted) => {
          requests += 1;
          if (requests === 2) await written.promise;
          return cluster.client(aborted);
        },
      };
      const second = start(late, 'second');
      const first = await start(cluster, 'first');
      written.resolve();
      assert.equal((await second).id, first.id);
    }));

  it('is taken from a data directory that has one and no state', () =>
    inNamespace(async (cluster) => {
      const { dataDirectory } = await start(cluster, 'other');
      await rm(dataDirectory, { recursive: true });
      const known = { id: 'given-identity', createdAt: '2030-01-01T00:00:00Z' };
      await inNamespace(async (another) => {
        const directory = join(root, `${another.namespace}-given`);
        await mkdir(directory);
        await writeFile(join(directory, 'installation.json'), JSON.stringify(known));
        assert.equal((await start(another, 'given')).id, known.id);
      });
    }));

  it('refuses a server of another installation, naming both', () =>
    inNamespace(async (cluster) => {
      const { id } = await start(cluster, 'first');
      const directory = join(root, `${cluster.namespace}-second`);
      await mkdir(directory);
      await writeFile(join(directory, 'installation.json'), JSON.stringify({ id: 'second-one', createdAt: '' }));
      const both = {
        reason: 'InstallationForeign',
        message: new RegExp(`installation ${id}.*installation second-one`),
      };
      await assert.rejects(start(cluster, 'second'), both);
    }));

  it('refuses a server with another repository, naming both', () =>
    inNamespace(async (cluster) => {
      const { id } = await start(cluster, 'first');
      const elsewhere = start(cluster, 'second', 'ssh://git@git.example.org/other.git');
      const message = new RegExp(`installation ${id} \\(repository ${REMOTE}\\).*new \\(repository .*other\\.git\\)`);
      await assert.rejects(elsewhere, { reason: 'InstallationForeign', message });
    }));

  it('refuses a second data directory where the repository is in the first', () =>
    inNamespace(async (cluster) => {
      const { id } = await start(cluster, 'first', '');
      assert.equal((await start(cluster, 'first', '')).id, id);
      await assert.rejects(start(cluster, 'second', ''), { reason: 'InstallationForeign' });
    }));

  it('refuses a data directory with state that was not moved, and takes one whose state was', () =>
    inNamespace(async (cluster) => {
      const directory = join(root, `${cluster.namespace}-full`);
      await mkdir(directory);
      await writeFile(join(directory, 'status.db'), '');
      await assert.rejects(start(cluster, 'full'), { reason: 'StorageNotMigrated' });
      assert.equal(await readSharedInstallation(cluster, signal), undefined);
      await writeStorageMark(directory, 'moved');
      await start(cluster, 'full');
    }));

  it('refuses a place that a migration has marked, saying how to go on', () =>
    inNamespace(async (cluster) => {
      const { id } = await start(cluster, 'first');
      const shared = { id, createdAt: '', repository: REMOTE };
      await writeSharedInstallation(cluster, { ...shared, mark: 'incoming' }, signal);
      await assert.rejects(start(cluster, 'first'), { reason: 'StorageIncomplete', message: /namespace/ });
      await writeSharedInstallation(cluster, { ...shared, mark: 'moved' }, signal);
      await assert.rejects(start(cluster, 'first'), { reason: 'StorageMoved', message: /namespace/ });
      await writeSharedInstallation(cluster, { ...shared, mark: undefined }, signal);
      await start(cluster, 'first');
      const embedded = await start(undefined, 'marked');
      for (const [mark, reason] of [
        ['moved', 'StorageMoved'],
        ['incoming', 'StorageIncomplete'],
      ] as const) {
        await writeStorageMark(embedded.dataDirectory, mark);
        await assert.rejects(start(undefined, 'marked'), { reason });
      }
      await writeFile(join(embedded.dataDirectory, 'storage-mark.json'), '{');
      await assert.rejects(start(undefined, 'marked'), { reason: 'DataDirectoryUnusable' });
      await writeStorageMark(embedded.dataDirectory, undefined);
      await start(undefined, 'marked');
    }));
});

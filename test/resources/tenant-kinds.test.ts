import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { run } from '../../src/base/programs/process.ts';
import { type GitStore, openGitStore, put } from '../../src/git-store/index.ts';
import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import type { Cluster } from '../../src/resources/cluster/cluster.ts';
import { productFiles } from '../../src/resources/product/product-files.ts';
import type { Product } from '../../src/resources/product/product.ts';
import { unresolvedReferences } from '../../src/resources/references.ts';
import { filePath } from '../../src/resources/repository-layout.ts';
import { tenantKinds } from '../../src/resources/tenant-kinds.ts';

const signal = new AbortController().signal;

function cluster(name: string, spec: Partial<Cluster['spec']> = {}): Cluster {
  return {
    name,
    incarnation: `i-${name}`,
    spec: {
      apiServer: `https://${name}.example.org:6443`,
      clusterKind: 'kubernetes',
      clusterType: 'physical',
      usage: 'worker',
      workerType: 'deployment',
      primaryDomain: '',
      components: {},
      reservedNamespacesAllowedProducts: {},
      productAllowedClusterResources: {},
      ...spec,
    },
  };
}

const product = (id: number, group: string): Product => ({
  name: `product-${id}`,
  incarnation: `i-${id}`,
  spec: { group, repository: `https://git.example.org/${group}/default.project.git` },
});

describe('the tenant configuration repository', () => {
  let directory: string;
  let repo: GitStore;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-tenant-'));
    repo = await openGitStore(
      {
        directory: join(directory, 'repository'),
        fetchIntervalMilliseconds: 60_000,
        committer: { name: 'Nautes', email: 'nautes@localhost' },
        layouts: tenantKinds.map(({ files }) => files),
        title: 'tenant configuration repository',
        namespace: 'nautes',
        logger: silentLogger,
      },
      signal,
    );
  });
  after(async () => {
    await repo.close();
    await rm(directory, { recursive: true });
  });

  async function save(subject: string, ...edits: ReturnType<typeof put>[]): Promise<void> {
    const author = { id: 'ann', name: 'Ann', email: 'ann@example.org' };
    await repo.change({ author, subject, requestId: subject, trailers: [], decide: () => edits }, signal);
  }

  it('keeps clusters and products beside each other, each with its own index', async () => {
    await save('Save both', put(clusterFiles, cluster('one')), put(productFiles, product(12, 'demo')));
    const snapshot = repo.snapshot();
    assert.deepEqual(snapshot.of(productFiles).get('product-12')?.resource, product(12, 'demo'));
    assert.deepEqual(snapshot.of(productFiles).namesBy('group', 'demo'), ['product-12']);
    assert.deepEqual(snapshot.of(clusterFiles).namesBy('apiServer', 'https://one.example.org:6443'), ['one']);
    assert.deepEqual(snapshot.of(clusterFiles).get('product-12'), undefined);
  });

  it('names references that lead nowhere, by name and by index', async () => {
    const allowed = {
      reservedNamespacesAllowedProducts: { argocd: ['demo', 'absent'] },
      productAllowedClusterResources: { gone: [{ kind: 'ClusterRole', group: 'rbac.authorization.k8s.io' }] },
    };
    const virtual = cluster('two', { clusterType: 'virtual', hostCluster: 'away', ...allowed });
    await save('Save a cluster with references', put(clusterFiles, virtual));
    const found = unresolvedReferences(tenantKinds, repo.snapshot());
    assert.deepEqual(
      found.map(({ from, kind, field, key }) => [from.name, kind, field, key]),
      [
        ['two', 'Cluster', 'host_cluster', 'away'],
        ['two', 'Product', 'reserved_namespaces_allowed_products', 'absent'],
        ['two', 'Product', 'product_allowed_cluster_resources', 'gone'],
      ],
    );
  });

  it('reads what others commit, tells which files it cannot read, and leaves them in a save', async () => {
    const checkout = join(directory, 'checkout');
    const git = async (...args: string[]): Promise<void> => {
      const identity = ['-c', 'user.name=Bob', '-c', 'user.email=bob@example.org'];
      const { code, stderr } = await run('git', ['-C', checkout, ...identity, ...args]);
      assert.equal(code, 0, stderr);
    };
    await run('git', ['clone', '--quiet', join(directory, 'repository'), checkout]);
    const write = async (name: string, text: string): Promise<void> => {
      const file = join(checkout, filePath(productFiles, name));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    };
    await write('product-7', productFiles.encode(product(7, 'by-hand'), { namespace: 'nautes' }));
    await write('product-8', 'kind: Product\n');
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'Add products');
    await git('push', '--quiet', 'origin', 'HEAD:main');
    await repo.refresh(signal);

    await save('Save another cluster', put(clusterFiles, cluster('three')));
    const products = repo.snapshot().of(productFiles);
    assert.equal(products.get('product-7')?.resource?.spec.group, 'by-hand');
    assert.equal(products.get('product-8')?.problem?.reason, 'ProductFileInvalid');
    assert.equal(products.size, 3);
  });
});

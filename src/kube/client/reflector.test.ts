import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../../sandbox/index.ts';
import { Secret } from '../../base/secret.ts';
import { loopbackAddressPolicy } from '../transport/address.ts';
import { configMap, configMapType, eventually, patience } from '../testing/fixture.contract.ts';
import { KubeClient } from './client.ts';
import { Reflector } from './reflector.ts';

describe('a reflector', () => {
  let sandbox: Sandbox;
  let cluster: SandboxCluster;
  /** Stands for the same API server after its data base was restored: its versions are lower. */
  let restored: SandboxCluster;
  let client: KubeClient;

  before(async () => {
    sandbox = await startSandbox({ clusters: 2, basePort: 0 });
    const [first, second] = sandbox.clusters;
    assert.ok(first && second);
    cluster = first;
    restored = second;
    client = clientOf(cluster);
  });

  function clientOf({ server, certificateAuthority, adminToken }: SandboxCluster): KubeClient {
    return new KubeClient({
      server,
      certificateAuthority,
      material: new Secret({ kind: 'token', token: adminToken }),
      addresses: loopbackAddressPolicy,
      limits: { longestPause: 50 },
    });
  }

  after(async () => {
    client?.close();
    await sandbox?.close();
  });

  /** What a reflector has told so far, and how often it told everything. */
  class Known {
    readonly names = new Set<string>();
    lists = 0;
    restarts = 0;
    readonly reflector = new Reflector({
      client: () => Promise.resolve(client),
      type: configMapType,
      namespace: 'default',
      fieldSelector: 'metadata.name!=kube-root-ca.crt',
      onList: (objects) => {
        this.lists += 1;
        this.names.clear();
        for (const { metadata } of objects) this.names.add(metadata.name);
      },
      onChange: ({ type, object }) => {
        if (type === 'DELETED') this.names.delete(object.metadata.name);
        else this.names.add(object.metadata.name);
      },
      onRestart: () => {
        this.restarts += 1;
      },
    });

    async until(...names: string[]): Promise<void> {
      await eventually(() => Promise.resolve([...this.names].toSorted().join() === names.join()));
    }
  }

  const create = (name: string) => cluster.apply(configMap('default', name) as never, 'tests');
  const remove = (name: string) => cluster.delete('v1', 'ConfigMap', 'default', name);

  it('knows what there is, and follows it over lost connections, of which each makes it list again', async () => {
    create('a');
    const known = new Known();
    await known.reflector.start(patience());
    assert.deepEqual([...known.names], ['a']);
    create('b');
    await known.until('a', 'b');
    cluster.faults.set([{ kind: 'unreachable' }]);
    await eventually(() => Promise.resolve(known.restarts > 0 && !known.reflector.isConnected));
    create('c');
    remove('a');
    cluster.faults.clear();
    await known.until('b', 'c');
    assert.ok(known.lists >= 2);
    await known.reflector.close();
    for (const name of ['b', 'c']) remove(name);
  });

  it('lists again when changes were missed for good', async () => {
    const known = new Known();
    await known.reflector.start(patience());
    create('d');
    await known.until('d');
    cluster.faults.set([{ kind: 'unreachable' }]);
    await eventually(() => Promise.resolve(known.restarts > 0));
    remove('d');
    create('e');
    cluster.compact();
    cluster.faults.clear();
    await known.until('e');
    assert.ok(known.lists >= 2);
    await known.reflector.close();
    remove('e');
  });

  it('lists again when versions went back, as after a restored backup', async () => {
    const raising = Array.from({ length: 300 }, (_, index) => `raise-${index}`);
    raising.forEach(create);
    const known = new Known();
    await known.reflector.start(patience());
    const former = client;
    client = clientOf(restored);
    restored.apply(configMap('default', 'from-backup') as never, 'tests');
    cluster.faults.set([{ kind: 'unreachable' }]);
    await known.until('from-backup');
    restored.apply(configMap('default', 'later') as never, 'tests');
    await known.until('from-backup', 'later');
    await known.reflector.close();
    client.close();
    client = former;
    cluster.faults.clear();
    raising.forEach(remove);
  });

  it('fails at the start when nothing can be listed, and ends when it is closed', async () => {
    cluster.faults.set([{ kind: 'status', code: 403 }]);
    const known = new Known();
    await assert.rejects(known.reflector.start(patience()), { reason: 'ClusterForbidden' });
    await known.reflector.close();
    cluster.faults.clear();
  });
});

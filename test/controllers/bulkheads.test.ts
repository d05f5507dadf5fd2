import { CLUSTER_KIND } from '../../src/resources/cluster/cluster-key.ts';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';

const CLUSTERS = 150;
const HANGING = 50;
/** Far more than it takes on a busy machine: without bulkheads the clusters that hang would hold places for ever. */
const PATIENCE = 250_000;
const CONCURRENCY = { healthy: 24, suspect: 4 };

/** One object instead of a real gateway: this is about the queue. */
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'small' },
  spec: { type: 'NodePort', ports: [{ name: 'web', port: 80, nodePort: 30080 }] },
};
const GATEWAY = {
  name: 'small',
  category: 'gateway',
  namespace: 'small',
  version: '1',
  description: 'A Service and nothing behind it',
  sources: [{ manifest: 'service.yaml' }],
};

describe('bulkheads between clusters', () => {
  let sandbox: Sandbox;
  let directory: string;
  let catalog: string;

  before(async () => {
    sandbox = await startSandbox({ clusters: CLUSTERS, basePort: 0 });
    directory = await mkdtemp(join(tmpdir(), 'nautes-bulkheads-'));
    catalog = join(directory, 'catalog.yaml');
    await writeFile(join(directory, 'service.yaml'), stringifyYaml(SERVICE));
    await writeFile(catalog, stringifyYaml({ components: [GATEWAY] }));
  });
  after(async () => {
    await sandbox.close();
    await rm(directory, { recursive: true });
  });

  it(`${HANGING} clusters of ${CLUSTERS} that hang keep no place from the others`, async () => {
    await using loop = await ControlLoop.start({
      catalogFiles: [catalog],
      concurrency: CONCURRENCY,
      settings: { driftMilliseconds: 3_600_000 },
    });
    const gateway = { name: 'small', namespace: '', additions: {} };
    const hanging = sandbox.clusters.slice(0, HANGING);
    for (const cluster of hanging) {
      cluster.faults.set([{ kind: 'hang' }]);
      await cluster.settled();
    }
    const save = (cluster: SandboxCluster) =>
      loop.save(
        cluster.name,
        cluster,
        { ...hostDraft, components: { gateway }, kubeconfig: cluster.kubeconfig('token') },
        { skipCheck: true },
      );
    await Promise.all(sandbox.clusters.map(save)); // those that hang come first
    let most = 0;
    let looks = 0;
    await eventually(
      async () => {
        most = Math.max(most, hanging.filter(({ counters }) => counters.openConnections > 0).length);
        looks += 1;
        if (looks % 20 !== 0) return undefined; // reading that many statuses is work that the controllers have to wait for
        const statuses = await loop.parts.state.status.list(CLUSTER_KIND);
        return statuses.filter(({ phase }) => phase === 'Ready').length === CLUSTERS - HANGING ? true : undefined;
      },
      () => 'the clusters that are well are held up',
      PATIENCE,
    );
    assert.ok(most <= CONCURRENCY.healthy + CONCURRENCY.suspect, `${most} were waited for at a time`);

    // From now on those that hang are known: only the other lane waits for them.
    const [well] = sandbox.clusters.slice(HANGING);
    assert.ok(well);
    await eventually(
      async () => {
        const open = hanging.filter(({ counters }) => counters.openConnections > 0).length;
        return open <= CONCURRENCY.suspect ? true : undefined;
      },
      () => 'clusters that hang still take places of the others',
      PATIENCE,
    );
    const { incarnation } = (await loop.status(well.name)) ?? { incarnation: '' };
    await loop.delete(well.name);
    assert.equal((await loop.untilReceipt(well.name, incarnation)).outcome, 'Complete');
    assert.deepEqual(loop.errors, []);
  });

  it('closes while clusters hang', async () => {
    await using loop = await ControlLoop.start({ catalogFiles: [catalog] });
    const [cluster] = sandbox.clusters;
    assert.ok(cluster);
    await loop.save('one', cluster, hostDraft, { skipCheck: true });
    await eventually(
      async () => (cluster.counters.openConnections > 0 ? true : undefined),
      () => 'nobody connects',
    );
    await loop.shut(); // would take the connection's timeout if it were not aborted
    assert.deepEqual(loop.errors, []);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { listAt, valueAt } from '../chart/helm.ts';
import { chartUnavailable, nameOf, RELEASE, ReleaseBed, saveWorker } from '../chart/release.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { waitUntil } from '../harness/wait-until.ts';

const CLUSTERS = 'clusters.nautes.resource.nautes.io';

/** This control plane makes no volumes. */
const VOLUME = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'data' },
  spec: {
    capacity: { storage: '8Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: '',
    hostPath: { path: '/nonexistent/nautes' },
  },
};
const values = { persistence: { storageClass: '-' } };

/** The steps of a release, in their order. */
describe('the chart on a real API server', { skip: await chartUnavailable() }, () => {
  let bed: ReleaseBed;
  const nextCluster = newClusters({ clusters: 1, workloadDelayMilliseconds: 100 });

  before(async () => {
    bed = await ReleaseBed.open();
    await bed.apply(VOLUME);
  });
  after(() => bed?.[Symbol.asyncDispose]());

  it('is admitted where PodSecurity is restricted, and a Pod without its settings is not', async () => {
    const notes = await bed.release('install', values);
    assert.match(notes, /kubectl --namespace nautes exec deploy\/nautes -- nautes token create/);
    assert.equal((await bed.runningPods()).length, 1);
    const plain = await bed.kubectl.run(['run', 'plain', '--image', 'x', '--namespace', RELEASE]);
    assert.match(plain.stderr, /violates PodSecurity "restricted/);
  });

  it('lets its Pod be evicted', async () => {
    await waitUntil('an eviction is allowed', async () => {
      return valueAt(await bed.get('poddisruptionbudget', 'nautes'), 'status', 'disruptionsAllowed') === 1;
    });
  });

  it('runs: the server as its Pod would run it brings a cluster to Ready', async () => {
    const [pod = ''] = await bed.runningPods();
    await using server = await bed.serve(pod);
    const client = await server.client('ada');
    for (const url of [`${server.url}/readyz`, server.metricsUrl.replace('/metrics', '/readyz')]) {
      assert.equal((await fetch(url)).status, 200, url);
    }
    await saveWorker(client, 'one', nextCluster());
    await client.waitForPhase('one', 'Ready');
    assert.equal(await server.stop(), 0);
  });

  it('starts a new Pod for a changed configuration, and keeps what is of its kinds', async () => {
    const [earlier] = await bed.runningPods();
    const kind = { apiVersion: 'nautes.resource.nautes.io/v1alpha1', kind: 'Cluster' };
    const spec = { apiServer: 'https://10.0.0.1:6443', clusterKind: 'kubernetes', clusterType: 'physical' };
    const metadata = { name: 'kept' };
    await bed.apply({ ...kind, metadata, spec: { ...spec, usage: 'worker', componentsList: {} } });
    await bed.release('upgrade', { ...values, config: { log: { level: 'debug' } } });
    await waitUntil('another Pod runs', async () => {
      const pods = await bed.runningPods();
      return pods.length === 1 && pods[0] !== earlier;
    });
    assert.equal(nameOf(await bed.get(CLUSTERS, 'kept')), 'kept');
  });

  it('leaves the claim and the definitions, and says so, when it is uninstalled', async () => {
    const said = await bed.uninstall();
    assert.match(said, /kept due to the resource policy/);
    assert.match(said, /\[PersistentVolumeClaim\] nautes/);
    assert.match(said, new RegExp(`\\[CustomResourceDefinition\\] ${CLUSTERS}`));
    assert.equal(valueAt(await bed.get('persistentvolumeclaim', 'nautes'), 'status', 'phase'), 'Bound');
    assert.equal(nameOf(await bed.get(CLUSTERS, 'kept')), 'kept');
    const kinds = 'deployments,services,configmaps,roles,rolebindings,serviceaccounts,poddisruptionbudgets';
    const left = await bed.get(kinds, '--selector', 'app.kubernetes.io/part-of=nautes');
    assert.deepEqual(listAt(left, 'items').map(nameOf), []);
  });
});

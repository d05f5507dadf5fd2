import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringifyYaml } from '../../src/base/yaml.ts';
import {
  CONTROL_PLANE_NOT_BUILT,
  type ControlPlane,
  controlPlaneBinaries,
  startControlPlane,
} from '../../tools/controlplane/control-plane.ts';
import { Kubectl } from '../../tools/kubectl/kubectl.ts';
import { CHART, type ChartValues, helm, helmMissing, listAt, textAt, valueAt } from '../chart/helm.ts';
import { PodProcess } from '../chart/pod-process.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { waitUntil } from '../harness/wait-until.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');
const RELEASE = 'nautes';
const NAMESPACE = 'nautes';
const DEFINITION = 'clusters.nautes.resource.nautes.io';

const skip = await unavailable();

async function unavailable(): Promise<string | undefined> {
  if (process.env['NAUTES_TEST_REAL'] === 'skip') return 'left to make test-real';
  return (await controlPlaneBinaries()) === undefined ? CONTROL_PLANE_NOT_BUILT : helmMissing;
}

/** An unbound volume, because this cluster makes none. */
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

const RESTRICTED = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

describe('the chart on a real API server', { skip }, () => {
  let plane: ControlPlane;
  let kubectl: Kubectl;
  const nextCluster = newClusters({ clusters: 1, workloadDelayMilliseconds: 100 });

  before(async () => {
    plane = await startControlPlane();
    kubectl = await Kubectl.open(plane.adminKubeconfig);
    for (const object of [RESTRICTED, VOLUME]) {
      await kubectl.output(['apply', '--filename', '-'], { input: stringifyYaml(object) });
    }
  });
  after(async () => {
    await kubectl?.[Symbol.asyncDispose]();
    await plane?.stop();
  });

  const release = async (verb: 'install' | 'upgrade', values: ChartValues): Promise<string> => {
    const args = [verb, RELEASE, CHART, '--namespace', NAMESPACE, '--wait', '--timeout', '2m'];
    const { code, stdout, stderr } = await helm(args, { values, kubeconfig: plane.adminKubeconfig });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const get = async (...what: readonly string[]): Promise<unknown> =>
    JSON.parse(await kubectl.output(['get', ...what, '--namespace', NAMESPACE, '--output', 'json']));
  const runningPods = async (): Promise<readonly string[]> => {
    const pods = listAt(await get('pods', '--field-selector', 'status.phase=Running'), 'items');
    return pods.filter((pod) => valueAt(pod, 'metadata', 'deletionTimestamp') === undefined).map(nameOf);
  };

  describe('with the embedded storage', () => {
    const embedded = { persistence: { storageClass: '-' } };

    it('is admitted where PodSecurity is restricted, and a Pod without its settings is not', async () => {
      const notes = await release('install', embedded);
      assert.match(notes, /kubectl --namespace nautes exec deploy\/nautes -- nautes token create/);
      assert.equal((await runningPods()).length, 1);
      const plain = await kubectl.run(['run', 'plain', '--image', 'x', '--namespace', NAMESPACE]);
      assert.match(plain.stderr, /violates PodSecurity "restricted/);
    });

    it('lets its Pod be evicted', async () => {
      const allowed = async () => valueAt(await get('poddisruptionbudget', 'nautes'), 'status', 'disruptionsAllowed');
      await waitUntil('an eviction is allowed', async () => (await allowed()) === 1);
    });

    it('runs: the server as its Pod would run it brings a cluster to Ready', async () => {
      const [pod = ''] = await runningPods();
      const options = { plane, kubectl, namespace: NAMESPACE, pod };
      await using server = await PodProcess.start({ ...options, environment: { NAUTES_CATALOG_FILES: STAND_INS } });
      const client = await server.client('ada');
      for (const url of [`${server.url}/readyz`, server.metricsUrl.replace('/metrics', '/readyz')]) {
        assert.equal((await fetch(url)).status, 200, url);
      }
      const cluster = nextCluster();
      const body = { api_server: cluster.server, kubeconfig: cluster.kubeconfig() };
      const kind = { cluster_kind: 'kubernetes', cluster_type: 'physical', usage: 'worker' };
      const { status, body: answer } = await client.save('one', { ...kind, ...body });
      assert.equal(status, 200, JSON.stringify(answer));
      await client.waitForPhase('one', 'Ready');
      assert.equal(await server.stop(), 0);
    });

    it('starts a new Pod for a changed configuration, and keeps what is of its kinds', async () => {
      const [earlier] = await runningPods();
      const cluster = { apiVersion: 'nautes.resource.nautes.io/v1alpha1', kind: 'Cluster' };
      const spec = { apiServer: 'https://10.0.0.1:6443', clusterKind: 'kubernetes', clusterType: 'physical' };
      const object = { ...cluster, metadata: { name: 'kept' }, spec: { ...spec, usage: 'worker', componentsList: {} } };
      await kubectl.output(['apply', '--namespace', NAMESPACE, '--filename', '-'], { input: stringifyYaml(object) });
      await release('upgrade', { ...embedded, config: { log: { level: 'debug' } } });
      await waitUntil('another Pod runs', async () => {
        const pods = await runningPods();
        return pods.length === 1 && pods[0] !== earlier;
      });
      assert.equal(textAt(await get('clusters.nautes.resource.nautes.io', 'kept'), 'metadata', 'name'), 'kept');
    });

    it('leaves the claim and the definitions, and says so, when it is uninstalled', async () => {
      const { stdout } = await helm(['uninstall', RELEASE, '--namespace', NAMESPACE, '--wait'], {
        kubeconfig: plane.adminKubeconfig,
      });
      assert.match(stdout, /kept due to the resource policy/);
      assert.match(stdout, /\[PersistentVolumeClaim\] nautes/);
      assert.match(stdout, new RegExp(`\\[CustomResourceDefinition\\] ${DEFINITION}`));
      assert.equal(valueAt(await get('persistentvolumeclaim', 'nautes'), 'status', 'phase'), 'Bound');
      assert.deepEqual(
        listAt(
          await get(
            'deployments,services,roles,rolebindings,serviceaccounts',
            '--selector',
            'app.kubernetes.io/part-of=nautes',
          ),
          'items',
        ),
        [],
      );
    });
  });
});

function nameOf(object: unknown): string {
  return textAt(object, 'metadata', 'name');
}

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { StatusView } from '../../src/contract/views.ts';
import { textAt, valueAt } from '../../src/kube-objects/kube-object.ts';
import { configMap } from '../../src/kube/testing/fixture.contract.ts';
import { clusterDefinition, prepareKind } from '../../src/publish/testing/definitions.ts';
import { Connections, makeNamespace } from '../../src/publish/testing/places.ts';
import { type ControlPlane, startControlPlane } from '../../tools/controlplane/control-plane.ts';
import { INVENTORY_CLIENT_NOT_BUILT, inventoryClient, PLUGINS } from '../../tools/inventory-client/binary.ts';
import { askConsumer } from '../../tools/inventory-client/consumer.ts';
import { Administrator } from '../harness/administrator.ts';
import { realSource } from '../harness/real-source.ts';
import { adminRequest } from '../harness/sandbox-source.ts';
import { inventoryOf } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';

const tool = { name: 'tool', category: 'deployment', manifest: [configMap('tool', 'settings')] } as const;
const FLEET = 'nautes-fleet';
const PROFILES = `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${FLEET}/clusterprofiles`;
const OBJECTS = '/apis/nautes.resource.nautes.io/v1alpha1/namespaces/nautes/clusters';
const SECRETS = '/api/v1/namespaces';

const source = await realSource();
const built = await inventoryClient();
const skip = source.unavailable ?? (built === undefined ? INVENTORY_CLIENT_NOT_BUILT : false);

describe('the reference client of the cluster inventory reaches clusters that are registered', { skip }, () => {
  let bed: TestBed;
  let plane: ControlPlane;
  let management: Administrator;
  let directory: string;
  let untouched: readonly string[];

  before(async () => {
    assert.ok(built);
    directory = await mkdtemp(join(tmpdir(), 'nautes-inventory-'));
    plane = await startControlPlane({ controllerManager: false, scheduler: false, kwok: false });
    const connections = await Connections.open();
    try {
      const connection = await connections.to(plane.adminKubeconfig);
      await prepareKind(connection, ['nautes', FLEET], await readFile(built.definition, 'utf8'));
      await prepareKind(connection, [], await clusterDefinition());
      await makeNamespace(connection, 'capi');
    } finally {
      await connections.close();
    }
    management = new Administrator({ request: adminRequest(plane.server, plane.adminKubeconfig) });
    const kubeconfig = join(directory, 'management');
    await writeFile(kubeconfig, plane.adminKubeconfig, { mode: 0o600 });
    const publish = {
      clusterProfiles: { namespaces: [FLEET], credentials: true },
      clusterObject: { mode: 'object' },
      kubeconfigSecret: { namespace: 'capi' },
    };
    bed = await TestBed.open(source, { components: [tool], configuration: { management: { kubeconfig, publish } } });
    untouched = await inventoryOf(bed.target);
  });
  after(async () => {
    await bed?.[Symbol.asyncDispose]();
    await plane?.stop();
    await source.close();
    await rm(directory, { recursive: true, force: true });
  });

  const isPublished = (status: StatusView | undefined): boolean =>
    status?.published?.length === 3 && status.published.every(({ reason }) => reason === 'Published');
  const ask = (plugin: (typeof PLUGINS)[number]): Promise<string> => {
    assert.ok(built);
    return askConsumer(built, { plugin, kubeconfig: plane.adminKubeconfig, namespace: FLEET, directory }, bed.name);
  };

  it('with each of the two plugins, once the cluster is ready', async () => {
    await bed.register();
    await bed.client.waitFor(bed.name, isPublished, 'published');
    for (const plugin of PLUGINS) assert.match(await ask(plugin), /^tool$/m);
    const object = await management.find(`${OBJECTS}/${bed.name}`);
    assert.equal(textAt(object, 'spec', 'apiServer'), bed.target.server);
    assert.equal(textAt(valueAt(object, 'status', 'componentsStatus'), 'deployment', 'phase'), 'Ready');
  });

  it('while Nautes rotates its own credential', async () => {
    const { credential } = await bed.ready();
    assert.equal((await bed.client.request('POST', `/api/v1/clusters/${bed.name}/rotate`)).status, 200);
    const isRotated = (status: StatusView | undefined): boolean =>
      status?.phase === 'Ready' && status.credential.rotatedAt !== credential.rotatedAt;
    await bed.client.waitFor(bed.name, isRotated, 'a new credential');
    for (const plugin of PLUGINS) assert.match(await ask(plugin), /^tool$/m);
  });

  it('and not any more once the cluster is deleted: nothing is left in either cluster', async () => {
    const receipt = await bed.deregister();
    assert.equal(receipt.outcome, 'Complete');
    const removed = receipt.removed.map(({ kind, name }) => `${kind} ${name}`);
    for (const expected of [
      'ClusterProfile one',
      'Secret one-clusterprofile',
      'Cluster one',
      'Secret one-kubeconfig',
    ]) {
      assert.ok(removed.includes(expected), expected);
    }
    assert.match(await ask('secretreader'), /"one" not found/);
    assert.equal(await management.find(`${PROFILES}/one`), undefined);
    assert.equal(await management.find(`${SECRETS}/${FLEET}/secrets/one-clusterprofile`), undefined);
    assert.equal(await management.find(`${SECRETS}/capi/secrets/one-kubeconfig`), undefined);
    await new Administrator(bed.target).waitUntilGone('/api/v1/namespaces/nautes-system');
    assert.deepEqual(await inventoryOf(bed.target), untouched);
  });
});

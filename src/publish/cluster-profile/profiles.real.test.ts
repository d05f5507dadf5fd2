import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CONTROL_PLANE_NOT_BUILT, controlPlaneBinaries } from '../../../tools/controlplane/control-plane.ts';
import {
  INVENTORY_CLIENT_NOT_BUILT,
  type InventoryClient,
  inventoryClient,
  type PluginName,
  PLUGINS,
} from '../../../tools/inventory-client/binary.ts';
import { askConsumer } from '../../../tools/inventory-client/consumer.ts';
import type { KubeObject } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { PublicationFixture } from '../publication.contract.ts';
import { definitionProblems } from '../testing/definition-schema.ts';
import { prepareKind } from '../testing/definitions.ts';
import { patience } from '../testing/places.ts';
import { RealPlaces } from '../testing/real-places.ts';
import { clusterProfileType } from './profile.ts';
import { describeClusterProfiles } from './profiles.contract.ts';
import { ClusterProfilePublication } from './publication.ts';

const places = new RealPlaces();
after(() => places[Symbol.asyncDispose]());

const built = await inventoryClient();
const missing = (await controlPlaneBinaries()) === undefined ? CONTROL_PLANE_NOT_BUILT : INVENTORY_CLIENT_NOT_BUILT;

if (built === undefined || missing === CONTROL_PLANE_NOT_BUILT) {
  describe('ClusterProfiles (real control plane)', () => {
    it('runs where a control plane and the inventory client are built', { skip: missing });
  });
} else {
  describeClusterProfiles('real control plane', places.open, () => readFile(built.definition, 'utf8'));
  describe('the reference client of the cluster inventory', () => describeReferenceClient(built));
}

function describeReferenceClient(client: InventoryClient): void {
  const { definition } = client;
  let fixture: PublicationFixture;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-inventory-'));
    fixture = await PublicationFixture.open({
      name: 'reference client',
      open: places.open,
      async prepare(admin, { kubeconfig }) {
        await prepareKind(admin, ['fleet', 'kueue-system'], await readFile(definition, 'utf8'));
        return kubeconfig;
      },
      publication: (now) =>
        new ClusterProfilePublication({
          namespaces: ['fleet', 'kueue-system'],
          manager: 'nautes',
          credentials: true,
          tokenSeconds: 3600,
          now,
        }),
      type: clusterProfileType,
      foreign: () => {
        throw new Error('not asked for');
      },
    });
    const marker: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'on-the-target' } };
    await fixture.target.client.create(wellKnown.namespace, marker, {}, patience());
  });
  after(async () => {
    await fixture?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const asConsumer = (plugin: PluginName, namespace: string, name: string): Promise<string> => {
    const { kubeconfig } = fixture.places.management;
    return askConsumer(client, { plugin, kubeconfig, namespace, directory }, name);
  };

  for (const plugin of PLUGINS) {
    it(`reaches the cluster with the plugin ${plugin}, in each namespace`, async () => {
      const one = fixture.registration(`by-${plugin}`);
      await one.publish();
      for (const namespace of ['fleet', 'kueue-system']) {
        assert.match(await asConsumer(plugin, namespace, one.owner.cluster), /^on-the-target$/m);
      }
    });
  }

  it('reaches it with the next credential, and not any more once it is withdrawn', async () => {
    const one = fixture.registration('rotated');
    await one.publish();
    fixture.aheadMilliseconds += 3_000_000;
    const { changes } = await one.publish();
    fixture.aheadMilliseconds = 0;
    assert.ok(changes.every(({ kind }) => kind === 'renewed') && changes.length === 2);
    assert.match(await asConsumer('secretreader', 'fleet', 'rotated'), /^on-the-target$/m);
    await one.withdraw();
    assert.match(await asConsumer('secretreader', 'fleet', 'rotated'), /"rotated" not found/);
  });

  it('is given nothing that its definition would prune', async () => {
    const one = fixture.registration('pruned');
    await one.publish();
    const found = await fixture.find(one.owner);
    assert.ok(found);
    assert.deepEqual(definitionProblems(await readFile(definition, 'utf8'), found), []);
  });
}

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { configMap, deployment, widget, widgetDefinition } from '../../src/kube/testing/fixture.contract.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { Administrator } from '../harness/administrator.ts';
import type { TargetClusterSource } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';

const GROUP = 'tool.example.test';
const DEFINITION = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${GROUP}`;
const WIDGETS = `/apis/${GROUP}/v1/namespaces/default/widgets`;
/** In so many runs of the controllers what must not happen would have happened. */
const RUNS = 3;

/** Both bring the definition and a workload of one name, whose selector cannot be changed. */
function tool(name: string): TestComponent {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'example.test/main:1' }] } };
  const workload: KubeObject = {
    ...deployment('tool', 'tool'),
    spec: { replicas: 1, selector: { matchLabels: labels }, template },
  };
  return {
    name,
    category: 'deployment',
    namespace: 'tool',
    default: name === 'old',
    manifest: [widgetDefinition(GROUP), workload, configMap('tool', name)],
  };
}

/** Components that bring the same objects, one after the other, and the cluster registered again. */
export function describeHandOver(create: () => Promise<TargetClusterSource>, clusters: string): void {
  describe(`components that hand objects over on ${clusters}`, async () => {
    const source = await create();
    const skip = source.unavailable ?? false;
    let bed: TestBed;
    let admin: Administrator;

    before(async () => {
      if (skip !== false) return;
      bed = await TestBed.open(source, { components: [tool('old'), tool('new')] });
      admin = new Administrator(bed.target);
    });
    after(async () => {
      await bed?.[Symbol.asyncDispose]();
      await source.close();
    });

    async function uidOf(path: string): Promise<string | undefined> {
      return (await admin.find(path))?.metadata.uid;
    }

    it('the definition stays with its instances, and further runs write nothing', { skip }, async () => {
      await bed.register();
      await admin.create(WIDGETS, widget(GROUP, 'default', 'app'));
      const kept = [await uidOf(DEFINITION), await uidOf(`${WIDGETS}/app`)];
      for (const [name, other] of [['new', 'old'] as const, ['old', 'new'] as const]) {
        const generation = await bed.save({ components_list: { deployment: { name, namespace: 'tool' } } });
        await bed.client.waitFor(
          bed.name,
          (status) =>
            status?.observedGeneration === generation &&
            status.phase === 'Ready' &&
            status.components.map((component) => component.name).join() === name,
          `ready with ${name} alone`,
        );
        assert.deepEqual([await uidOf(DEFINITION), await uidOf(`${WIDGETS}/app`)], kept);
        await admin.waitUntilGone(`/api/v1/namespaces/tool/configmaps/${other}`);
        await bed.client.waitForRuns(RUNS);
        const applied = await bed.target.applyRequests();
        await bed.client.waitForRuns(RUNS);
        assert.equal(await bed.target.applyRequests(), applied);
      }
    });

    it('what a deletion kept is ours again when the cluster is registered again', { skip }, async () => {
      const uid = await uidOf(DEFINITION);
      const refused = await bed.client.delete(bed.name);
      assert.equal(refused.status, 409, JSON.stringify(refused.body));
      await bed.target.setReachable(false); // nobody can be asked
      const incarnation = await bed.delete();
      await bed.target.setReachable(true);
      const receipt = await bed.receipt(incarnation);
      assert.deepEqual(
        receipt.left.map(({ kind }) => kind),
        ['CustomResourceDefinition'],
      );
      await bed.register();
      assert.equal(await uidOf(DEFINITION), uid);
      const again = await bed.client.delete(bed.name);
      assert.equal(again.status, 409, JSON.stringify(again.body));
      assert.match(JSON.stringify(again.body), /Widget default\/app/);
    });

    it('forced, it goes with what users have built, which the receipt names', { skip }, async () => {
      const receipt = await bed.deregister('?force=true');
      assert.deepEqual([receipt.outcome, receipt.left], ['Complete', []], JSON.stringify(receipt.remaining));
      assert.deepEqual(
        receipt.lost?.map(({ kind, name }) => `${kind} ${name}`),
        ['Widget app'],
      );
      await admin.waitUntilGone(DEFINITION);
    });
  });
}

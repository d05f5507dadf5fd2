import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../../src/messages/message.ts';
import { CLUSTER_KIND, clusterRegistration } from '../../src/resources/cluster/cluster-key.ts';
import type { Receipt } from '../../src/resources/cluster/receipt.ts';
import { configMap, deployment } from '../../src/kube/testing/fixture.contract.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { TestCatalog, type TestComponent } from '../harness/test-catalog.ts';

const tool: TestComponent = {
  name: 'tool',
  category: 'deployment',
  manifest: [configMap('tool', 'settings'), configMap('tool', 'more'), deployment('tool', 'tool')],
};

const HOUR = 3_600_000;
const SETTINGS = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'tool' } };

function names(objects: readonly { readonly kind: string; readonly name: string }[]): string[] {
  return objects.map(({ kind, name }) => `${kind} ${name}`).sort();
}

type Texts = Record<string, string>;

function metadataOf(object: Readonly<Record<string, unknown>> | undefined): { labels: Texts; annotations: Texts } {
  const { labels = {}, annotations = {} } = (object?.['metadata'] ?? {}) as { labels?: Texts; annotations?: Texts };
  return { labels, annotations };
}

/** What the receipt says of what is not our access. */
function ofTool(receipt: Receipt): Record<'created' | 'removed' | 'left' | 'remaining', string[]> {
  const own = (objects: readonly { readonly kind: string; readonly name: string }[]): string[] =>
    names(objects).filter((name) => !name.includes('nautes'));
  const { created, removed, left, remaining } = receipt;
  return { created: own(created), removed: own(removed), left: own(left), remaining: own(remaining) };
}

describe('receipts', () => {
  const cluster = newClusters({ clusters: 8, tokenCacheMilliseconds: 0 });

  it('have what was made and is in no inventory any more, also by an earlier registration', async () => {
    await using catalog = await TestCatalog.create([tool]);
    await using loop = await ControlLoop.start({ catalogFiles: [catalog.file] });
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    const { labels } = metadataOf(target.get('v1', 'ConfigMap', 'tool', 'settings'));
    const earlier = { ...labels, 'cluster.nautes.io/incarnation': 'long-gone' };
    target.apply({ ...SETTINGS, metadata: { name: 'lost', namespace: 'tool', labels: { ...labels } } }, 'nautes');
    target.apply({ ...SETTINGS, metadata: { name: 'earlier', namespace: 'default', labels: earlier } }, 'nautes');
    await loop.delete('one');
    const receipt = ofTool(await loop.untilReceipt('one', incarnation));
    assert.ok(receipt.created.includes('ConfigMap lost') && receipt.created.includes('ConfigMap earlier'));
    assert.deepEqual(receipt, { created: receipt.created, removed: receipt.created, left: [], remaining: [] });
    assert.equal(target.get('v1', 'ConfigMap', 'default', 'earlier'), undefined);
  });

  it('do not count as removed what another installation has made its own, and it stays', async () => {
    await using catalog = await TestCatalog.create([tool]);
    await using loop = await ControlLoop.start({ catalogFiles: [catalog.file] });
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    await loop.shut();
    const theirs = { 'cluster.nautes.io/installation': 'theirs', 'cluster.nautes.io/incarnation': 'their-incarnation' };
    for (const [apiVersion, kind, name] of [
      ['v1', 'ConfigMap', 'settings'],
      ['v1', 'ConfigMap', 'more'],
      ['apps/v1', 'Deployment', 'tool'],
    ] as const)
      target.apply({ apiVersion, kind, metadata: { name, namespace: 'tool', labels: theirs } }, 'nautes-of-others');
    await using clone = await loop.clone();
    await clone.remove('one');
    await clone.push('Remove one');
    await loop.open();
    const receipt = ofTool(await loop.untilReceipt('one', incarnation));
    assert.deepEqual(receipt.removed, []);
    assert.deepEqual(receipt.left, ['ConfigMap more', 'ConfigMap settings', 'Deployment tool', 'Namespace tool']);
    assert.ok(target.get('apps/v1', 'Deployment', 'tool', 'tool'));
  });

  it('name what was taken over, which stays without our labels', async () => {
    await using catalog = await TestCatalog.create([{ ...tool, adopt: true }]);
    await using loop = await ControlLoop.start({ catalogFiles: [catalog.file] });
    const target = cluster();
    target.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tool' } }, 'kubectl');
    target.apply({ ...SETTINGS, data: { theirs: 'yes' } }, 'kubectl');
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    const settings = receipt.left.find(({ name }) => name === 'settings');
    assert.match(settings === undefined ? '' : render(settings.reason, 'en'), /before/);
    const { labels, annotations } = metadataOf(target.get('v1', 'ConfigMap', 'tool', 'settings'));
    assert.deepEqual([labels, annotations], [{}, {}]);
  });

  it('have what was made without its being recorded', async () => {
    await using catalog = await TestCatalog.create([tool]);
    await using loop = await ControlLoop.start({ catalogFiles: [catalog.file], settings: { driftMilliseconds: HOUR } });
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    await loop.runAgain('one');
    const registration = clusterRegistration({ cluster: 'one', incarnation });
    const settings = (await loop.inventory('one', incarnation)).filter(({ name }) => name === 'settings');
    const intended = settings.map((entry) => ({ ...entry, uid: '', hash: '', revision: '' }));
    await loop.parts.state.inventory.put(registration, intended);
    await loop.delete('one');
    const receipt = ofTool(await loop.untilReceipt('one', incarnation));
    assert.ok(receipt.created.includes('ConfigMap settings') && receipt.removed.includes('ConfigMap settings'));
  });

  it('of a cluster that goes away meanwhile have what was gone by then', async () => {
    await using catalog = await TestCatalog.create([tool]);
    await using loop = await ControlLoop.start({ catalogFiles: [catalog.file] });
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    target.faults.set([{ kind: 'stuck-namespace', namespace: 'tool' }]);
    await loop.delete('one');
    await eventually(
      async () => {
        const [record] = await loop.parts.state.offboardings.list(CLUSTER_KIND);
        return (record?.progress?.removed.length ?? 0) >= 3 ? true : undefined;
      },
      () => 'nothing is removed',
    );
    target.faults.set([{ kind: 'unreachable' }]);
    await target.settled();
    await loop.delete('one', true);
    const receipt = ofTool(await loop.untilReceipt('one', incarnation));
    assert.deepEqual(receipt.removed, ['ConfigMap more', 'ConfigMap settings', 'Deployment tool']);
    assert.deepEqual(receipt.remaining, ['Namespace tool']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { configMap, deployment, widgetDefinition } from '../../src/kube/testing/fixture.contract.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import type { DraftChanges } from '../harness/cluster-drafts.ts';
import { eventually } from '../harness/wait-until.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { TestCatalog, type TestComponent } from '../harness/test-catalog.ts';

const GROUP = 'tool.example.test';
const APP = {
  apiVersion: `${GROUP}/v1`,
  kind: 'Widget',
  metadata: { name: 'app', namespace: 'default' },
  spec: { size: 1 },
};
const DEFINITION = `widgets.${GROUP}`;

/** A component of the category `deployment`, in a namespace of its own unless told otherwise. */
function tool(name: string, manifest: readonly KubeObject[], changes: Partial<TestComponent> = {}): TestComponent {
  return { name, category: 'deployment', default: name === 'old', manifest, ...changes };
}

function chosen(name: string, namespace = name): DraftChanges {
  return { components: { deployment: { name, namespace, additions: {} } } };
}

describe('changing components that bring the same objects', () => {
  const cluster = newClusters({ clusters: 10 });

  function uidOf(target: SandboxCluster, kind: string, name: string, namespace = ''): unknown {
    const apiVersions: Record<string, string> = {
      CustomResourceDefinition: 'apiextensions.k8s.io/v1',
      Widget: `${GROUP}/v1`,
      Deployment: 'apps/v1',
    };
    const found = target.get(apiVersions[kind] ?? 'v1', kind, namespace, name);
    return (found?.['metadata'] as { uid?: string } | undefined)?.uid;
  }

  function componentLabel(target: SandboxCluster, apiVersion: string, kind: string, name: string): unknown {
    const metadata = target.get(apiVersion, kind, '', name)?.['metadata'] as { labels?: Record<string, string> };
    return metadata?.labels?.['cluster.nautes.io/component'];
  }

  /** Waits for the component alone, ready, and for the end of all writes. */
  async function settled(loop: ControlLoop, target: SandboxCluster, name: string): Promise<void> {
    await loop.until(
      'one',
      ({ phase, components }) => phase === 'Ready' && components.map((each) => each.name).join() === name,
      `ready with ${name} alone`,
    );
    await loop.runAgain('one');
    const before = target.counters.total(WRITES);
    await loop.runAgain('one', 3);
    assert.equal(target.counters.total(WRITES), before, 'further runs write nothing');
  }

  it('a definition that both bring is handed over with its instances, and what only the old one brings goes', async () => {
    const shared = widgetDefinition(GROUP);
    await using catalog = await TestCatalog.create([
      tool('old', [shared, deployment('old', 'old'), configMap('old', 'settings')]),
      tool('new', [shared, deployment('new', 'new')]),
    ]);
    await using loop = await ControlLoop.start({ catalogFiles: [catalog.file] });
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    target.apply(APP, 'kubectl');
    const before = [uidOf(target, 'CustomResourceDefinition', DEFINITION), uidOf(target, 'Widget', 'app', 'default')];

    for (const [name, other] of [
      ['new', 'old'],
      ['old', 'new'],
      ['new', 'old'],
    ] as const) {
      await loop.save('one', target, chosen(name));
      await settled(loop, target, name);
      assert.deepEqual(
        [uidOf(target, 'CustomResourceDefinition', DEFINITION), uidOf(target, 'Widget', 'app', 'default')],
        before,
      );
      assert.equal(componentLabel(target, 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', DEFINITION), name);
      const inventory = await loop.inventory('one', incarnation);
      assert.deepEqual([...new Set(inventory.map(({ component }) => component))].sort(), ['access', name].sort());
      assert.ok(uidOf(target, 'Deployment', name, name));
      await eventually(
        async () => (uidOf(target, 'Namespace', other) === undefined ? true : undefined),
        () => `the namespace of ${other} stays`,
      );
    }
  });

  it('a definition without instances that both bring is not made again', async () => {
    const shared = widgetDefinition(GROUP);
    await using catalog = await TestCatalog.create([tool('old', [shared]), tool('new', [shared])]);
    await using loop = await ControlLoop.start({ catalogFiles: [catalog.file] });
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const uid = uidOf(target, 'CustomResourceDefinition', DEFINITION);
    await loop.save('one', target, chosen('new'));
    await settled(loop, target, 'new');
    assert.equal(uidOf(target, 'CustomResourceDefinition', DEFINITION), uid);
  });

  it('a namespace that both need is handed over with its content', async () => {
    await using catalog = await TestCatalog.create([
      tool('old', [configMap('shared', 'old')], { namespace: 'shared' }),
      tool('new', [configMap('shared', 'new')], { namespace: 'shared' }),
    ]);
    await using loop = await ControlLoop.start({ catalogFiles: [catalog.file] });
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const uid = uidOf(target, 'Namespace', 'shared');
    await loop.save('one', target, chosen('new', 'shared'));
    await settled(loop, target, 'new');
    assert.equal(uidOf(target, 'Namespace', 'shared'), uid);
    assert.equal(componentLabel(target, 'v1', 'Namespace', 'shared'), 'new');
    assert.equal(target.get('v1', 'ConfigMap', 'shared', 'old'), undefined);
  });
});

/** Writes to objects of components; leases and tokens come and go by themselves. */
const WRITES = /^(create|update|patch|delete) (?!.*(tokens?|reviews?|leases))/;

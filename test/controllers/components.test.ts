import { type CounterDefinition, type MetricLabels, noMetrics } from '../../src/base/metrics.ts';
import type { ComponentView } from '../../src/contract/views.ts';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterKey } from '../../src/resources/cluster/cluster-key.ts';
import { describe, it } from 'node:test';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';

const MINUTE = 60_000;

describe('components of a cluster', () => {
  const cluster = newClusters({ clusters: 15 });

  /** A catalogue in which the gateway comes from these objects. */
  async function catalogWith(components: readonly Record<string, unknown>[]): Promise<string> {
    const file = join(tmpdir(), `nautes-catalog-${randomUUID()}.yaml`);
    await writeFile(file, stringifyYaml({ components }));
    return file;
  }

  function component(loop: ControlLoop, name: string, test: (component: ComponentView) => boolean) {
    return loop.until(
      'one',
      ({ components }) => components.some((each) => each.name === name && test(each)),
      `as ${name} should be`,
    );
  }

  it('one that never becomes healthy is named with object and reason, and the others become ready', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    target.faults.set([{ kind: 'never-ready', name: 'argocd-server', reason: 'ImagePullBackOff' }]);
    await loop.save('one', target);
    const status = await component(loop, 'argocd', ({ phase }) => phase === 'Degraded');
    const argocd = status.components.find(({ name }) => name === 'argocd');
    assert.equal(argocd?.reason, 'ImagePullBackOff');
    assert.match(argocd.message, /argocd-server/);
    const stored = await loop.parts.state.status.get(clusterKey('one'));
    const unready = stored?.components.find(({ name }) => name === 'argocd')?.unready ?? [];
    assert.ok(
      unready.some(({ object, reason }) => object.name === 'argocd-server' && reason === 'ImagePullBackOff'),
      JSON.stringify(unready),
    );
    const others = (all: readonly ComponentView[]): boolean =>
      all.filter(({ phase }) => phase === 'Ready').length >= 4 && all.every(({ phase }) => phase !== 'Installing');
    const settled = await loop.until('one', ({ components }) => others(components), 'ready but for Argo CD');
    assert.notEqual(settled.phase, 'Ready');
    target.faults.clear();
    await loop.untilReady('one');
  });

  it('one that is on its way for too long is degraded, and named with its object', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    target.faults.set([{ kind: 'never-ready', name: 'traefik', reason: 'ContainerCreating' }]);
    await loop.save('one', target, hostDraft);
    await component(loop, 'traefik', ({ message }) => message.includes('Deployment'));
    loop.clock.aheadMilliseconds = 16 * MINUTE;
    const status = await component(loop, 'traefik', ({ phase }) => phase === 'Degraded');
    assert.match(status.components[0]?.message ?? '', /Deployment .*traefik/);
  });

  it('one that was on its way for too long has its time again when its cluster is registered anew at once', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    target.faults.set([{ kind: 'never-ready', name: 'traefik', reason: 'ContainerCreating' }]);
    await loop.save('one', target, hostDraft);
    await component(loop, 'traefik', ({ message }) => message.includes('Deployment'));
    loop.clock.aheadMilliseconds = 16 * MINUTE;
    const { incarnation } = await component(loop, 'traefik', ({ phase }) => phase === 'Degraded');
    await loop.delete('one');
    await loop.save('one', target, hostDraft);
    const { components } = await loop.until(
      'one',
      (status) => status.incarnation !== incarnation && status.components[0]?.message.includes('Deployment') === true,
      'installed again',
    );
    assert.equal(components[0]?.phase, 'Installing');
  });

  it('one that was on its way for too long has its time again when the file changes', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    target.faults.set([{ kind: 'never-ready', name: 'traefik', reason: 'ContainerCreating' }]);
    await loop.save('one', target, hostDraft);
    await component(loop, 'traefik', ({ message }) => message.includes('Deployment'));
    loop.clock.aheadMilliseconds = 16 * MINUTE;
    await component(loop, 'traefik', ({ phase }) => phase === 'Degraded');
    const { generation } = await loop.save('one', target, { ...hostDraft, primaryDomain: 'example.org' });
    await loop.until(
      'one',
      ({ observedGeneration, components }) =>
        observedGeneration === generation && components[0]?.phase === 'Installing',
      'given its time',
    );
  });

  it('waits for what it requires and says so', async () => {
    const file = await catalogWith([{ name: 'argo-rollouts', requires: ['argocd'] }]);
    await using loop = await ControlLoop.start({ catalogFiles: [file] });
    const target = cluster();
    target.faults.set([{ kind: 'never-ready', name: 'argocd-server' }]);
    await loop.save('one', target);
    const status = await component(loop, 'argo-rollouts', ({ reason }) => reason === 'WaitingForComponent');
    assert.match(
      status.components.find(({ name }) => name === 'argo-rollouts')?.message ?? '',
      /until argocd is ready/,
    );
    assert.deepEqual(target.list('apps/v1', 'Deployment', 'argo-rollouts'), []);
    target.faults.clear();
    await loop.untilReady('one');
    await rm(file);
  });

  it('a changed namespace takes effect and leaves nothing in the old one', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    const gateway = { name: 'traefik', namespace: 'edge', additions: {} };
    const { generation } = await loop.save('one', target, { ...hostDraft, components: { gateway } });
    await loop.until('one', (s) => s.observedGeneration === generation && s.phase === 'Ready', 'moved');
    assert.ok(target.get('apps/v1', 'Deployment', 'edge', 'traefik'));
    await eventually(
      async () => (target.get('v1', 'Namespace', '', 'traefik') === undefined ? true : undefined),
      () => 'the old namespace stays',
    );
    const inventory = await loop.inventory('one', (await loop.status('one'))?.incarnation ?? '');
    assert.deepEqual(
      inventory.filter(({ namespace }) => namespace === 'traefik'),
      [],
    );
  });

  it('one that is no longer wanted is removed, and vanishes from the status', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const { generation } = await loop.save('one', target, hostDraft); // from a worker to a host
    const status = await loop.until(
      'one',
      (s) => s.observedGeneration === generation && s.phase === 'Ready',
      'ready as a host',
    );
    assert.deepEqual(
      status.components.map(({ name }) => name),
      ['traefik'],
    );
    assert.equal(target.get('apps/v1', 'Deployment', 'argocd', 'argocd-server'), undefined);
    const inventory = await loop.inventory('one', status.incarnation);
    assert.deepEqual([...new Set(inventory.map((entry) => entry.component))].sort(), ['access', 'traefik']);
  });

  it('a setting of the file that the component does not have is named, nothing of it is changed, and blocks no other', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const service = () => target.get('v1', 'Service', 'traefik', 'traefik');
    const before = service();
    await using clone = await loop.clone();
    await clone.edit('one', (text) => text.replace('httpNodePort:', 'httpNodeport:'));
    await clone.push('Mistype a setting');
    const status = await component(loop, 'traefik', ({ phase }) => phase === 'Degraded');
    const traefik = status.components.find(({ name }) => name === 'traefik');
    assert.deepEqual(
      [traefik?.reason, traefik?.message],
      ['AdditionUnknown', 'traefik has no setting httpNodeport; did you mean httpNodePort?'],
    );
    assert.equal(status.components.find(({ name }) => name === 'argocd')?.phase, 'Ready');
    assert.deepEqual(service(), before);
    await clone.edit('one', (text) => text.replace('httpNodeport:', 'httpNodePort:'));
    await clone.push('Correct it');
    await loop.untilReady('one');
  });

  it('a component of the file that the catalogue does not have is named and blocks no other', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.edit('one', (text) => text.replace('name: argo-rollouts', 'name: nobody-knows'));
    await clone.push('Use an unknown component');
    const status = await component(loop, 'nobody-knows', ({ phase }) => phase === 'Degraded');
    assert.equal(status.components.find(({ name }) => name === 'nobody-knows')?.reason, 'ComponentUnknown');
    assert.equal(status.components.find(({ name }) => name === 'argocd')?.phase, 'Ready');
  });

  it('an object that is not ours is reported, left as it is, and outlives the cluster', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    target.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'traefik' } }, 'somebody');
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'traefik', namespace: 'traefik' } };
    target.apply(account, 'somebody');
    await loop.save('one', target, hostDraft, { skipCheck: true });
    const status = await component(loop, 'traefik', ({ reason }) => reason === 'ComponentForeign');
    assert.match(status.components[0]?.message ?? '', /ServiceAccount traefik\/traefik/);
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', status.incarnation);
    assert.ok(target.get('v1', 'ServiceAccount', 'traefik', 'traefik'));
    const touched = [...receipt.created, ...receipt.removed, ...receipt.remaining];
    assert.equal(
      touched.some(({ kind, name }) => kind === 'ServiceAccount' && name === 'traefik'),
      false,
    );
    assert.equal(receipt.outcome, 'Complete');
  });

  it('a Deployment that is scaled to zero by hand is set back to what its manifest leaves to the default', async () => {
    const counted: [string, MetricLabels][] = [];
    const metrics = {
      ...noMetrics,
      add: ({ name }: CounterDefinition, labels = {}) => void counted.push([name, labels]),
    };
    await using loop = await ControlLoop.start({ settings: { driftMilliseconds: 100 }, metrics });
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const scaled = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'traefik', namespace: 'traefik' } };
    target.apply({ ...scaled, spec: { replicas: 0 } }, 'kubectl');
    const repair = await loop.untilEvent('one', 'DriftRepaired');
    assert.match(repair.message, /spec\.replicas.*kubectl/);
    const live = target.get('apps/v1', 'Deployment', 'traefik', 'traefik') as { spec?: { replicas?: number } };
    assert.equal(live.spec?.replicas, 1);
    const repairs = counted.filter(([name]) => name === 'nautes_repairs_total').map(([, labels]) => labels);
    assert.deepEqual(repairs, [{ component: 'traefik', kind: 'Deployment' }]);
    const [kept] = (await loop.parts.state.status.get(clusterKey('one')))?.repairs ?? [];
    assert.deepEqual([kept?.object.name, kept?.fields, kept?.manager], ['traefik', ['spec.replicas'], 'kubectl']);
  });

  it('a field that somebody keeps changing is contested after three repairs, with the name of who does it', async () => {
    await using loop = await ControlLoop.start({ settings: { driftMilliseconds: 100 } });
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm', namespace: 'argocd' } };
    let round = 0;
    const status = await eventually(
      async () => {
        round += 1;
        target.apply({ ...config, data: { url: `https://round-${round}.example` } }, 'their-controller');
        const now = await loop.status('one');
        return now?.components.some(({ reason }) => reason === 'FieldContested') === true ? now : undefined;
      },
      () => 'nothing is contested',
    );
    const argocd = status.components.find(({ name }) => name === 'argocd');
    assert.match(argocd?.message ?? '', /their-controller/);
    const repairs = (await loop.events('one')).filter(({ reason }) => reason === 'DriftRepaired');
    assert.equal(repairs.length, 3, 'then it is left alone');
    const kept = (await loop.parts.state.status.get(clusterKey('one')))?.repairs ?? [];
    assert.deepEqual(
      kept.map(({ contested }) => contested),
      [false, false, true],
    );
    await loop.until('one', ({ phase }) => phase === 'Degraded', 'Degraded');
    loop.clock.aheadMilliseconds = 11 * MINUTE;
    await loop.untilReady('one');
  });

  it('a source that cannot be had and a patch without its object are named, and the rest is installed', async () => {
    const file = await catalogWith([
      { name: 'argocd', sources: [{ manifest: '/nowhere/argocd.yaml' }] },
      {
        name: 'argo-rollouts',
        patches: [{ target: { kind: 'Deployment', name: 'gone' }, merge: { spec: { replicas: 2 } } }],
      },
    ]);
    await using loop = await ControlLoop.start({ catalogFiles: [file] });
    const target = cluster();
    await loop.save('one', target);
    await component(loop, 'argocd', ({ reason }) => reason === 'SourceUnavailable');
    const status = await component(loop, 'argo-rollouts', ({ reason }) => reason === 'PatchUnmatched');
    assert.notEqual(status.phase, 'Ready');
    await component(loop, 'traefik', ({ phase }) => phase === 'Ready');
    assert.deepEqual(loop.errors, []);
    await rm(file);
  });
});

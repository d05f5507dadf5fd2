import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { removeLeftWebhooks } from './blocking-webhooks.ts';
import {
  configMap,
  configMapType,
  ContractFixture,
  type ContractTraits,
  deployment,
  deploymentType,
  ownerOf,
  patience,
  refusingWebhook,
  uniqueName,
  widget,
  widgetDefinition,
  widgetType,
} from '../testing/fixture.contract.ts';
import {
  COMPONENT_LABEL,
  describeReference,
  INCARNATION_LABEL,
  isAppliedByUs,
  isRecord,
  type KubeObject,
  numberAt,
} from '../../kube-objects/kube-object.ts';
import type { ApplyReport } from './report.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';

function names(references: readonly { readonly name: string }[]): string[] {
  return references.map(({ name }) => name).sort();
}

function failureReasons(report: ApplyReport): string[] {
  return report.failures.map(({ object, error }) => `${describeReference(object)} ${error.reason}`);
}

/** What applying promises, on any cluster. */
export function describeApplyContract(traits: ContractTraits): void {
  describe(`applying a component (${traits.name})`, () => {
    let fixture: ContractFixture;

    before(async () => {
      fixture = await ContractFixture.open(traits);
    });
    after(async () => {
      await fixture?.close();
    });

    it('first time: everything is created with our labels, the namespace included', async () => {
      const name = uniqueName('first');
      const counts: [number, number][] = [];
      const onApplied = (done: number, total: number) => counts.push([done, total]);
      const objects = [configMap(name, 'one'), deployment(name, 'two')];
      const report = await fixture.apply(fixture.request(name, objects, { onApplied }));
      assert.deepEqual(failureReasons(report), []);
      assert.deepEqual(counts, [
        [1, 3],
        [2, 3],
        [3, 3],
      ]);
      assert.deepEqual(names(report.applied), [name, 'one', 'two'].sort());
      assert.ok(report.entries.every(({ uid, hash, revision, foreign }) => uid && hash && revision && !foreign));
      const created = await fixture.find(configMapType, name, 'one');
      assert.equal(created?.metadata.labels?.[COMPONENT_LABEL], name);
      assert.equal(created?.metadata.labels?.[INCARNATION_LABEL], `incarnation-${name}`);
      assert.ok(created !== undefined && isAppliedByUs(created));
    });

    it('again without a change: no write is sent and the intent is not recorded', async () => {
      const name = uniqueName('again');
      const objects = [configMap(name, 'one'), deployment(name, 'two')];
      const first = await fixture.apply(fixture.request(name, objects));
      const raw = mock.method(fixture.connection.client, 'raw');
      try {
        const recordIntent = mock.fn(() => Promise.resolve());
        const request = fixture.request(name, objects, { inventory: first.entries, recordIntent });
        const second = await fixture.apply(request);
        assert.equal(second.unchanged, 3);
        assert.deepEqual([second.applied, second.repaired, second.failures], [[], [], []]);
        assert.equal(recordIntent.mock.callCount(), 0);
        const methods = raw.mock.calls.map(({ arguments: [sent] }) => sent.method);
        assert.deepEqual(
          methods.filter((method) => method !== 'GET'),
          [],
        );
      } finally {
        raw.mock.restore();
      }
    });

    it('a CRD and its instances in one manifest: the instances wait until their kind is served', async () => {
      const name = uniqueName('kinds');
      const group = `${name}.example.test`;
      const objects = [widget(group, name, 'one'), widgetDefinition(group)];
      const report = await fixture.apply(fixture.request(name, objects));
      assert.deepEqual(failureReasons(report), []);
      assert.ok(await fixture.find(widgetType(group), name, 'one'));
    });

    it('an instance of a cluster-scoped CRD loses the namespace that it was given', async () => {
      const name = uniqueName('scope');
      const group = `${name}.example.test`;
      const objects = [widget(group, name, 'one'), widgetDefinition(group, 'Cluster')];
      const first = await fixture.apply(fixture.request(name, objects));
      assert.deepEqual(failureReasons(first), []);
      assert.equal(first.entries.find(({ kind }) => kind === 'Widget')?.namespace, '');
      const second = await fixture.apply(fixture.request(name, objects, { inventory: first.entries }));
      assert.deepEqual([second.applied, second.pruned], [[], []]);
      assert.ok(await fixture.find(widgetType(group, false), '', 'one'));
    });

    it('a hand edit is forced back and reported with its fields and who made it', async () => {
      const name = uniqueName('edit');
      const objects = [deployment(name, 'two'), configMap(name, 'one')];
      const first = await fixture.apply(fixture.request(name, objects));
      const change = { spec: { template: { spec: { containers: [{ name: 'main', image: 'other.test/x:2' }] } } } };
      await fixture.patchAs('kubectl-edit', deploymentType, reference(first, 'two'), change);
      await fixture.patchAs('kubectl-edit', configMapType, reference(first, 'one'), { data: { a: '2' } });
      const second = await fixture.apply(fixture.request(name, objects, { inventory: first.entries, mode: 'drift' }));
      const repaired = second.repaired.toSorted((a, b) => (a.object.name < b.object.name ? -1 : 1));
      assert.deepEqual(repaired[0], {
        object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: name, name: 'one' },
        fields: ['data.a'],
        manager: 'kubectl-edit',
      });
      assert.equal(repaired[1]?.manager, 'kubectl-edit');
      assert.ok(repaired[1]?.fields.includes('spec.template.spec.containers[name=main].image'));
      const live = await fixture.find(configMapType, name, 'one');
      assert.deepEqual(live?.['data'], { a: '1' });
      const third = await fixture.apply(fixture.request(name, objects, { inventory: second.entries }));
      assert.deepEqual([third.repaired, third.applied], [[], []]);
    });

    it('what others add is left alone and is no drift', async () => {
      const name = uniqueName('added');
      const objects = [configMap(name, 'one')];
      const first = await fixture.apply(fixture.request(name, objects));
      const addition = { data: { b: 'mine' }, metadata: { annotations: { 'example.test/note': 'kept' } } };
      await fixture.patchAs('somebody', configMapType, reference(first, 'one'), addition);
      const second = await fixture.apply(fixture.request(name, objects, { inventory: first.entries }));
      assert.deepEqual([second.repaired, second.applied], [[], []]);
      const live = await fixture.find(configMapType, name, 'one');
      assert.deepEqual(live?.['data'], { a: '1', b: 'mine' });
    });

    it('labels and annotations that were changed by hand are set back', async () => {
      const name = uniqueName('labels');
      const objects = [deployment(name, 'two')];
      const first = await fixture.apply(fixture.request(name, objects));
      const change = { metadata: { labels: { [COMPONENT_LABEL]: null, [INCARNATION_LABEL]: null } } };
      await fixture.patchAs('kubectl-edit', deploymentType, reference(first, 'two'), change);
      const second = await fixture.apply(fixture.request(name, objects, { inventory: first.entries }));
      assert.deepEqual(names(second.repaired.map(({ object }) => object)), ['two']);
      const live = await fixture.find(deploymentType, name, 'two');
      assert.equal(live?.metadata.labels?.[COMPONENT_LABEL], name);
    });

    it('a shared field that another controller has set is left; one that a person has set is forced back', async () => {
      const name = uniqueName('shared');
      const objects = [deployment(name, 'two', 1)];
      const ignoreFields = [{ kind: 'Deployment', path: 'spec.replicas' }];
      const first = await fixture.apply(fixture.request(name, objects, { ignoreFields }));
      await fixture.patchAs('autoscaler', deploymentType, reference(first, 'two'), { spec: { replicas: 3 } });
      const second = await fixture.apply(fixture.request(name, objects, { ignoreFields, inventory: first.entries }));
      assert.deepEqual(second.repaired, []);
      const scaled = await fixture.find(deploymentType, name, 'two');
      assert.equal(numberAt(scaled, 'spec', 'replicas'), 3);

      const changed = [deployment(name, 'two', 1), configMap(name, 'new')];
      const third = await fixture.apply(fixture.request(name, changed, { ignoreFields, inventory: second.entries }));
      assert.deepEqual(names(third.applied), ['new']);

      await fixture.patchAs('kubectl-scale', deploymentType, reference(first, 'two'), { spec: { replicas: 4 } });
      const fourth = await fixture.apply(fixture.request(name, changed, { ignoreFields, inventory: third.entries }));
      assert.deepEqual(
        fourth.repaired.map(({ fields }) => fields),
        [['spec.replicas']],
      );
    });

    it('what a manifest leaves to its default is set back when it is changed by hand', async () => {
      const name = uniqueName('defaults');
      const objects = [withoutReplicas(deployment(name, 'two'))];
      const first = await fixture.apply(fixture.request(name, objects));
      assert.deepEqual(failureReasons(first), []);
      const again = await fixture.apply(fixture.request(name, objects, { inventory: first.entries }));
      assert.deepEqual([again.repaired, again.applied], [[], []]);
      const change = { spec: { replicas: 0, paused: true, strategy: { type: 'Recreate', rollingUpdate: null } } };
      await fixture.patchAs('kubectl-edit', deploymentType, reference(first, 'two'), change);
      const second = await fixture.apply(fixture.request(name, objects, { inventory: again.entries, mode: 'drift' }));
      assert.deepEqual(failureReasons(second), []);
      assert.deepEqual(
        second.repaired.map(({ manager }) => manager),
        ['kubectl-edit'],
      );
      const fields = new Set(second.repaired.flatMap((repair) => repair.fields));
      for (const field of ['spec.replicas', 'spec.paused', 'spec.strategy.type']) assert.ok(fields.has(field), field);
      const live = await fixture.find(deploymentType, name, 'two');
      assert.equal(numberAt(live, 'spec', 'replicas'), 1);
      const third = await fixture.apply(fixture.request(name, objects, { inventory: second.entries }));
      assert.deepEqual([third.repaired, third.applied], [[], []]);
    });

    it('replicas that an autoscaler has set are left, also when the manifest changes; a declared zero stays', async () => {
      const name = uniqueName('scaled');
      const objects = [withoutReplicas(deployment(name, 'two')), deployment(name, 'off', 0)];
      const first = await fixture.apply(fixture.request(name, objects));
      await fixture.patchAs('keda', deploymentType, reference(first, 'two'), { spec: { replicas: 3 } });
      const second = await fixture.apply(fixture.request(name, objects, { inventory: first.entries }));
      assert.deepEqual(second.repaired, []);
      const [two = deployment(name, 'two'), off = two] = objects;
      const changed = { ...two, metadata: { ...two.metadata, annotations: { 'example.test/changed': 'yes' } } };
      const third = await fixture.apply(fixture.request(name, [changed, off], { inventory: second.entries }));
      assert.deepEqual(names(third.applied), ['two']);
      assert.equal(numberAt(await fixture.find(deploymentType, name, 'two'), 'spec', 'replicas'), 3);
      assert.equal(numberAt(await fixture.find(deploymentType, name, 'off'), 'spec', 'replicas'), 0);
    });

    it('an adopted object keeps what its owner has set and our manifest leaves open', async () => {
      const name = uniqueName('kept');
      await fixture.applyAs('kubectl', wellKnown.namespace, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
      await fixture.applyAs('helm', deploymentType, deployment(name, 'two', 3));
      const objects = [withoutReplicas(deployment(name, 'two'))];
      const first = await fixture.apply(fixture.request(name, objects, { adoptForeign: true }));
      assert.deepEqual(failureReasons(first), []);
      await fixture.patchAs('kubectl-scale', deploymentType, reference(first, 'two'), { spec: { replicas: 4 } });
      const second = await fixture.apply(
        fixture.request(name, objects, { adoptForeign: true, inventory: first.entries }),
      );
      assert.deepEqual(second.repaired, []);
      assert.equal(numberAt(await fixture.find(deploymentType, name, 'two'), 'spec', 'replicas'), 4);
    });

    it('a key that is added to the selector of a Service is removed', async () => {
      const name = uniqueName('selector');
      const spec = { selector: { app: 'two' }, ports: [{ port: 80 }] };
      const objects = [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'two', namespace: name }, spec }];
      const first = await fixture.apply(fixture.request(name, objects));
      const change = { spec: { type: 'NodePort', selector: { app: 'two', nothing: 'matches' } } };
      await fixture.patchAs('kubectl-edit', wellKnown.service, reference(first, 'two'), change);
      const second = await fixture.apply(fixture.request(name, objects, { inventory: first.entries }));
      assert.deepEqual(failureReasons(second), []);
      assert.deepEqual(second.repaired.flatMap(({ fields }) => fields).toSorted(), [
        'spec.selector.nothing',
        'spec.type',
      ]);
    });

    it('an object deleted by hand is made again and reported', async () => {
      const name = uniqueName('deleted');
      const objects = [configMap(name, 'one')];
      const first = await fixture.apply(fixture.request(name, objects));
      await fixture.connection.client.delete(configMapType, { namespace: name, name: 'one' }, {}, patience());
      const second = await fixture.apply(fixture.request(name, objects, { inventory: first.entries, mode: 'drift' }));
      assert.deepEqual(
        second.repaired.map(({ object, fields }) => [object.name, fields]),
        [['one', []]],
      );
      assert.ok(await fixture.find(configMapType, name, 'one'));
    });

    it('a changed manifest is applied and a field that it drops goes', async () => {
      const name = uniqueName('upgrade');
      const first = await fixture.apply(fixture.request(name, [configMap(name, 'one', { a: '1', old: 'x' })]));
      const request = fixture.request(name, [configMap(name, 'one', { a: '2' })], { inventory: first.entries });
      const second = await fixture.apply(request);
      assert.deepEqual(names(second.applied), ['one']);
      assert.deepEqual((await fixture.find(configMapType, name, 'one'))?.['data'], { a: '2' });
    });

    it('with an object that exists and is not ours nothing is applied', async () => {
      const name = uniqueName('foreign');
      await fixture.applyAs('kubectl', wellKnown.namespace, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
      await fixture.applyAs('kubectl', configMapType, configMap(name, 'one', { a: 'theirs' }));
      const objects = [configMap(name, 'one'), configMap(name, 'two')];
      const report = await fixture.apply(fixture.request(name, objects));
      assert.deepEqual(names(report.applied), []);
      assert.equal(await fixture.find(configMapType, name, 'two'), undefined);
      assert.deepEqual(
        report.foreign.map(({ object, managers, adopted }) => [object.name, managers, adopted]),
        [['one', ['kubectl'], false]],
      );
      assert.deepEqual(names(report.entries), [], 'neither their object nor their namespace is in our inventory');
      assert.deepEqual((await fixture.find(configMapType, name, 'one'))?.['data'], { a: 'theirs' });
    });

    it('a foreign object is taken over when asked, and stays foreign also when the run was interrupted', async () => {
      const name = uniqueName('adopt');
      await fixture.applyAs('kubectl', wellKnown.namespace, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
      await fixture.applyAs('kubectl', configMapType, configMap(name, 'one', { a: 'theirs' }));
      let intent: readonly InventoryEntry[] = [];
      const recordIntent = (entries: readonly InventoryEntry[]) => {
        intent = entries;
        return Promise.resolve();
      };
      const objects = [configMap(name, 'one')];
      const first = await fixture.apply(fixture.request(name, objects, { adoptForeign: true, recordIntent }));
      assert.deepEqual(
        first.foreign.map(({ adopted }) => adopted),
        [true],
      );
      assert.deepEqual((await fixture.find(configMapType, name, 'one'))?.['data'], { a: '1' });
      const second = await fixture.apply(fixture.request(name, objects, { adoptForeign: true, inventory: intent }));
      assert.deepEqual(
        second.entries.map(({ foreign }) => foreign),
        [true],
      );
    });

    it('what an earlier registration has left is taken over when the caller vouches for it', async () => {
      const name = uniqueName('inherit');
      const objects = [configMap(name, 'one')];
      await fixture.apply(fixture.request(name, objects));
      const next = { owner: { ...ownerOf(name), incarnation: `next-${name}` } };
      const refused = await fixture.apply(fixture.request(name, objects, next));
      assert.deepEqual(names(refused.foreign.map(({ object }) => object)), ['one']);
      const adoptIncarnations = [`incarnation-${name}`];
      const taken = await fixture.apply(fixture.request(name, objects, { ...next, adoptIncarnations }));
      assert.deepEqual(taken.foreign, []);
      assert.deepEqual(
        taken.entries.map(({ kind, foreign }) => `${kind} ${foreign}`),
        ['Namespace false', 'ConfigMap false'],
      );
    });

    it('the namespace that an earlier registration has left is taken over with what is in it', async () => {
      const name = uniqueName('inherit');
      const objects = [configMap(name, 'one')];
      await fixture.apply(fixture.request(name, objects));
      const next = {
        owner: { ...ownerOf(name), incarnation: `next-${name}` },
        adoptIncarnations: [`incarnation-${name}`],
      };
      const { entries } = await fixture.apply(fixture.request(name, objects, next));
      assert.deepEqual(entries.map(({ kind }) => kind).sort(), ['ConfigMap', 'Namespace']);
      const namespace = await fixture.find(wellKnown.namespace, '', name);
      assert.equal(namespace?.metadata.labels?.[INCARNATION_LABEL], next.owner.incarnation);
    });

    it('a fixed field that changed is reported with what to do, and the others are applied', async () => {
      const name = uniqueName('fixed');
      const role = (roleName: string) => ({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'binding', namespace: name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: name }],
      });
      const first = await fixture.apply(fixture.request(name, [role('view')]));
      const objects = [role('edit'), configMap(name, 'one')];
      const second = await fixture.apply(fixture.request(name, objects, { inventory: first.entries }));
      assert.deepEqual(failureReasons(second), [`RoleBinding ${name}/binding ObjectImmutable`]);
      assert.match(second.failures[0]?.error.remedy ?? '', /kubectl delete rolebinding\.rbac\S+ binding --namespace/);
      assert.deepEqual(names(second.applied), ['one']);
    });

    it('a field that no schema has is reported once and not tried again', async () => {
      const name = uniqueName('schema');
      const wrong = { ...configMap(name, 'wrong'), nonsense: { a: 1 } };
      const report = await fixture.apply(fixture.request(name, [wrong, configMap(name, 'one')]));
      assert.deepEqual(failureReasons(report), [`ConfigMap ${name}/wrong ObjectInvalid`]);
      assert.match(report.failures[0]?.error.message ?? '', /nonsense/);
      assert.deepEqual(names(report.applied), [name, 'one'].sort());
    });

    it('a kind that the cluster does not serve is named, and webhooks wait for the rest', async () => {
      const name = uniqueName('unknown');
      const hook = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name },
        webhooks: [],
      };
      const objects = [hook, widget('nobody.example.test', name, 'one'), configMap(name, 'two')];
      const report = await fixture.apply(fixture.request(name, objects));
      assert.deepEqual(failureReasons(report), [
        `Widget ${name}/one KindNotServed`,
        `ValidatingWebhookConfiguration ${name} ObjectWaitsForOthers`,
      ]);
      assert.deepEqual(names(report.applied), ['two', name].sort());
    });

    it('a webhook of the component with nothing behind it does not keep that from coming back', async () => {
      const name = uniqueName('unblock');
      const objects = [configMap(name, 'one'), refusingWebhook(name)];
      const first = await fixture.apply(fixture.request(name, objects));
      assert.deepEqual(first.failures, []);
      await fixture.connection.client.delete(configMapType, { namespace: name, name: 'one' }, {}, patience());
      await fixture.untilRefused(configMapType, configMap(name, 'probe'));
      const blocked = await fixture.apply(fixture.request(name, objects, { inventory: first.entries }));
      assert.deepEqual(failureReasons(blocked), [`ConfigMap ${name}/one ObjectWebhookFailed`]);
      assert.deepEqual(names(blocked.unblocked), [name]);
      const restored = await fixture.apply(fixture.request(name, objects, { inventory: blocked.entries }));
      assert.deepEqual([restored.failures, names(restored.applied)], [[], [name]]);
      assert.deepEqual(names(restored.repaired.map(({ object }) => object)), ['one']);
    });

    it('webhooks that an earlier registration has left are removed, and no others', async () => {
      const name = uniqueName('left');
      const [left, other] = [refusingWebhook(name), refusingWebhook(`${name}-other`)];
      await fixture.apply(fixture.request(name, [left], { namespaces: [] }));
      await fixture.apply(fixture.request(`${name}-other`, [other], { namespaces: [] }));
      const removed = await removeLeftWebhooks(
        fixture.connection,
        'tests',
        [`incarnation-${name}`, 'unknown'],
        patience(),
      );
      assert.deepEqual(names(removed), [name]);
      const remain = (each: string) => fixture.find(wellKnown.validatingWebhookConfiguration, '', each);
      assert.equal(await remain(name), undefined);
      assert.ok(await remain(`${name}-other`));
    });

    it('a CRD whose names are taken is named at once', async () => {
      const name = uniqueName('names');
      const group = `${name}.example.test`;
      await fixture.apply(fixture.request(name, [widgetDefinition(group)]));
      const other = widgetDefinition(group);
      const spec = { ...(other['spec'] as object), names: { kind: 'Gadget', plural: 'gadgets', singular: 'widget' } };
      const objects = [
        { ...other, metadata: { name: `gadgets.${group}` }, spec },
        { ...widget(group, name, 'one'), kind: 'Gadget' },
      ];
      const report = await fixture.apply(fixture.request(`${name}-other`, objects, { namespaces: [] }));
      assert.deepEqual(failureReasons(report), [`Gadget ${name}/one DefinitionNamesConflict`]);
    });

    it('interrupted after the intent was recorded: the next run finishes it', async () => {
      const name = uniqueName('crash');
      const objects = [configMap(name, 'one'), configMap(name, 'two')];
      let intent: readonly InventoryEntry[] = [];
      const recordIntent = (entries: readonly InventoryEntry[]) => {
        intent = entries;
        throw new Error('killed');
      };
      await assert.rejects(fixture.apply(fixture.request(name, objects, { recordIntent })), /killed/);
      assert.deepEqual(names(intent), [name, 'one', 'two'].sort());
      assert.equal(await fixture.find(wellKnown.namespace, '', name), undefined, 'nothing was written');
      const second = await fixture.apply(fixture.request(name, objects, { inventory: intent }));
      assert.deepEqual(names(second.applied), [name, 'one', 'two'].sort());
      const third = await fixture.apply(fixture.request(name, objects, { inventory: intent }));
      assert.deepEqual(names(third.applied), [name, 'one', 'two'].sort(), 'also when its result was not stored');
      assert.deepEqual(third.repaired, []);
    });

    it('an object that another of our components brings is not taken from it', async () => {
      const name = uniqueName('owner');
      await fixture.apply(fixture.request(name, [configMap(name, 'one')]));
      const other = { component: `${name}-other`, owner: ownerOf(name), namespaces: [name] };
      const report = await fixture.apply(fixture.request(name, [configMap(name, 'one')], other));
      assert.deepEqual(failureReasons(report), [`ConfigMap ${name}/one ObjectOfOtherComponent`]);
      assert.deepEqual(report.entries, [], 'the namespace is used, not owned');
    });

    it('an aborted signal ends the run with its reason', async () => {
      const reason = new Error('enough');
      const request = fixture.request(uniqueName('abort'), []);
      const { applyComponent } = await import('./apply.ts');
      await assert.rejects(applyComponent(fixture.connection, request, AbortSignal.abort(reason)), reason);
    });
  });
}

function reference({ entries }: ApplyReport, name: string): InventoryEntry {
  const found = entries.find((entry) => entry.name === name);
  assert.ok(found, `no entry ${name}`);
  return found;
}

function withoutReplicas(object: KubeObject): KubeObject {
  const { replicas: _, ...spec } = isRecord(object['spec']) ? object['spec'] : {};
  return { ...object, spec };
}

import assert from 'node:assert/strict';
import { render, verbatim } from '../../messages/message.ts';
import { after, before, describe, it } from 'node:test';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { KubeClient } from '../client/client.ts';
import { apiErrorOf } from '../client/kube-error.ts';
import { findDependants } from './dependants.ts';
import {
  configMap,
  configMapType,
  ContractFixture,
  type ContractTraits,
  deployment,
  deploymentType,
  eventually,
  ownerOf,
  patience,
  uniqueName,
  widget,
  widgetDefinition,
  widgetType,
} from '../testing/fixture.contract.ts';
import { componentHealth } from '../health/health.ts';
import { type KubeObject, numberAt, objectKey } from '../../kube-objects/kube-object.ts';
import { planRemoval } from './removal-plan.ts';
import { removeObjects } from './removal.ts';
import type { RemovalReport } from './removal.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';

/** Why it is still there, in English. */
function wordsOf(remaining: RemovalReport['remaining'][number] | undefined): string {
  return remaining === undefined ? '' : render(remaining.message, 'en');
}

function entryOfKind(entries: readonly InventoryEntry[], kind: string): InventoryEntry {
  const found = entries.find((entry) => entry.kind === kind);
  assert.ok(found, kind);
  return found;
}

function names(references: readonly { readonly name: string }[]): string[] {
  return references.map(({ name }) => name).sort();
}

/** The client, with another way to send single requests. */
function withJson(client: KubeClient, json: KubeClient['json']): KubeClient {
  return new Proxy(client, {
    get: (target, key) => {
      if (key === 'json') return json;
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

/** What taking away promises, on any cluster. */
export function describeRemovalContract(traits: ContractTraits): void {
  describe(`removing objects (${traits.name})`, () => {
    let fixture: ContractFixture;

    before(async () => {
      fixture = await ContractFixture.open(traits);
    });
    after(async () => {
      await fixture?.close();
    });

    async function pass(
      name: string,
      entries: readonly InventoryEntry[],
      keepDependants = true,
    ): Promise<RemovalReport> {
      const request = { owner: ownerOf(name), entries, keepDependants };
      return await removeObjects(fixture.connection, request, patience());
    }

    async function finish(
      name: string,
      entries: readonly InventoryEntry[],
      keepDependants = true,
    ): Promise<RemovalReport> {
      let report = await pass(name, entries, keepDependants);
      await eventually(async () => {
        report = await pass(name, entries, keepDependants);
        return report.remaining.length === 0;
      });
      return report;
    }

    it('everything that was applied goes, the namespace included, and a second removal finds nothing', async () => {
      const name = uniqueName('remove');
      const group = `${name}.example.test`;
      const objects = [
        configMap(name, 'one'),
        deployment(name, 'two'),
        widgetDefinition(group),
        widget(group, name, 'w'),
      ];
      const { entries } = await fixture.apply(fixture.request(name, objects));
      const report = await finish(name, entries);
      assert.deepEqual(names(report.removed), names(entries));
      assert.deepEqual(report.left, []);
      assert.equal(await fixture.find(wellKnown.namespace, '', name), undefined);
      assert.equal(await fixture.find(wellKnown.customResourceDefinition, '', `widgets.${group}`), undefined);
      assert.deepEqual(names((await pass(name, entries)).removed), names(entries));
    });

    it('what only was intended is removed as well when it was written before the crash', async () => {
      const name = uniqueName('intended');
      const { entries } = await fixture.apply(fixture.request(name, [configMap(name, 'one')]));
      const intended = entries.map((entry) => ({ ...entry, uid: '', hash: '', revision: '' }));
      await finish(name, intended);
      assert.equal(await fixture.find(wellKnown.namespace, '', name), undefined);
    });

    it('a namespace that does not end names the object that keeps it, to who removes, applies and looks', async () => {
      const name = uniqueName('stuck');
      const request = fixture.request(name, [configMap(name, 'one')]);
      const { entries } = await fixture.apply(request);
      const one = { ...entryOfKind(entries, 'ConfigMap'), namespace: name };
      await fixture.patchAs('somebody', configMapType, one, { metadata: { finalizers: ['example.test/kept'] } });
      const keepNothing = async () => (await pass(name, entries, false)).remaining;
      const held = await eventually(async () => (await keepNothing()).find(({ kind }) => kind === 'ConfigMap'));
      assert.equal(wordsOf(held), 'it waits for example.test/kept');
      const namespace = await eventually(async () => {
        const found = (await keepNothing()).find(({ kind }) => kind === 'Namespace');
        return found?.reason === 'NamespaceFinalizersRemaining' ? found : undefined;
      });
      assert.equal(wordsOf(namespace), `its deletion waits: ConfigMap ${name}/one waits for example.test/kept`);
      assert.match(namespace.command ?? '', new RegExp(`^kubectl patch configmap one --namespace ${name} `));

      const again = await fixture.apply({ ...request, inventory: entries });
      const [failure] = again.failures;
      assert.equal(failure?.error.reason, 'ObjectTerminating');
      const words =
        /is being deleted: its deletion waits: finalizers .*: example\.test\/kept \(1\); it still holds configmaps \(\d\)/;
      assert.match(failure.error.message, words);
      const health = await componentHealth(fixture.connection, entries, patience());
      const told = health.problems.find(({ object }) => object.kind === 'Namespace');
      assert.match(render(told?.message ?? verbatim(''), 'zh'), /其删除正在等待：.*example\.test\/kept/);
      await fixture.patchAs('somebody', configMapType, one, { metadata: { finalizers: null } });
      await finish(name, entries, false);
    });

    it('what was taken over is set back as it was, and its owner keeps what they have set since', async () => {
      const name = uniqueName('back');
      const owned = { name, labels: { 'app.kubernetes.io/managed-by': 'Helm' } };
      await fixture.applyAs('helm', wellKnown.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: owned });
      const theirs = deployment(name, 'theirs', 3);
      await fixture.applyAs('helm', deploymentType, {
        ...theirs,
        metadata: { ...theirs.metadata, labels: owned.labels },
      });
      await fixture.applyAs('helm', configMapType, configMap(name, 'settings', { a: 'theirs', kept: 'theirs' }));
      await fixture.applyAs('helm', wellKnown.secret, secret(name, 'key', 'theirs'));
      const objects = [
        deployment(name, 'theirs', 1),
        configMap(name, 'settings', { a: 'ours', added: 'ours' }),
        secret(name, 'key', 'ours'),
      ];
      let intent: readonly InventoryEntry[] = [];
      const recordIntent = (entries: readonly InventoryEntry[]) => {
        intent = entries;
        return Promise.resolve();
      };
      const { entries, foreign } = await fixture.apply(
        fixture.request(name, objects, { adoptForeign: true, recordIntent }),
      );
      const changed = Object.fromEntries(foreign.map(({ object, changed: fields }) => [object.kind, fields]));
      assert.ok(changed['Deployment']?.includes('spec.replicas'), JSON.stringify(changed));
      assert.deepEqual(changed['ConfigMap']?.toSorted().slice(0, 2), ['data.a', 'data.added']);
      assert.deepEqual(
        intent.map(({ kind, former }) => [kind, former]),
        entries.map(({ kind, former }) => [kind, former]),
        'it is known before the first write',
      );
      assert.doesNotMatch(JSON.stringify(entries), new RegExp(Buffer.from('theirs').toString('base64')));
      const settings = entryOfKind(entries, 'ConfigMap');
      await fixture.patchAs('kubectl-edit', configMapType, settings, { data: { later: 'theirs' } });

      const report = await finish(name, entries);
      const reasons = new Map(report.left.map(({ kind, reason }) => [kind, render(reason, 'en')]));
      assert.match(reasons.get('Deployment') ?? '', /is set back: .*spec\.replicas/);
      assert.match(reasons.get('Secret') ?? '', /stays as Nautes changed it: .*data\.key/);
      const left = await fixture.find(deploymentType, name, 'theirs');
      assert.equal(numberAt(left, 'spec', 'replicas'), 3);
      assert.deepEqual(left?.metadata.labels, owned.labels);
      assert.equal(
        left.metadata.managedFields?.some(({ manager, operation }) => manager === 'nautes' && operation === 'Apply'),
        false,
      );
      assert.deepEqual((await fixture.find(configMapType, name, 'settings'))?.['data'], {
        a: 'theirs',
        kept: 'theirs',
        later: 'theirs',
      });
    });

    it('what was taken over is set back although a controller writes it meanwhile; refused, it is told as changed', async () => {
      const name = uniqueName('busy');
      await fixture.applyAs('helm', wellKnown.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      for (const object of ['raced', 'guarded'])
        await fixture.applyAs('helm', configMapType, configMap(name, object, { a: 'theirs' }));
      const objects = ['raced', 'guarded'].map((object) => configMap(name, object, { a: 'ours' }));
      const { entries } = await fixture.apply(fixture.request(name, objects, { adoptForeign: true }));
      let races = 0;
      const json: KubeClient['json'] = async (request, signal) => {
        if (request.method === 'PUT' && request.path.includes('/guarded')) throw apiErrorOf(403, undefined, '{}');
        const raced = entries.find((entry) => entry.name === 'raced');
        if (request.method === 'PUT' && raced !== undefined && races < 2) {
          races += 1;
          await fixture.patchAs('controller', configMapType, raced, { data: { [`status${races}`]: 'written' } });
        }
        return await fixture.connection.client.json(request, signal);
      };
      const connection = { ...fixture.connection, client: withJson(fixture.connection.client, json) };
      const request = { owner: ownerOf(name), entries, keepDependants: true };
      const report = await removeObjects(connection, request, patience());
      const reasons = new Map(report.left.map((left) => [left.name, render(left.reason, 'en')]));
      assert.equal(races, 2);
      assert.match(reasons.get('raced') ?? '', /is set back: .*data\.a/);
      assert.match(reasons.get('guarded') ?? '', /stays as Nautes changed it: .*data\.a/);
      const data = (await fixture.find(configMapType, name, 'raced'))?.['data'];
      assert.deepEqual(data, { a: 'theirs', status1: 'written', status2: 'written' });
    });

    it('what existed before us is left and so is what lost our label', async () => {
      const name = uniqueName('left');
      await fixture.applyAs('kubectl', wellKnown.namespace, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
      await fixture.applyAs('kubectl', configMapType, configMap(name, 'theirs'));
      const objects = [configMap(name, 'theirs'), configMap(name, 'unlabelled'), configMap(name, 'ours')];
      const { entries } = await fixture.apply(fixture.request(name, objects, { adoptForeign: true }));
      const change = { metadata: { labels: null } };
      const unlabelled = entries.find((entry) => entry.name === 'unlabelled');
      assert.ok(unlabelled);
      await fixture.patchAs('kubectl-edit', configMapType, unlabelled, change);
      const report = await finish(name, entries);
      assert.deepEqual(names(report.left), ['theirs', 'unlabelled']);
      assert.deepEqual(names(report.removed), ['ours']);
      assert.ok(await fixture.find(configMapType, name, 'theirs'));
      assert.ok(await fixture.find(configMapType, name, 'unlabelled'));
    });

    it('objects that only carry our labels are not ours: Service labels are copied', async () => {
      const name = uniqueName('copied');
      const { entries } = await fixture.apply(fixture.request(name, [configMap(name, 'one')]));
      const labels = (await fixture.find(configMapType, name, 'one'))?.metadata.labels ?? {};
      const copy = { ...configMap(name, 'copy'), metadata: { name: 'copy', namespace: name, labels } };
      await fixture.applyAs('somebody', configMapType, copy);
      const [one] = entries.filter((entry) => entry.kind === 'ConfigMap');
      assert.ok(one);
      const report = await pass(name, [{ ...one, name: 'copy', uid: '' }]);
      assert.deepEqual(
        report.left.map(({ reason }) => render(reason, 'en')),
        ['it was not applied by us'],
      );
    });

    it('what users have built on our CRDs and put into our namespaces is found, and nothing else', async () => {
      const name = uniqueName('users');
      const group = `${name}.example.test`;
      const objects = [widgetDefinition(group), widget(group, name, 'ours'), deployment(name, 'controller')];
      const { entries } = await fixture.apply(fixture.request(name, objects));
      const holder = { owner: ownerOf(name), entries };
      assert.deepEqual((await findDependants(fixture.connection, holder, patience())).dependants, []);

      await fixture.applyAs('kubectl', widgetType(group), widget(group, 'default', 'app'));
      await fixture.applyAs('kubectl', configMapType, configMap(name, 'notes'));
      await fixture.applyAs('controller', configMapType, configMap(name, 'leader'));
      const found = await findDependants(fixture.connection, holder, patience());
      assert.equal(found.total, 2);
      assert.deepEqual(found.dependants.map(({ object, relation, of }) => `${object.name} ${relation} ${of}`).sort(), [
        `app instance widgets.${group}`,
        `notes content ${name}`,
      ]);
    });

    it('a CRD and a namespace with what users have made stay with it, unless it is to go', async () => {
      const name = uniqueName('keep');
      const group = `${name}.example.test`;
      const objects = [widgetDefinition(group), deployment(name, 'controller')];
      const { entries } = await fixture.apply(fixture.request(name, objects));
      await fixture.applyAs('kubectl', widgetType(group), widget(group, 'default', 'app'));
      await fixture.applyAs('kubectl', configMapType, configMap(name, 'notes'));
      const request = { owner: ownerOf(name), entries };
      const look = (keepDependants: boolean) =>
        planRemoval(fixture.connection, { ...request, keepDependants }, patience());
      const [keeping, taking] = [await look(true), await look(false)];
      assert.deepEqual(names(keeping.left), [name, `widgets.${group}`].sort());
      assert.deepEqual(names(keeping.removed), ['controller']);
      assert.deepEqual([taking.left, names(taking.removed)], [[], ['controller', name, `widgets.${group}`].sort()]);
      assert.deepEqual(names(taking.dependants.map(({ object }) => object)), ['app', 'notes']);
      const kept = await finish(name, entries, true);
      assert.deepEqual(names(kept.left), [name, `widgets.${group}`].sort());
      assert.equal(await fixture.find(deploymentType, name, 'controller'), undefined);
      assert.ok(await fixture.find(widgetType(group), 'default', 'app'));
      const forced = await finish(name, entries, false);
      assert.deepEqual(forced.left, []);
      assert.equal(await fixture.find(wellKnown.namespace, '', name), undefined);
      assert.equal(await fixture.find(wellKnown.customResourceDefinition, '', `widgets.${group}`), undefined);
    });

    it('a namespace that something holds is reported with what holds it, and goes when it is let go', async () => {
      const name = uniqueName('stuck');
      const { entries } = await fixture.apply(fixture.request(name, [configMap(name, 'one')]));
      const held = {
        ...configMap(name, 'held'),
        metadata: { name: 'held', namespace: name, finalizers: ['example.test/hold'] },
      };
      await fixture.applyAs('kubectl', configMapType, held);
      let report = await pass(name, entries, false);
      await eventually(async () => {
        report = await pass(name, entries, false);
        return /example\.test\/hold/.test(wordsOf(report.remaining[0]));
      });
      assert.deepEqual(names(report.remaining), [name]);
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', namespace: name, name: 'held' };
      await fixture.patchAs('kubectl', configMapType, reference, { metadata: { finalizers: null } });
      await finish(name, entries, false);
    });

    it('an instance that waits for its controller keeps the controller from going', async () => {
      const name = uniqueName('finalizer');
      const group = `${name}.example.test`;
      const metadata = { name: 'ours', namespace: name, finalizers: ['example.test/hold'] };
      const objects = [
        widgetDefinition(group),
        { ...widget(group, name, 'ours'), metadata },
        deployment(name, 'controller'),
      ];
      const { entries } = await fixture.apply(fixture.request(name, objects));
      const report = await pass(name, entries);
      assert.deepEqual(report.removed, []);
      assert.match(wordsOf(report.remaining.find(({ kind }) => kind === 'Widget')), /example\.test\/hold/);
      assert.ok(await fixture.find(deploymentType, name, 'controller'));
      const reference = { apiVersion: `${group}/v1`, kind: 'Widget', namespace: name, name: 'ours' };
      await fixture.patchAs('controller', widgetType(group), reference, { metadata: { finalizers: null } });
      await finish(name, entries);
    });

    it('pruning: what a component no longer wants goes, what is not ours stays', async () => {
      const name = uniqueName('prune');
      const objects = [configMap(name, 'one'), configMap(name, 'two'), configMap(name, 'three')];
      const first = await fixture.apply(fixture.request(name, objects));
      const three = first.entries.find((entry) => entry.name === 'three');
      assert.ok(three);
      await fixture.patchAs('kubectl-edit', configMapType, three, { metadata: { labels: null } });
      const second = await fixture.apply(fixture.request(name, [configMap(name, 'one')], { inventory: first.entries }));
      assert.deepEqual(names(second.pruned), ['two']);
      assert.deepEqual(
        second.left.map(({ object }) => object.name),
        ['three'],
      );
      assert.deepEqual(names(second.gone), ['three', 'two']);
      assert.deepEqual(names(second.entries), [name, 'one'].sort());
      assert.equal(await fixture.find(configMapType, name, 'two'), undefined);
      assert.ok(await fixture.find(configMapType, name, 'three'));
    });

    it('pruning waits until everything that is wanted is there, and leaves a CRD that users have instances of', async () => {
      const name = uniqueName('prune');
      const group = `${name}.example.test`;
      const first = await fixture.apply(fixture.request(name, [configMap(name, 'one'), widgetDefinition(group)]));
      await fixture.applyAs('kubectl', widgetType(group), widget(group, 'default', 'app'));
      const failing = [widget('nobody.example.test', name, 'x')];
      const second = await fixture.apply(fixture.request(name, failing, { inventory: first.entries }));
      assert.equal(second.failures.length, 1);
      assert.deepEqual(second.pruned, []);
      const third = await fixture.apply(fixture.request(name, [], { inventory: first.entries }));
      assert.deepEqual(names(third.pruned), ['one']);
      assert.deepEqual(
        third.left.map(({ object }) => object.kind),
        ['CustomResourceDefinition'],
      );
      assert.ok(
        third.entries.some((entry) => entry.name === `widgets.${group}`),
        'it is still ours',
      );
      await fixture.connection.client.delete(widgetType(group), { namespace: 'default', name: 'app' }, {}, patience());
      const fourth = await fixture.apply(fixture.request(name, [], { inventory: third.entries }));
      assert.deepEqual(names(fourth.pruned), [`widgets.${group}`]);
    });

    it('a namespace that is being deleted is waited for, then made again', async () => {
      const name = uniqueName('again');
      const objects = [configMap(name, 'one')];
      const first = await fixture.apply(fixture.request(name, objects));
      await fixture.connection.client.delete(wellKnown.namespace, { namespace: '', name }, {}, patience());
      let report = await fixture.apply(fixture.request(name, objects, { inventory: first.entries }));
      assert.ok(
        report.failures.every(({ error }) => error.next === 'waiting'),
        JSON.stringify(report.failures),
      );
      await eventually(async () => {
        report = await fixture.apply(fixture.request(name, objects, { inventory: first.entries }));
        return report.failures.length === 0;
      });
      assert.deepEqual(new Set(report.entries.map(objectKey)), new Set(first.entries.map(objectKey)));
      assert.ok(await fixture.find(configMapType, name, 'one'));
    });
  });
}

function secret(namespace: string, name: string, key: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    data: { key: Buffer.from(key).toString('base64') },
  };
}

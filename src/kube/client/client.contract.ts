import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { componentHealth } from '../health/health.ts';
import {
  configMap,
  configMapType,
  ContractFixture,
  type ContractTraits,
  deployment,
  eventually,
  patience,
  uniqueName,
  widget,
  widgetDefinition,
  widgetType,
} from '../testing/fixture.contract.ts';
import { KubeApiError } from './kube-error.ts';
import type { KubeObject } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';

function withLabel(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { test: 'label' } } };
}

/** What the client promises, on any cluster. */
export function describeClientContract(traits: ContractTraits): void {
  describe(`the API of one cluster (${traits.name})`, () => {
    let fixture: ContractFixture;

    before(async () => {
      fixture = await ContractFixture.open(traits);
    });
    after(async () => {
      await fixture?.close();
    });

    it('an object is created, found, patched and deleted', async () => {
      const { client } = fixture.connection;
      const name = uniqueName('object');
      const at = { namespace: 'default', name };
      const created = await client.create(configMapType, configMap('default', name), {}, patience());
      assert.ok(created.metadata.uid);
      await client.patch(configMapType, at, 'merge', { data: { b: '2' } }, patience());
      await client.patch(configMapType, at, 'json', [{ op: 'remove', path: '/data/a' }], patience());
      assert.deepEqual((await client.get(configMapType, at, patience()))['data'], { b: '2' });
      assert.equal((await client.findHead(configMapType, at, patience()))?.metadata.uid, created.metadata.uid);
      const wrong = client.delete(configMapType, at, { uid: 'another' }, patience());
      await assert.rejects(wrong, (error) => error instanceof KubeApiError && error.httpStatus === 409);
      assert.equal(await client.delete(configMapType, at, { uid: created.metadata.uid ?? '' }, patience()), undefined);
      assert.equal(await client.find(configMapType, at, patience()), undefined);
      await assert.rejects(
        client.get(configMapType, at, patience()),
        (error) => error instanceof KubeApiError && error.isNotFound,
      );
    });

    it('an object is replaced as it was seen, and no other version of it', async () => {
      const { client } = fixture.connection;
      const seen = await client.create(configMapType, configMap('default', uniqueName('object')), {}, patience());
      const replaced = await client.replace(configMapType, { ...seen, data: { b: '2' } }, patience());
      assert.deepEqual(replaced['data'], { b: '2' });
      await assert.rejects(client.replace(configMapType, { ...seen, data: {} }, patience()), { httpStatus: 409 });
    });

    it('an immutable ConfigMap or Secret keeps its content', async () => {
      const { client } = fixture.connection;
      for (const type of [configMapType, wellKnown.secret]) {
        const { metadata } = configMap('default', uniqueName('fixed'));
        const object = { apiVersion: 'v1', kind: type.kind, metadata, immutable: true, data: { a: 'MQ==' } };
        const fixed = await client.create(type, object, {}, patience());
        const changed = client.replace(type, { ...fixed, data: { a: 'Mg==' } }, patience());
        await assert.rejects(changed, { httpStatus: 422 });
        await assert.rejects(client.replace(type, { ...fixed, immutable: false }, patience()), { httpStatus: 422 });
        await client.replace(type, withLabel(fixed), patience());
      }
    });

    it('a watch tells what changes after the list, selected as the list is', async () => {
      const { client } = fixture.connection;
      const label = uniqueName('watched');
      const labelSelector = `test=${label}`;
      const object = (name: string) => {
        const { metadata, ...rest } = configMap('default', `${label}-${name}`);
        return { ...rest, metadata: { ...metadata, labels: { test: label } } };
      };
      await client.create(configMapType, object('before'), {}, patience());
      const listed = await client.list(configMapType, { namespace: 'default', labelSelector }, patience());
      await client.create(configMapType, object('after'), {}, patience());
      await client.patch(
        configMapType,
        { namespace: 'default', name: `${label}-after` },
        'merge',
        { data: { b: '2' } },
        patience(),
      );
      await client.delete(configMapType, { namespace: 'default', name: `${label}-before` }, {}, patience());
      const told: string[] = [];
      const enough = new AbortController();
      const options = { namespace: 'default', labelSelector, resourceVersion: listed.resourceVersion, seconds: 60 };
      const watching = client.watch(
        configMapType,
        options,
        (event) => {
          if (event.type === 'BOOKMARK') return;
          told.push(`${event.type} ${event.object.metadata.name}`);
          if (told.length === 3) enough.abort();
        },
        AbortSignal.any([enough.signal, patience()]),
      );
      await assert.rejects(watching, { name: 'AbortError' });
      assert.deepEqual(told, [`ADDED ${label}-after`, `MODIFIED ${label}-after`, `DELETED ${label}-before`]);
    });

    it('a watch ends when its time is over, and is refused from a version that is not known', async () => {
      const { client } = fixture.connection;
      const { resourceVersion } = await client.list(configMapType, { namespace: 'default', limit: 1 }, patience());
      const options = { namespace: 'default', resourceVersion, seconds: 1 };
      await client.watch(configMapType, options, () => {}, patience());
      fixture.cluster.forgetHistory?.();
      // The watch cache of a kind begins when its definition is made: version 1 is before it.
      const group = `${uniqueName('ancient')}.example.test`;
      await client.apply(wellKnown.customResourceDefinition, widgetDefinition(group), {}, patience());
      const type = await fixture.connection.discovery.waitUntilServed(`${group}/v1`, 'Widget', 30_000, patience());
      const begun = await eventually(() => client.list(type, {}, patience()));
      // Until the watch cache is ready, any watch is answered with 429.
      const now = { resourceVersion: begun.resourceVersion, seconds: 1 };
      await eventually(async () => {
        try {
          await client.watch(type, now, () => {}, patience());
          return true;
        } catch (error) {
          if (error instanceof KubeApiError && error.isTransient) return false;
          throw error;
        }
      });
      const ancient = client.watch(type, { resourceVersion: '1', seconds: 30 }, () => {}, patience());
      await assert.rejects(ancient, (error) => error instanceof KubeApiError && error.isExpired);
    });

    it('a dry run stores nothing', async () => {
      const { client } = fixture.connection;
      const name = uniqueName('dry');
      await client.create(configMapType, configMap('default', name), { dryRun: true }, patience());
      await client.apply(configMapType, configMap('default', name), { dryRun: true }, patience());
      assert.equal(await client.find(configMapType, { namespace: 'default', name }, patience()), undefined);
    });

    it('a list is read page by page, with metadata alone when that is enough', async () => {
      const { client } = fixture.connection;
      const namespace = uniqueName('list');
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      await client.create(wellKnown.namespace, object, {}, patience());
      for (const index of [1, 2, 3])
        await client.create(configMapType, configMap(namespace, `m${index}`), {}, patience());
      const fieldSelector = 'metadata.name!=kube-root-ca.crt';
      const whole = await client.list(configMapType, { namespace, fieldSelector }, patience());
      assert.deepEqual(
        whole.items.map(({ metadata, kind }) => [kind, metadata.name]),
        [
          ['ConfigMap', 'm1'],
          ['ConfigMap', 'm2'],
          ['ConfigMap', 'm3'],
        ],
      );
      const heads = await client.listHeads(configMapType, { namespace, fieldSelector, limit: 2 }, patience());
      assert.deepEqual([heads.items.length, heads.complete], [2, false]);
      assert.ok(!('data' in (heads.items[0] ?? {})));
    });

    it('a new kind is found as soon as it is served, and its first list is not refused', async () => {
      const group = `${uniqueName('kind')}.example.test`;
      const { client, discovery } = fixture.connection;
      await discovery.load(patience());
      assert.equal(await discovery.resolve(`${group}/v1`, 'Widget', patience()), undefined);
      await client.apply(wellKnown.customResourceDefinition, widgetDefinition(group), {}, patience());
      const type = await discovery.waitUntilServed(`${group}/v1`, 'Widget', 30_000, patience());
      assert.deepEqual(type, widgetType(group));
      assert.deepEqual((await client.list(type, {}, patience())).items, []);
      await client.apply(type, widget(group, 'default', 'one'), {}, patience());
      assert.equal((await client.list(type, {}, patience())).items.length, 1);
      const waiting = discovery.waitUntilServed(`${group}/v9`, 'Widget', 1, patience());
      await assert.rejects(waiting, { reason: 'KindNotServed' });
    });

    it('an APIService without a backend makes its group stale and nothing else fails', async () => {
      const group = `${uniqueName('stale')}.example.test`;
      const apiService = {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: `v1.${group}` },
        spec: {
          group,
          version: 'v1',
          groupPriorityMinimum: 1000,
          versionPriority: 10,
          service: { name: 'nobody', namespace: 'default' },
        },
      };
      const { client, discovery } = fixture.connection;
      await client.apply(wellKnown.apiService, apiService, {}, patience());
      await eventually(async () => {
        await discovery.refresh(patience());
        return discovery.staleGroupVersions.includes(`${group}/v1`);
      });
      assert.ok(await discovery.resolve('v1', 'ConfigMap', patience()));
      const waiting = discovery.waitUntilServed(`${group}/v1`, 'Thing', 1, patience());
      await assert.rejects(waiting, { reason: 'ApiGroupUnavailable' });
      await client.delete(wellKnown.apiService, { namespace: '', name: `v1.${group}` }, {}, patience());
    });

    it('a component is healthy once its workloads are available', async () => {
      const name = uniqueName('health');
      const group = `${name}.example.test`;
      const objects = [deployment(name, 'web', 2), configMap(name, 'one'), widgetDefinition(group)];
      const { entries } = await fixture.apply(fixture.request(name, objects));
      const early = await componentHealth(fixture.connection, entries, patience());
      assert.equal(early.total, 4);
      assert.ok(early.problems.every(({ state }) => state === 'InProgress'));
      await eventually(
        async () => (await componentHealth(fixture.connection, entries, patience())).problems.length === 0,
      );
      const late = await componentHealth(fixture.connection, entries, patience());
      assert.deepEqual(late, { total: 4, ready: 4, problems: [] });
    });

    it('a workload that cannot become ready says why', async (context) => {
      if (fixture.cluster.neverReady === undefined) return context.skip('pods always become ready here');
      const name = uniqueName('broken');
      fixture.cluster.neverReady(name, 'web');
      const { entries } = await fixture.apply(fixture.request(name, [deployment(name, 'web')]));
      await eventually(async () => {
        const { problems } = await componentHealth(fixture.connection, entries, patience());
        return problems[0]?.state === 'Failed' && problems[0].reason === 'ImagePullBackOff';
      });
    });

    it('what was intended and never applied, and what has vanished, is not ready', async () => {
      const name = uniqueName('vanished');
      const { entries } = await fixture.apply(fixture.request(name, [deployment(name, 'web'), configMap(name, 'one')]));
      await fixture.connection.client.delete(
        { ...configMapType, kind: 'Deployment', apiVersion: 'apps/v1', plural: 'deployments' },
        { namespace: name, name: 'web' },
        {},
        patience(),
      );
      const intended = entries.map((entry) => (entry.kind === 'ConfigMap' ? { ...entry, uid: '' } : entry));
      const report = await componentHealth(fixture.connection, intended, patience());
      const reasons = report.problems.map(({ object, reason }) => `${object.kind} ${reason}`);
      assert.deepEqual(reasons.sort(), ['ConfigMap NotApplied', 'Deployment Missing']);
      assert.deepEqual([report.total, report.ready], [3, 1]);
    });
  });
}

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../../sandbox/index.ts';
import { NautesError } from '../../errors/errors.ts';
import { CLUSTER_KIND, clusterKey } from '../../resources/cluster/cluster-key.ts';
import type { ResourceEvent } from '../../resources/event.ts';
import type { State } from '../state.ts';
import type { WriteFence } from '../write-fence.ts';
import { entryOf, eventOf, offboardingOf, receiptOf, registrationOf, statusOf } from '../testing/samples.ts';
import {
  installDefinition,
  managementOf,
  newNamespace,
  openState,
  PATIENCE_MILLISECONDS,
} from './testing/management-place.ts';

const one = registrationOf('a', 'one');

/** A replica that owns everything with an epoch, or nothing without one. */
function fenceOf(holder: { epoch: number | undefined }): () => WriteFence {
  return () => ({
    epochOf: ({ name }) => {
      if (holder.epoch === undefined) throw new NautesError('OwnedElsewhere', { cluster: name });
      return holder.epoch;
    },
  });
}

describe('state in Kubernetes that several processes share', () => {
  let sandbox: Sandbox;
  let cluster: SandboxCluster;

  before(async () => {
    sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    const [first] = sandbox.clusters;
    assert.ok(first);
    cluster = first;
    await installDefinition(cluster);
  });
  after(() => sandbox?.close());

  async function withTwo(
    test: (first: State, second: State, holders: { epoch: number | undefined }[], namespace: string) => Promise<void>,
  ): Promise<void> {
    const namespace = newNamespace(cluster);
    const holders = [{ epoch: 1 }, { epoch: undefined }] as { epoch: number | undefined }[];
    const opened = await Promise.all(
      holders.map((holder) => openState(managementOf(cluster, namespace), { fence: fenceOf(holder) })),
    );
    const [first, second] = opened as [State, State];
    try {
      await test(first, second, holders, namespace);
    } finally {
      cluster.faults.clear();
      await Promise.all(opened.map((state) => state.close()));
    }
  }

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE_MILLISECONDS;
    while (!(await isSo())) {
      assert.ok(Date.now() < end, 'it did not become so');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('is read by each as the others have written it', () =>
    withTwo(async (first, second) => {
      await first.status.put(one, statusOf('a'));
      await first.inventory.put(one, [entryOf('x')]);
      await until(async () => (await second.status.get(one)) !== undefined);
      assert.deepEqual(await second.inventory.list(one), [entryOf('x')]);
      await first.inventory.put(one, [entryOf('y')]);
      assert.equal((await second.inventory.list(one)).length, 2);
      await second.offboardingRequests.put(one, offboardingOf('a', 'one'));
      await until(async () => (await first.offboardings.list(CLUSTER_KIND)).length === 1);
      await first.offboardings.complete(one, receiptOf('a', 'one'));
      await until(async () => (await second.offboardings.receipt(clusterKey('a'))) !== undefined);
      assert.deepEqual(await second.offboardings.list(CLUSTER_KIND), []);
      assert.deepEqual(await second.inventory.list(one), []);
    }));

  it('tells each what another has changed, when it can be read', () =>
    withTwo(async (first, second) => {
      const read: Promise<string | undefined>[] = [];
      second.onChange((key) => read.push(second.status.get(clusterKey(key.name)).then((found) => found?.phase)));
      await first.status.put(one, statusOf('a', { phase: 'Ready' }));
      await until(async () => (await Promise.all(read)).includes('Ready'));
      await first.offboardings.complete(one, receiptOf('a', 'one'));
      await until(async () => (await Promise.all(read)).at(-1) === undefined);
    }));

  it('announces the events of all to all, each once, with ids that grow', () =>
    withTwo(async (first, second) => {
      const heard: ResourceEvent[][] = [[], []];
      first.events.onEvent((event) => heard[0]?.push(event));
      second.events.onEvent((event) => heard[1]?.push(event));
      for (let count = 0; count < 5; count += 1) {
        await first.events.add(eventOf('a', `first ${count}`));
        await second.events.add(eventOf(count % 2 === 0 ? 'a' : 'b', `second ${count}`));
      }
      await until(() => Promise.resolve(heard.every((events) => events.length >= 10)));
      const ids = heard.map((events) => events.map(({ id }) => id).toSorted((left, right) => left - right));
      assert.deepEqual(ids[0], ids[1]);
      assert.equal(new Set(ids[0]).size, 10);
      const pages = await Promise.all(
        [first, second].map(({ events }) => events.after(0, { kind: CLUSTER_KIND }, 100)),
      );
      assert.deepEqual(pages[0], pages[1]);
      assert.ok(pages[0]?.complete);
      const { id } = await second.events.add(eventOf('b'));
      assert.ok(id > (ids[0]?.at(-1) ?? 0));
    }));

  it('is written by the owner alone: an earlier one is refused, by the cluster too', () =>
    withTwo(async (first, second, holders) => {
      await first.status.put(one, statusOf('a'));
      await first.inventory.put(one, [entryOf('x')]);
      await assert.rejects(second.status.put(one, statusOf('a', { phase: 'Ready' })), { reason: 'OwnedElsewhere' });
      // The first one has not noticed that it is the owner no longer, and is not told anything.
      cluster.faults.set([{ kind: 'status', code: 503, match: 'watch=1' }]);
      Object.assign(holders[1] ?? {}, { epoch: 2 });
      await second.status.put(one, statusOf('a', { phase: 'Ready' }));
      await second.inventory.put(one, [entryOf('y')]);
      const late: Promise<void>[] = [
        first.status.put(one, statusOf('a', { phase: 'Failed' })),
        first.inventory.put(one, [entryOf('z')]),
        first.offboardings.complete(one, receiptOf('a', 'one')),
      ];
      const ends = await Promise.allSettled(late);
      assert.deepEqual(
        ends.map((end) => (end.status === 'rejected' ? (end.reason as NautesError).reason : end.status)),
        late.map(() => 'OwnedElsewhere'),
      );
      assert.equal((await second.status.get(one))?.phase, 'Ready');
      assert.deepEqual(
        (await second.inventory.list(one)).map(({ name }) => name),
        ['x', 'y'],
      );
    }));

  it('keeps what both have written to one registration at a time', () =>
    withTwo(async (first, second) => {
      await first.status.put(one, statusOf('a'));
      await Promise.all([
        first.status.put(one, statusOf('a', { phase: 'Ready' })),
        second.offboardingRequests.put(one, offboardingOf('a', 'one')),
        first.inventory.put(one, [entryOf('x')]),
      ]);
      await until(async () => (await first.offboardings.list(CLUSTER_KIND)).length === 1);
      await until(async () => (await second.status.get(one))?.phase === 'Ready');
      assert.equal((await second.inventory.list(one)).length, 1);
    }));

  it('writes nothing that is stored already', () =>
    withTwo(async ({ status, inventory, offboardings }, _second, _holders, namespace) => {
      const step = async (): Promise<void> => {
        await status.put(one, statusOf('a'));
        await inventory.put(one, [entryOf('x')]);
        await inventory.remove(one, [entryOf('gone')]);
        await offboardings.put(one, offboardingOf('a', 'one'));
      };
      const versions = () =>
        [
          ...cluster.list('state.nautes.io/v1alpha1', 'ClusterState', namespace),
          ...cluster.list('v1', 'ConfigMap', namespace),
        ]
          .map(({ metadata }) => JSON.stringify(metadata))
          .toSorted();
      await step();
      const stored = versions();
      await step();
      assert.deepEqual(versions(), stored);
    }));

  it('is the same over a time without the management cluster: reads go on, writes say why not', () =>
    withTwo(async (first) => {
      await first.status.put(one, statusOf('a'));
      await first.inventory.put(one, [entryOf('x')]);
      cluster.faults.set([{ kind: 'unreachable' }]);
      await cluster.settled();
      await assert.rejects(first.checkWritable(), { reason: 'StatusStoreUnavailable', status: 503 });
      await assert.rejects(first.status.put(one, statusOf('a', { phase: 'Ready' })), {
        reason: 'StatusStoreUnavailable',
      });
      await assert.rejects(first.inventory.put(one, [entryOf('y')]), { reason: 'StatusStoreUnavailable' });
      assert.equal((await first.status.get(one))?.phase, 'Provisioning');
      assert.equal((await first.inventory.list(one)).length, 1);
      cluster.faults.clear();
      await until(() =>
        first.checkWritable().then(
          () => true,
          () => false,
        ),
      );
      await first.status.put(one, statusOf('a', { phase: 'Ready' }));
      await first.inventory.put(one, [entryOf('y')]);
    }));

  it('is written once when answers are lost', () =>
    withTwo(async (first, second) => {
      cluster.faults.set([{ kind: 'reset', done: true, match: '^(POST|PUT|DELETE) ', probability: 0.5 }]);
      await first.status.put(one, statusOf('a'));
      await first.inventory.put(one, [entryOf('x')]);
      await first.offboardings.put(one, offboardingOf('a', 'one'));
      await first.offboardings.complete(one, receiptOf('a', 'one'));
      cluster.faults.clear();
      await until(async () => (await second.offboardings.receipt(clusterKey('a'))) !== undefined);
      assert.deepEqual(await second.offboardings.receipt(clusterKey('a')), receiptOf('a', 'one'));
      assert.deepEqual(await second.inventory.list(one), []);
    }));

  it('names what the management cluster has no room for', () =>
    withTwo(async ({ status, inventory, checkWritable }) => {
      await status.put(one, statusOf('a'));
      const refuse = (code: number, message: string) =>
        cluster.faults.set([{ kind: 'status', code, message, match: '^(POST|PUT) ' }]);
      refuse(500, 'etcdserver: request is too large');
      await assert.rejects(inventory.put(one, [entryOf('x')]), { reason: 'StateTooLarge', next: 'stalled' });
      refuse(413, 'Request entity too large: limit is 3145728');
      await assert.rejects(inventory.put(one, [entryOf('x')]), { reason: 'StateTooLarge' });
      refuse(500, 'etcdserver: mvcc: database space exceeded');
      await assert.rejects(inventory.put(one, [entryOf('x')]), { reason: 'ManagementStorageFull', next: 'stalled' });
      await assert.rejects(checkWritable(), { reason: 'ManagementStorageFull' });
      cluster.faults.clear();
      assert.deepEqual(await inventory.list(one), []);
      await inventory.put(one, [entryOf('x')]);
      await checkWritable();
    }));

  it('holds an inventory that is larger than an object can be', () =>
    withTwo(async ({ inventory }, second, _holders, namespace) => {
      const random = (): string => Array.from({ length: 8 }, () => Math.random().toString(36).slice(2)).join('');
      const entries = Array.from({ length: 14_000 }, (_, index) =>
        entryOf(`object-${String(index).padStart(5, '0')}`, { uid: random(), hash: random() }),
      );
      await inventory.put(one, entries);
      assert.deepEqual(await second.inventory.list(one), entries);
      const maps = () => cluster.list('v1', 'ConfigMap', namespace).length;
      assert.ok(maps() > 2, String(maps()));
      await inventory.remove(one, entries.slice(10));
      assert.deepEqual(await second.inventory.list(one), entries.slice(0, 10));
      assert.equal(cluster.list('v1', 'ConfigMap', namespace).filter(({ binaryData }) => binaryData).length, 1);
    }));
});

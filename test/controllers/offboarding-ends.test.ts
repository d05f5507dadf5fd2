import { CLUSTER_KIND, clusterRegistration } from '../../src/resources/cluster/cluster-key.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../../src/errors/errors.ts';
import type { OffboardingRecord } from '../../src/resources/cluster/offboarding-record.ts';
import type { OffboardingLedger, State } from '../../src/state/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { verbatim } from '../../src/messages/message.ts';

/** How an off-boarding ends: undone, or in the middle of its last steps. */
describe('the end of an off-boarding', () => {
  const cluster = newClusters({ clusters: 12, tokenCacheMilliseconds: 0 });

  it('a deletion that is undone is forgotten, and the next one begins anew', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    target.faults.set([{ kind: 'stuck-namespace', namespace: 'traefik' }]);
    await loop.delete('one', true);
    await untilRecord(loop, ({ reachedAt }) => reachedAt !== undefined);
    await using clone = await loop.clone();
    await clone.git('revert', '--no-edit', 'HEAD');
    await clone.git('push', '--quiet', 'origin', 'HEAD:main');
    target.faults.clear();
    const restored = await loop.untilReady('one');
    assert.equal(restored.incarnation, incarnation);
    assert.deepEqual(await loop.parts.state.offboardings.list(CLUSTER_KIND), []);
    assert.ok(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'));
    target.faults.set([{ kind: 'unreachable' }]);
    await target.settled();
    await loop.delete('one');
    const again = await untilRecord(loop, ({ startedAt }) => startedAt !== '');
    assert.deepEqual([again.forced, again.reachedAt, again.components], [false, undefined, undefined]);
    target.faults.clear();
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.forced], ['Complete', false]);
  });

  it('a record that has begun is replaced by the next deletion of a cluster that is registered', async () => {
    await using loop = await ControlLoop.start({ settings: { driftMilliseconds: 3_600_000 } });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await loop.putOffboarding({
      cluster: 'one',
      incarnation,
      apiServer: target.server,
      hostCluster: '',
      requestedBy: 'grace',
      requestedAt: '2020-01-01T00:00:00Z',
      requestId: 'undone',
      forced: true,
      commit: 'undone',
      startedAt: '2020-01-01T00:00:00Z',
      components: { removed: [], left: [], remaining: [] },
    });
    const { commit } = await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.commit, receipt.forced], ['Complete', commit, false]);
    assert.equal(receipt.removed.length, receipt.created.length);
    assert.equal(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'), undefined);
  });

  it('names the namespace that stays, also when the end came between the credentials and the receipt', async () => {
    const { promise: ended, reject: end } = Promise.withResolvers<void>();
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const complete = (): Promise<void> => {
      reach();
      return ended;
    };
    await using loop = await ControlLoop.start({
      settings: { graceMilliseconds: 1_500 },
      wrapState: (state) => withComplete(state, complete),
    });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    target.faults.set([{ kind: 'status', code: 403, match: '^DELETE /api/v1/namespaces/nautes-system(\\?|$)' }]);
    await loop.delete('one');
    await reached;
    assert.deepEqual(await loop.parts.secrets.list(AbortSignal.timeout(5_000)), []);
    const shut = loop.shut();
    end(new Error('the process has ended'));
    await shut;
    loop.change({ wrapState: (state) => state });
    await loop.open();
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Incomplete');
    assert.deepEqual(
      receipt.remaining.map(({ kind, name }) => `${kind} ${name}`),
      ['Namespace nautes-system'],
    );
    assert.equal(receipt.removed.length, receipt.created.length - 1);
  });

  it('a receipt that cannot be stored at first is stored later, as true as before', async () => {
    let refusals = 0;
    await using loop = await ControlLoop.start({
      wrapState: (state) =>
        withComplete(state, (registration, receipt) => {
          refusals += 1;
          if (refusals > 1) return state.offboardings.complete(registration, receipt);
          return Promise.reject(new NautesError('StatusStoreUnavailable', { problem: verbatim('the disk is full') }));
        }),
    });
    await loop.save('one', cluster(), hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await loop.delete('one', true); // what is taken for a failure of the cluster would end it at once
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining, refusals], ['Complete', [], 2]);
  });

  it('does not take a credential that has ended before its turn for our own account that is gone', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    target.faults.set([{ kind: 'stuck-namespace', namespace: 'traefik' }]);
    await loop.delete('one');
    const record = await untilRecord(loop, ({ startedAt }) => startedAt !== '');
    await loop.shut();
    for (const secret of target.list('v1', 'Secret', 'nautes-system')) {
      target.delete('v1', 'Secret', 'nautes-system', String((secret['metadata'] as { name?: unknown }).name));
    }
    loop.change({
      wrapState: (state) => {
        const components = { removed: [], left: [], remaining: [] };
        void state.offboardings.put(clusterRegistration(record), { ...record, components });
        return state;
      },
    });
    await loop.open();
    await loop.untilReason('one', 'ClusterUnauthorized');
    await loop.delete('one', true);
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Incomplete');
    assert.ok(receipt.remaining.some(({ kind }) => kind === 'ClusterRoleBinding'));
  });
});

/** The same state, where receipts are stored by this function. */
function withComplete(state: State, complete: OffboardingLedger['complete']): State {
  const offboardings = new Proxy(state.offboardings, {
    get: (target, property) => {
      if (property === 'complete') return complete;
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { ...state, offboardings };
}

function untilRecord(loop: ControlLoop, test: (record: OffboardingRecord) => boolean): Promise<OffboardingRecord> {
  return eventually(
    async () => (await loop.parts.state.offboardings.list(CLUSTER_KIND)).find(test),
    () => 'there is no such record',
  );
}

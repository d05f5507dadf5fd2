import { clusterKey } from '../../src/resources/cluster/cluster-key.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterStatus } from '../../src/resources/cluster/cluster-status.ts';
import type { State, StatusStore } from '../../src/state/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';

/** Counts what is written about statuses, and keeps them. */
class WatchedStatus {
  readonly written: ClusterStatus[] = [];
  /** Called once, after the next status that it is true of was stored and before its writer goes on. */
  next: { readonly is: (status: ClusterStatus) => boolean; readonly act: () => Promise<void> } | undefined;

  wrap = (state: State): State => {
    const { status: store } = state;
    const status: StatusStore = {
      names: (kind) => store.names(kind),
      checked: (key, time) => store.checked(key, time),
      get: (key) => store.get(key),
      list: (kind) => store.list(kind),
      put: async (registration, written) => {
        this.written.push(written);
        await store.put(registration, written);
        const { next } = this;
        if (next?.is(written) !== true) return;
        this.next = undefined;
        await next.act();
      },
      remove: (registration) => store.remove(registration),
    };
    return { ...state, status };
  };

  /** Of a cluster, and of one state of its file where that is given. */
  phases(name: string, generation?: string): string[] {
    const phases = this.written
      .filter(
        (status) => status.name === name && (generation ?? status.observedGeneration) === status.observedGeneration,
      )
      .map(({ phase }) => phase);
    return phases.filter((phase, index) => phase !== phases[index - 1]);
  }
}

describe('status of clusters', () => {
  const cluster = newClusters({ clusters: 11 });

  it('a ready cluster at rest writes no status, makes no event and sends no write, poll after poll', async () => {
    const watched = new WatchedStatus();
    await using loop = await ControlLoop.start({ wrapState: watched.wrap, settings: { driftMilliseconds: 100 } });
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    await loop.runAgain('one'); // ends what the last run has to report
    const [writes, events] = [watched.written.length, (await loop.events('one')).length];
    target.counters.reset();
    await eventually(
      async () => (target.counters.total(/^get \/version/) >= 5 ? true : undefined),
      () => JSON.stringify(target.counters.requests),
    );
    assert.equal(watched.written.length, writes);
    assert.equal((await loop.events('one')).length, events);
    assert.equal(target.counters.total(/^(patch|create|update|delete|deletecollection) /), 0);
    assert.equal(target.counters.openWatches, 0);
  });

  it('holds no connection at rest', async () => {
    await using loop = await ControlLoop.start({ settings: { driftMilliseconds: 3_600_000 } });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    await eventually(
      async () => (target.counters.openConnections === 0 && loop.parts.access.size === 0 ? true : undefined),
      () => `${target.counters.openConnections} connections are open`,
    );
  });

  it('goes from Pending over Provisioning to Ready, and again after a change of the file', async () => {
    const watched = new WatchedStatus();
    await using loop = await ControlLoop.start({ wrapState: watched.wrap });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    assert.deepEqual(watched.phases('one'), ['Pending', 'Provisioning', 'Ready']);
    const gateway = { name: 'traefik', namespace: '', additions: { httpNodePort: '30081' } };
    const { generation } = await loop.save('one', target, { ...hostDraft, components: { gateway } });
    const isDone = (status: Pick<ClusterStatus, 'observedGeneration' | 'phase'>): boolean =>
      status.observedGeneration === generation && status.phase === 'Ready';
    const status = await loop.until('one', isDone, 'ready in the new generation');
    assert.deepEqual(watched.phases('one', generation), ['Provisioning', 'Ready']);
    assert.deepEqual(watched.phases('one'), ['Pending', 'Provisioning', 'Ready', 'Provisioning', 'Ready']);
    assert.equal(
      watched.written.some((each) => each.observedGeneration === generation && each.phase === 'Ready' && !isLast(each)),
      false,
      'never Ready in a generation that was not checked',
    );
    assert.ok(status.entryPoints.some((entry) => entry.endsWith(':30081')));

    function isLast(each: ClusterStatus): boolean {
      return each.entryPoints.some((entry) => entry.endsWith(':30081'));
    }
  });

  it('is not Ready because the run was aborted for another state of the file before all of it was looked at', async () => {
    const watched = new WatchedStatus();
    await using loop = await ControlLoop.start({ wrapState: watched.wrap });
    const target = cluster();
    const gateway = { name: 'traefik', namespace: '', additions: { httpNodePort: '30081' } };
    watched.next = {
      is: ({ kubernetes }) => kubernetes.uid !== '', // the first stage is about to end
      act: async () => void (await loop.save('one', target, { ...hostDraft, components: { gateway } })),
    };
    const { generation } = await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    assert.deepEqual(watched.phases('one', generation), ['Pending']);
    assert.deepEqual(watched.phases('one'), ['Pending', 'Provisioning', 'Ready']);
  });

  it('makes one event for each change', async () => {
    await using loop = await ControlLoop.start({ settings: { driftMilliseconds: 50 } });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    target.faults.set([{ kind: 'unreachable' }]);
    await target.settled();
    await loop.until('one', ({ phase }) => phase === 'Degraded', 'Degraded');
    await loop.runAgain('one', 4);
    target.faults.clear();
    await target.settled();
    await loop.untilReady('one');
    await loop.runAgain('one'); // an event follows the status that it tells of; one too many would be there by now
    const events = (await loop.events('one')).filter(({ subject }) => subject === 'Reachable' || subject === 'Ready');
    assert.deepEqual(
      events.map(({ subject, reason }) => `${subject} ${reason}`),
      [
        'Reachable Reachable',
        'Ready Ready',
        'Reachable ClusterConnectionRefused',
        'Reachable Reachable',
        'Ready Ready',
      ],
    );
  });

  it('a file that cannot be understood is seen, leaves the cluster alone and hurts no other', async () => {
    await using loop = await ControlLoop.start();
    const [target, other] = [cluster(), cluster()];
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await using clone = await loop.clone();
    const good = await clone.read('one');
    await clone.write('one', 'kind: Cluster\nspec: 7\n');
    await clone.write('new', 'this is no cluster\n');
    await clone.push('Break things');
    const broken = await loop.untilReason('one', 'ClusterFileInvalid');
    assert.equal(broken.phase, 'Degraded');
    assert.equal(broken.incarnation, incarnation);
    assert.equal(broken.components[0]?.phase, 'Ready');
    const unknown = await loop.untilReason('new', 'ClusterFileInvalid');
    assert.equal(unknown.phase, 'Failed');
    assert.ok((await loop.events('new')).some(({ reason }) => reason === 'ClusterFileInvalid'));
    await loop.save('two', other, hostDraft);
    await loop.untilReady('two');
    await clone.git('pull', '--quiet', '--rebase', 'origin', 'main');
    await clone.write('one', good);
    await clone.remove('new');
    await clone.push('Mend things');
    await loop.untilReady('one');
    await eventually(
      async () => ((await loop.status('new')) === undefined ? true : undefined),
      () => 'the status of a file without a registration stays',
    );
    assert.equal(await loop.parts.state.offboardings.receipt(clusterKey('new')), undefined);
  });

  it('a save over a file that cannot be understood continues its registration', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.write('one', 'broken\n');
    await clone.push('Break it');
    await loop.untilReason('one', 'ClusterFileInvalid');
    await loop.save('one', target, hostDraft);
    assert.equal((await loop.untilReady('one')).incarnation, incarnation);
  });

  it('an incarnation changed by hand is refused until it is restored', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.edit('one', (text) => text.replace(incarnation, 'another'));
    await clone.push('Change the incarnation');
    assert.equal((await loop.untilReason('one', 'IncarnationChanged')).incarnation, incarnation);
    await clone.edit('one', (text) => text.replace('another', incarnation));
    await clone.push('Restore the incarnation');
    await loop.untilReady('one');
  });
});

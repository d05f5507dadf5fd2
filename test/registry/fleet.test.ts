import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { Fleet } from '../../src/registry/fleet/fleet.ts';
import type { FleetRow } from '../../src/registry/fleet/fleet-row.ts';
import { clusterKey } from '../../src/resources/cluster/cluster-key.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { newClusters } from '../harness/new-clusters.ts';

const signal = new AbortController().signal;

describe('the rows of all clusters', () => {
  const cluster = newClusters({ clusters: 3, tokenCacheMilliseconds: 0 });

  it('follow registrations, their states and their ends, with who changed them last', async () => {
    await using loop = await ControlLoop.start();
    await loop.save('before', cluster());
    await using fleet = fleetOf(loop);
    await fleet.ready();
    assert.equal(fleet.rows.row('before')?.usage, 'worker');

    await loop.save('one', cluster());
    const ready = await fleet.until('one', (row) => row?.phase === 'Ready' && row.commit !== '');
    const { id, time, author } = (await loop.parts.repo.lastCommit({ kind: 'Cluster' }, 'one', signal)) ?? {};
    assert.deepEqual([ready?.commit, ready?.changedAt, ready?.changedBy], [id, time, author]);
    assert.ok((ready?.components.length ?? 0) > 0);
    await fleet.until('before', (row) => row?.commit !== '');

    const seen: string[] = [];
    fleet.rows.onChange(() => seen.push(fleet.rows.row('one')?.phase ?? 'gone'));
    await loop.delete('one');
    await fleet.until('one', (row) => row === undefined);
    assert.ok(seen.includes('Deleting'), seen.join());
    assert.deepEqual(
      fleet.rows.rows().map(({ name }) => name),
      ['before'],
    );
  });

  it('are told once for many changes, with the last state, and not for what says the same', async () => {
    await using loop = await ControlLoop.start();
    await loop.save('one', cluster());
    await loop.untilReady('one');
    await using fleet = fleetOf(loop);
    await fleet.ready();
    await fleet.until('one', (row) => row?.commit !== '');
    const { status } = loop.parts.state;
    const present = await status.get(clusterKey('one'));
    assert.ok(present);
    const registration = { ...clusterKey('one'), incarnation: present.incarnation };
    const { revision } = fleet.rows;
    const told: number[] = [];
    fleet.rows.onChange(() => told.push(fleet.rows.revision));
    for (let index = 0; index < 50; index += 1) {
      await status.put(registration, { ...present, kubernetes: { version: `v1.36.${index}`, uid: '' } });
    }
    await fleet.until('one', (row) => row?.kubernetesVersion === 'v1.36.49');
    assert.ok(told.length <= 3, `${told.length} times`);
    assert.deepEqual(fleet.rows.changedSince(revision), ['one']);
  });
});

interface FollowedFleet extends AsyncDisposable {
  readonly rows: Fleet;
  readonly ready: () => Promise<void>;
  /** The row when the condition holds. */
  readonly until: (name: string, holds: (row: FleetRow | undefined) => boolean) => Promise<FleetRow | undefined>;
}

function fleetOf(loop: ControlLoop): FollowedFleet {
  const rows = new Fleet({ repo: loop.parts.repo, state: loop.parts.state, logger: silentLogger });
  return {
    rows,
    ready: () => rows.ready(signal),
    until: async (name, holds) => {
      while (!holds(rows.row(name))) {
        await new Promise<void>((resolve) => {
          const stop = rows.onChange(() => {
            stop();
            resolve();
          });
        });
      }
      return rows.row(name);
    },
    [Symbol.asyncDispose]: () => rows.close(),
  };
}

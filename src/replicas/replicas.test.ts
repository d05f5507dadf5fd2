import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Random } from '../../test/fault-run/random.ts';
import { bucketLeaseName } from './lease.ts';
import { BUCKETS, DURATION_MILLISECONDS } from './protocol.ts';
import { SimulatedReplica } from './testing/simulated-replica.ts';
import { SimulatedServer } from './testing/simulated-server.ts';
import { VirtualTime } from './testing/virtual-time.ts';
import { keys, ownersOf, WorkLog } from './testing/work-log.ts';

const STEP = 200;
/** Histories with everything in them; more of them when a number is given. */
const SEEDS = Number(process.env.NAUTES_REPLICA_SEEDS ?? '3');
/** What a failed replica's work may wait for: its duration, a look and the messages. */
const TAKE_OVER_MILLISECONDS = DURATION_MILLISECONDS + 2_000;

class World {
  readonly time = new VirtualTime();
  readonly server = new SimulatedServer();
  readonly replicas: SimulatedReplica[] = [];
  readonly log = new WorkLog();
  readonly random: Random;

  constructor(seed: string) {
    this.random = new Random(seed);
  }

  start(
    options: { readonly rate?: number; readonly latency?: number; readonly works?: boolean } = {},
  ): SimulatedReplica {
    const { time, server } = this;
    const name = `r${this.replicas.length}`;
    const source = this.random.fork(name);
    const replica = new SimulatedReplica({ name, time, server, random: () => source.next(), ...options });
    this.replicas.push(replica);
    return replica;
  }

  async run(milliseconds: number): Promise<void> {
    const end = this.time.now + milliseconds;
    while (this.time.now < end) {
      await this.time.runUntil(Math.min(end, this.time.now + STEP));
      this.log.record(this.replicas, this.time.now);
    }
  }

  /** Numbers of buckets by replica, when each bucket has exactly one. */
  shares(): Readonly<Record<string, number>> {
    const shares: Record<string, number> = {};
    for (const owners of ownersOf(this.replicas)) {
      const name = owners.length === 1 ? (owners[0] ?? '') : `${owners.length} owners`;
      shares[name] = (shares[name] ?? 0) + 1;
    }
    return shares;
  }

  check(): void {
    assert.deepEqual(this.log.problems.slice(0, 5), []);
  }
}

describe('replicas that share the work by Leases', () => {
  it('have equal shares when all start at once', async () => {
    const world = new World('start');
    for (let count = 0; count < 3; count += 1) world.start();
    await world.run(8_000);
    assert.ok(hasFairShares(world));
    world.check();
  });

  it('give a new one its share, and nothing that is not for it', async () => {
    const world = new World('more');
    world.start();
    world.start();
    await world.run(8_000);
    const before = ownersOf(world.replicas);
    const third = world.start();
    await world.run(8_000);
    assert.ok(hasFairShares(world));
    const after = ownersOf(world.replicas);
    const moved = after.filter(([owner], index) => owner !== before[index]?.[0]);
    assert.ok(moved.length <= 22 + 12, `${moved.length} of ${BUCKETS} have moved`);
    assert.ok(moved.filter(([owner]) => owner === third.name).length >= 21);
    world.check();
  });

  it('take over from one that was killed when it has not renewed for its duration', async () => {
    const world = new World('kill');
    const [killed] = [world.start(), world.start(), world.start()];
    await world.run(8_000);
    killed.kill();
    await world.run(6_000);
    assert.equal(world.shares()['0 owners'], 21 + (world.shares()['0 owners'] === 22 ? 1 : 0));
    await world.run(TAKE_OVER_MILLISECONDS - 6_000);
    assert.deepEqual(world.shares(), { r1: 32, r2: 32 });
    world.check();
  });

  it('stop by themselves when they were paused, and begin again under another name', async () => {
    const world = new World('pause');
    const [paused] = [world.start(), world.start(), world.start()];
    await world.run(8_000);
    const before = paused.replica.name;
    paused.pause(25_000);
    await world.run(TAKE_OVER_MILLISECONDS);
    assert.deepEqual(world.shares(), { r1: 32, r2: 32 });
    await world.run(25_000);
    assert.notEqual(paused.replica.name, before);
    assert.ok(hasFairShares(world));
    world.check();
  });

  it('tell of what they had as lost and gained when no timer has seen that they were fenced for a moment', async () => {
    const world = new World('moment');
    const only = world.start();
    await world.run(8_000);
    const told: string[] = [];
    only.replica.onChange(({ gained, lost }) => {
      told.push(`${keys.filter(lost).length} lost, ${keys.filter(gained).length} gained`);
      return Promise.resolve();
    });
    const { writes } = world.server;
    while (world.server.writes === writes) await world.time.runUntil(world.time.now + 10);
    only.pause(6_000); // the answer to the renewal comes before the timer of the fence, which has fallen by then
    await world.run(8_000);
    assert.deepEqual(told, [`${BUCKETS} lost, 0 gained`, `0 lost, ${BUCKETS} gained`]);
    assert.deepEqual(world.shares(), { r0: BUCKETS });
  });

  it('keep what they have when the API server is away, and work on nothing meanwhile', async () => {
    const world = new World('away');
    for (let count = 0; count < 3; count += 1) world.start();
    await world.run(8_000);
    const before = ownersOf(world.replicas);
    for (const replica of world.replicas) replica.cut(9_000, false);
    await world.run(8_000);
    assert.deepEqual(world.shares(), { '0 owners': BUCKETS });
    await world.run(6_000);
    assert.deepEqual(ownersOf(world.replicas), before);
    world.check();
  });

  it('hand over at once when one ends as it should', async () => {
    const world = new World('end');
    const [ended] = [world.start(), world.start(), world.start()];
    await world.run(8_000);
    void ended.stop();
    await world.run(1_500);
    assert.deepEqual(world.shares(), { r1: 32, r2: 32 });
    world.check();
  });

  it('wait for the duration when the Lease of one was removed by others', async () => {
    const world = new World('removed');
    const [removed] = [world.start(), world.start(), world.start()];
    await world.run(8_000);
    removed.kill();
    world.server.destroy(removed.replica.name);
    await world.run(8_000);
    assert.ok((world.shares()['0 owners'] ?? 0) >= 21);
    await world.run(TAKE_OVER_MILLISECONDS - 8_000);
    assert.deepEqual(world.shares(), { r1: 32, r2: 32 });
    world.check();
  });

  it('work on a bucket that they gave back without an answer when it is theirs again', async () => {
    const world = new World('given back');
    const first = world.start();
    await world.run(8_000);
    const second = world.start();
    const stop = world.server.watch((_name, lease) => {
      if (lease?.role !== 'bucket' || lease.holder !== '') return;
      stop();
      first.cut(3_000, false);
      void second.stop();
    });
    await world.run(TAKE_OVER_MILLISECONDS);
    assert.deepEqual(world.shares(), { r0: BUCKETS });
    world.check();
  });

  it('leave a bucket to another that takes it between the look and the write', async () => {
    const world = new World('between');
    const last = bucketLeaseName(BUCKETS - 1);
    const other = { holder: 'other', renewTime: '', annotations: {}, resourceVersion: '' };
    const stop = world.server.watch((_name, lease) => {
      if (lease?.role !== 'bucket') return;
      stop();
      world.server.create({ ...other, name: 'other', role: 'member', epoch: 0 });
      world.server.create({ ...other, name: last, role: 'bucket', epoch: 1 });
    });
    world.start();
    await world.run(8_000);
    assert.equal(world.server.get(last)?.holder, 'other');
  });

  it('write nothing at rest but their own Leases', async () => {
    const world = new World('rest');
    for (let count = 0; count < 3; count += 1) world.start();
    await world.run(20_000);
    const before = world.server.writes;
    await world.run(30_000);
    assert.ok(world.server.writes - before <= 33, `${world.server.writes - before} writes`);
  });

  it('give no work to one that only serves the API', async () => {
    const world = new World('roles');
    world.start({ works: false });
    world.start();
    await world.run(8_000);
    assert.deepEqual(world.shares(), { r1: BUCKETS });
  });

  it('never go back to an earlier epoch when the data base of the API server does', async () => {
    const world = new World('restore');
    world.start();
    world.start();
    await world.run(8_000);
    const restore = world.server.backup();
    world.start();
    await world.run(10_000);
    for (const replica of world.replicas) replica.cut(12_000, false);
    await world.run(6_000);
    restore();
    await world.run(60_000);
    assert.ok(hasFairShares(world));
    world.check();
  });

  for (let seed = 1; seed <= SEEDS; seed += 1) {
    it(`never work on a bucket at the same time, whatever happens (seed ${seed})`, async () => {
      const world = new World(`any ${seed}`);
      const { random } = world;
      const startOne = () => world.start({ rate: random.between(0.9, 1.1), latency: random.pick([20, 300, 1_500]) });
      for (let count = 0; count < 3; count += 1) startOne();
      for (let step = 0; step < 25; step += 1) {
        await world.run(random.between(200, 9_000));
        const alive = world.replicas.filter(({ isDead, isStopping }) => !isDead && !isStopping);
        if (alive.length < 2) alive.push(startOne());
        disturb(world, random.pick(alive), startOne);
      }
      await world.run(60_000);
      assert.ok(
        ownersOf(world.replicas).every((owners) => owners.length === 1),
        JSON.stringify(world.shares()),
      );
      world.check();
    });
  }
});

/** Three replicas have all of it, and none has more than its share. */
function hasFairShares(world: World): boolean {
  const shares = world.shares();
  return Object.keys(shares).every((name) => !name.includes('owners')) && Math.max(...Object.values(shares)) === 22;
}

function disturb({ random, server, replicas }: World, replica: SimulatedReplica, startOne: () => void): void {
  random.weighted<() => void>([
    [3, () => replica.pause(random.between(500, 30_000))],
    [3, () => replica.cut(random.between(500, 30_000), random.chance(0.5))],
    [2, () => replica.kill()],
    [2, () => void replica.stop()],
    [2, startOne],
    [1, () => server.destroy(replica.replica.name)],
    [1, () => replicas.forEach((each) => each.cut(12_000, random.chance(0.5)))],
  ])();
}

it('there is a key of each bucket', () => assert.equal(keys.length, BUCKETS));

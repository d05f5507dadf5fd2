import assert from 'node:assert/strict';
import { after as tearDown, before as setUp, describe, it } from 'node:test';
import { sleep } from '../../src/base/async/timing.ts';
import { DURATION_MILLISECONDS } from '../../src/replicas/protocol.ts';
import type { ManagementPlace, ManagementSource } from '../harness/replicas/management-place.ts';
import { ReplicaBed, type ReplicaProcess } from '../harness/replicas/replica-bed.ts';
import { LAG_MILLISECONDS } from '../harness/replicas/request-log.ts';
import { PATIENCE_MILLISECONDS, waitUntil } from '../harness/wait-until.ts';

const CLUSTERS = 6;

interface Surroundings {
  readonly skip: string | false;
  readonly bed: () => ReplicaBed;
}

/** A bed of three replicas, for the tests of the suite that calls this. */
function threeReplicas(source: ManagementSource): Surroundings {
  const skip = source.unavailable ?? false;
  let place: ManagementPlace | undefined;
  let bed: ReplicaBed | undefined;
  setUp(async () => {
    if (skip !== false) return;
    place = await source.open();
    bed = await ReplicaBed.open({ management: place, targets: CLUSTERS });
    const [first] = await bed.startAll(3);
    assert.ok(first);
    const { replicas } = bed;
    for (let index = 1; index <= CLUSTERS; index += 1) {
      await bed.register(replicas[index % replicas.length] ?? first, `c${index}`, index);
    }
  });
  tearDown(async () => {
    await bed?.[Symbol.asyncDispose]();
    await place?.[Symbol.asyncDispose]();
  });
  return {
    skip,
    bed: () => {
      assert.ok(bed);
      return bed;
    },
  };
}

/** Another replica than the one. */
function other(bed: ReplicaBed, than: ReplicaProcess): ReplicaProcess {
  const found = bed.replicas.find((replica) => replica !== than && replica.process.pid !== undefined);
  assert.ok(found);
  return found;
}

/** Every cluster is worked on again, by the one that has it: its drift is looked for after this call. */
async function allLookedAt(bed: ReplicaBed): Promise<void> {
  const before = new Map([...bed.names.values()].map((index) => [index, bed.log.of(index).length]));
  for (const [name, index] of bed.names) {
    await waitUntil(
      () => `a look at ${name} by its owner\n${bed.describe(name)}`,
      async () => {
        const holder = bed.history.ownerOf(name);
        const since = bed.log.of(index).slice(before.get(index));
        return holder !== '' && since.some(({ member }) => member === holder);
      },
    );
  }
  assert.deepEqual(bed.strangers(), []);
}

/** Replicas as they share the work, and as one of them ends. */
export function describeEnds(source: ManagementSource): void {
  describe(`replicas that end, on ${source.name}`, () => {
    const { skip, bed } = threeReplicas(source);

    it('share the clusters from the start, and each is worked on by the one that has it', { skip }, async () => {
      await allLookedAt(bed());
      assert.ok(new Set([...bed().names.keys()].map((name) => bed().history.ownerOf(name))).size > 1);
    });

    it('take over from one that was killed, not before its Lease has expired', { skip }, async () => {
      const killed = await bed().owner('c1');
      const member = killed.member();
      const lastSeen = () => bed().history.leases.find(({ name }) => name === member)?.renewTime ?? '';
      await killed.process.kill();
      const renewed = Date.parse(lastSeen());
      await bed().shared(2);
      const [first] = bed()
        .history.tenuresOf('c1')
        .filter(({ from, holder }) => from > renewed && holder !== member);
      assert.ok(first);
      assert.ok(first.from - renewed >= DURATION_MILLISECONDS, 'it was taken from a holder that may have lived');
      await allLookedAt(bed());
      await killed.process.start();
      await bed().shared(3);
      await allLookedAt(bed());
    });

    it('take over from one that ends as it should, and it leaves nothing behind', { skip }, async () => {
      const ended = await bed().owner('c2');
      const member = ended.member();
      const { code } = await ended.process.stop();
      assert.equal(code, 0);
      await bed().shared(2);
      assert.ok(!bed().history.members.includes(member));
      await allLookedAt(bed());
      await ended.process.start();
      await bed().shared(3);
    });

    it('are replaced one after the other while clusters are saved, and nothing is lost', { skip }, async () => {
      for (const replica of bed().replicas) {
        await replica.process.stop();
        const client = await bed().client(other(bed(), replica));
        const { status, body } = await client.save('c3', { ...bed().worker(3), usage: 'worker' });
        assert.equal(status, 200, JSON.stringify(body));
        await replica.process.start();
        await bed().shared(3);
      }
      for (const name of bed().names.keys()) {
        for (const replica of bed().replicas) await (await bed().client(replica)).waitForPhase(name, 'Ready');
      }
      await allLookedAt(bed());
    });
  });
}

/** Replicas that cannot renew their Leases. */
export function describeCuts(source: ManagementSource): void {
  describe(`replicas that are cut off, on ${source.name}`, () => {
    const { skip, bed } = threeReplicas(source);

    it('do nothing more when they were paused, and begin again as new members', { skip }, async () => {
      const paused = await bed().owner('c1');
      const before = paused.member();
      paused.process.pause();
      await bed().shared(2);
      paused.process.resume();
      await bed().shared(3);
      assert.notEqual(paused.member(), before);
      assert.match(paused.process.output, /no member any more/);
      await allLookedAt(bed());
    });

    it('stop by themselves when the network is cut, before others take over', { skip }, async () => {
      const cut = await bed().owner('c2');
      const before = cut.member();
      cut.proxy.cut();
      await bed().shared(2);
      await allLookedAt(bed());
      assert.match(cut.process.output, /all work stops/);
      cut.proxy.heal();
      await bed().shared(3);
      assert.notEqual(cut.member(), before);
      await allLookedAt(bed());
    });

    it('touch no cluster while the management cluster is away, and go on with what they had', { skip }, async () => {
      const owners = () => [...bed().names.keys()].map((name) => bed().history.ownerOf(name));
      const before = owners();
      const fences = () => bed().replicas.map(({ process }) => process.output.split('all work stops').length);
      const earlier = fences();
      await bed().management.setReachable(false);
      await waitUntil('every replica has fenced itself', async () =>
        fences().every((count, index) => count > (earlier[index] ?? 0)),
      );
      const fenced = Date.now();
      await sleep(DURATION_MILLISECONDS); // in which drift would be looked for, and work taken over
      const late = bed().log.requests.filter(({ member, at }) => member !== '' && at > fenced + LAG_MILLISECONDS);
      assert.deepEqual(late, []);
      const client = await bed().client(other(bed(), await bed().owner('c1')));
      assert.equal((await client.request('GET', '/api/v1/clusters/c1')).status, 200);
      const refused = await client.save('c1', bed().worker(1));
      assert.equal(refused.status, 503, JSON.stringify(refused.body));
      await bed().management.setReachable(true);
      await allLookedAt(bed());
      assert.deepEqual(owners(), before);
    });
  });
}

/** The API at any replica. */
export function describeApi(source: ManagementSource): void {
  describe(`the API of replicas, on ${source.name}`, () => {
    const { skip, bed } = threeReplicas(source);

    it('reads at one what was just answered by another', { skip }, async () => {
      const [one, two] = bed().replicas;
      assert.ok(one && two);
      const [first, second] = [await bed().client(one), await bed().client(two)];
      for (let round = 0; round < 5; round += 1) {
        const saved = await first.save('c1', { ...bed().worker(1), entry_point_names: [`e${round}`] });
        assert.equal(saved.status, 200, JSON.stringify(saved.body));
        await waitUntil('the other has the commit', async () => {
          const { headers } = await second.request('GET', '/api/v1/clusters/c1');
          return headers.get('etag')?.includes(String(saved.body['generation'])) === true;
        });
      }
    });

    it('knows the session of a browser that was begun at another', { skip }, async () => {
      const [one, two] = bed().replicas;
      assert.ok(one && two);
      const { token } = await bed().client(one);
      const headers = { 'x-nautes-console': '1', 'content-type': 'application/json' };
      const begun = await fetch(`${one.process.url}/api/v1/session`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ token }),
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      });
      assert.equal(begun.status, 200, await begun.text());
      const [, sealed] = /^[^=]+=([^;]+);/.exec(begun.headers.get('set-cookie') ?? '') ?? [];
      // Behind one address they have one port, which is in the name of the cookie.
      const cookie = `nautes-${new URL(two.process.url).port}=${sealed ?? ''}`;
      const known = await fetch(`${two.process.url}/api/v1/fleet`, {
        headers: { ...headers, cookie },
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      });
      assert.equal(known.status, 200, await known.text());
    });

    it('carries out at the owner what is asked of another', { skip }, async () => {
      const owner = await bed().owner('c2');
      const client = await bed().client(other(bed(), owner));
      const before = bed().log.of(2).length;
      const { status, body } = await client.request('POST', '/api/v1/clusters/c2/sync');
      assert.equal(status, 200, JSON.stringify(body));
      await waitUntil('the owner has looked', async () =>
        bed()
          .log.of(2)
          .slice(before)
          .some(({ member }) => member === owner.member()),
      );
      await waitUntil('the request is taken', async () => bed().history.leases.every(({ role }) => role !== 'look'));
    });

    it('deletes a cluster of another, and every replica has the receipt', { skip }, async () => {
      const owner = await bed().owner('c3');
      const client = await bed().client(other(bed(), owner));
      const { incarnation } = (await client.status('c3')) ?? { incarnation: '' };
      const { status, body } = await client.delete('c3');
      assert.equal(status, 200, JSON.stringify(body));
      for (const replica of bed().replicas) {
        const receipt = await (await bed().client(replica)).waitForReceipt('c3', incarnation);
        assert.deepEqual(receipt.incarnation, incarnation);
      }
      assert.deepEqual(bed().strangers(), []);
      bed().names.delete('c3');
    });

    it('continues an event stream at another replica', { skip }, async () => {
      const [one, two] = bed().replicas;
      assert.ok(one && two);
      const [first, second] = [await bed().client(one), await bed().client(two)];
      const last = (await first.events('c4')).at(-1);
      assert.ok(last);
      const { status, body } = await first.request('POST', '/api/v1/clusters/c4/sync');
      assert.equal(status, 200, JSON.stringify(body));
      const text = await readStream(`${two.process.url}/api/v1/clusters/c4/events`, second.token, last.id);
      const next = Number(/^id: (\d+)$/m.exec(text)?.[1]);
      assert.ok(next > last.id);
    });
  });
}

/** What a stream that continues after an event tells, until it tells of the request for a look. */
async function readStream(url: string, token: string, after: number): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'last-event-id': String(after) };
  const reply = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) });
  assert.equal(reply.status, 200);
  assert.ok(reply.body);
  let text = '';
  const decoder = new TextDecoder();
  for await (const part of reply.body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(part, { stream: true });
    if (text.includes('SyncRequested')) break;
  }
  return text;
}

/** Who may be a replica, and what the data base of the API server may forget. */
export function describeIdentity(source: ManagementSource): void {
  describe(`the identity of replicas, on ${source.name}`, () => {
    const { skip, bed } = threeReplicas(source);

    it('is one installation: a server with another repository does not start', { skip }, async () => {
      const git = { remote: 'file:///another/repository.git', pollSeconds: 3600 };
      await assert.rejects(bed().start({ git }), /belongs to installation .*another\/repository\.git/s);
      await allLookedAt(bed());
    });

    it('ends with the account of its token: the process says so, and the others take over', { skip }, async () => {
      const kubeconfig = await bed().serviceAccount('replica');
      const replica = await bed().start({}, kubeconfig);
      await bed().shared(4);
      const ended = replica.process.ended();
      await bed().removeServiceAccount('replica');
      assert.equal(await ended, 1);
      assert.match(replica.process.output, /ManagementTokenRefused/);
      await bed().shared(3);
      await allLookedAt(bed());
    });

    // A watch that is resumed at a version from before the restore hears nothing: servers and this test have to be started
    // again after one, until reflectors notice that versions went back.
    it('begins again when the data base of the API server was restored', { skip }, async () => {
      const { backup } = bed().management;
      if (backup === undefined) return;
      await backup.keep();
      const stopped = bed().replicas[0];
      assert.ok(stopped);
      await stopped.process.stop();
      await bed().shared(2);
      const members = bed().history.members;
      const renewals = () => bed().history.leases.map(({ name, renewTime }) => `${name} ${renewTime}`);
      const kept = renewals();
      // A member whose Lease comes back as it left it has lost nothing, and stays.
      await waitUntil('all have renewed their Leases since', async () =>
        members.every((name) => !kept.some((text) => text.startsWith(name) && renewals().includes(text))),
      );
      await backup.restore(DURATION_MILLISECONDS);
      await waitUntil('there are new members', async () =>
        bed().history.members.every((name) => !members.includes(name)),
      );
      await bed().shared(2);
      await allLookedAt(bed());
    });
  });
}

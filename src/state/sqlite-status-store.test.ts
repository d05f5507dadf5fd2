import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../errors/errors.ts';
import { silentLogger } from '../base/logger.ts';
import type { ClusterEvent } from '../resources/event.ts';
import { EVENTS_KEPT_PER_CLUSTER } from './event-log.ts';
import { GONE_KEPT_MILLISECONDS, SqliteStatusStore } from './sqlite-status-store.ts';
import {
  describeStatusStoreContract,
  entryOf,
  eventOf,
  offboardingOf,
  receiptOf,
  statusOf,
} from './status-store.contract.ts';

async function newFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'nautes-status-')), 'status', 'status.db');
}

function remove(file: string): Promise<void> {
  return rm(dirname(dirname(file)), { recursive: true, force: true });
}

async function withFile(test: (file: string) => Promise<void>): Promise<void> {
  const file = await newFile();
  try {
    await test(file);
  } finally {
    await remove(file);
  }
}

function openStore(file: string, now?: () => number): Promise<SqliteStatusStore> {
  return SqliteStatusStore.open({ file, logger: silentLogger, ...(now !== undefined && { clock: { now } }) });
}

function change(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

describeStatusStoreContract('SqliteStatusStore', async () => {
  const file = await newFile();
  return { open: () => openStore(file), cleanUp: () => remove(file) };
});

describe('SqliteStatusStore', () => {
  it('makes files that only their owner can read', () =>
    withFile(async (file) => {
      const store = await openStore(file);
      const directory = dirname(file);
      assert.deepEqual((await readdir(directory)).toSorted(), ['status.db', 'status.db-shm', 'status.db-wal']);
      for (const name of await readdir(directory)) assert.equal((await stat(join(directory, name))).mode & 0o077, 0);
      await store.close();
      assert.deepEqual(await readdir(directory), ['status.db']);
    }));

  it('refuses a database of a newer program and leaves it as it is', () =>
    withFile(async (file) => {
      await (await openStore(file)).close();
      change(file, 'PRAGMA user_version = 99');
      const before = await readFile(file);
      await assert.rejects(openStore(file), (error: unknown) => {
        assert.ok(error instanceof NautesError);
        assert.equal(error.reason, 'StatusStoreTooNew');
        assert.match(error.message, /has version 99, this program knows versions up to 1$/);
        return true;
      });
      assert.deepEqual(await readFile(file), before);
    }));

  it("refuses another program's database", () =>
    withFile(async (file) => {
      await (await openStore(file)).close();
      await rm(file);
      change(file, 'CREATE TABLE other (x)');
      await assert.rejects(openStore(file), { reason: 'StatusStoreForeign' });
      await rm(file);
      change(file, 'PRAGMA application_id = 7; PRAGMA user_version = 1');
      await assert.rejects(openStore(file), { reason: 'StatusStoreForeign' });
    }));

  it('refuses a damaged database with what can be done, and never begins anew by itself', () =>
    withFile(async (file) => {
      const store = await openStore(file);
      const entries = Array.from({ length: 500 }, (_, index) => entryOf(`object-${index}`));
      await store.putInventory('one', entries);
      await store.close();
      const intact = await readFile(file);
      const damages: readonly ((content: Buffer) => Buffer)[] = [
        (content) => Buffer.concat([Buffer.from('x'.repeat(100)), content.subarray(100)]),
        (content) => content.subarray(0, content.length - 3 * 4096),
        (content) => Buffer.concat([content.subarray(0, 4096), Buffer.alloc(content.length - 4096, 0x5a)]),
      ];
      for (const damage of damages) {
        const damaged = damage(intact);
        await writeFile(file, damaged);
        await assert.rejects(openStore(file), (error: unknown) => {
          assert.ok(error instanceof NautesError);
          assert.equal(error.reason, 'StatusStoreDamaged');
          assert.equal(error.next, 'stalled');
          assert.ok(error.message.includes(file));
          assert.match(error.remedy, /backup/);
          return true;
        });
        assert.deepEqual(await readFile(file), damaged);
      }
    }));

  it('says that the database is damaged when that shows only later', () =>
    withFile(async (file) => {
      const store = await openStore(file);
      const entries = Array.from({ length: 5000 }, (_, index) =>
        entryOf(`object-${index}`, { hash: 'x'.repeat(3000) }),
      );
      await store.putInventory('one', entries);
      await store.close();
      const again = await openStore(file);
      const handle = await open(file, 'r+');
      const { size } = await handle.stat();
      await handle.write(Buffer.alloc(size - 40 * 4096, 0x5a), 0, size - 40 * 4096, 40 * 4096);
      await handle.close();
      await assert.rejects(again.inventory('one'), { reason: 'StatusStoreDamaged' });
      await again.close().catch(() => {});
    }));

  it('says that the store cannot be used when the file system refuses', () =>
    withFile(async (file) => {
      await writeFile(dirname(file), 'a file in its place');
      await assert.rejects(openStore(file), { reason: 'StatusStoreUnavailable' });
    }));

  it('undoes a change that fails in the middle, and goes on', () =>
    withFile(async (file) => {
      const store = await openStore(file);
      const broken = { ...entryOf('b'), uid: undefined as unknown as string };
      await assert.rejects(store.putInventory('one', [entryOf('a'), broken]));
      assert.deepEqual(await store.inventory('one'), []);
      await assert.rejects(store.addEvent({ ...eventOf('a'), reason: undefined as unknown as string }));
      assert.equal((await store.eventsAfter(0, 'a', 10)).latest, 0);
      await store.putInventory('one', [entryOf('a')]);
      await store.addEvent(eventOf('a'));
      await store.close();
    }));

  it('forgets events and receipts of a name long after it is gone, unless it is registered again', () =>
    withFile(async (file) => {
      let now = Date.parse('2030-01-01T00:00:00Z');
      const store = await openStore(file, () => now);
      const completedAt = new Date(now).toISOString();
      for (const cluster of ['gone', 'registered']) {
        await store.addEvent(eventOf(cluster));
        await store.complete(receiptOf(cluster, 'one', { completedAt }));
      }
      await store.putStatus(statusOf('registered', { incarnation: 'two' }));
      now += GONE_KEPT_MILLISECONDS;
      await store.complete(receiptOf('other', 'one', { completedAt: new Date(now).toISOString() }));
      assert.ok(await store.receipt('gone'));
      now += 1000;
      await store.complete(receiptOf('other', 'two', { completedAt: new Date(now).toISOString() }));
      assert.equal(await store.receipt('gone'), undefined);
      assert.ok(await store.receipt('registered'));
      assert.deepEqual((await store.eventsAfter(0, 'registered', 10)).complete, true);
      const page = await store.eventsAfter(0, 'gone', 10);
      assert.deepEqual([page.events, page.complete], [[], false]);
      await store.close();
    }));

  it('keeps ten receipts of a name', () =>
    withFile(async (file) => {
      const store = await openStore(file);
      for (let count = 1; count <= 15; count += 1) await store.complete(receiptOf('a', String(count)));
      await store.close();
      const database = new DatabaseSync(file, { readOnly: true });
      const rows = database.prepare('SELECT incarnation FROM receipts ORDER BY id').all();
      database.close();
      const expected = ['6', '7', '8', '9', '10', '11', '12', '13', '14', '15'];
      assert.deepEqual(
        rows.map((row) => row.incarnation),
        expected,
      );
    }));

  it('can be looked into by another program while it works', () =>
    withFile(async (file) => {
      const store = await openStore(file);
      await store.putStatus(statusOf('a'));
      const database = new DatabaseSync(file, { readOnly: true });
      assert.equal(database.prepare('SELECT count(*) AS count FROM statuses').get()?.count, 1);
      await store.putStatus(statusOf('b'));
      assert.equal(database.prepare('SELECT count(*) AS count FROM statuses').get()?.count, 2);
      database.close();
      await store.putOffboarding(offboardingOf('a', 'one'));
      await store.close();
    }));

  it('answers about events as if it had kept all and knew which ones to hide', () =>
    withFile(async (file) => {
      const store = await openStore(file);
      const all: ClusterEvent[] = [];
      const bursts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 250 })), {
        maxLength: 5,
      });
      const question = fc.tuple(fc.constantFrom('a', 'b', 'c', undefined), fc.nat(1500), fc.nat(1000));
      await fc.assert(
        fc.asyncProperty(bursts, fc.array(question), async (added, questions) => {
          const names = added.flatMap(([cluster, count]) => Array.from({ length: count }, () => cluster));
          all.push(...(await Promise.all(names.map((cluster) => store.addEvent(eventOf(cluster))))));
          const latest = all.at(-1)?.id ?? 0;
          const visible = lastOfEachCluster(all);
          for (const [cluster, back, limit] of questions) {
            const id = Math.max(0, latest - back);
            const asked = all.filter((event) => event.id > id && (cluster ?? event.cluster) === event.cluster);
            const kept = asked.filter((event) => visible.has(event));
            const page = await store.eventsAfter(id, cluster, limit);
            assert.deepEqual(page, { events: kept.slice(0, limit), complete: kept.length === asked.length, latest });
          }
        }),
        { numRuns: 10 },
      );
      await store.close();
    }));

  it('has everything it said to have stored after SIGKILL', () =>
    withFile(async (file) => {
      const child = startWriter(file);
      const lines = await linesUntilKilled(child, 20);
      const store = await openStore(file);
      try {
        const last = Number(lines.at(-1));
        assert.ok(last >= 20);
        const inventory = await store.inventory('one');
        assert.ok(inventory.length >= last * 60 && inventory.length % 60 === 0, `${inventory.length} for ${last}`);
        assert.ok((await store.eventsAfter(0, undefined, 1000)).latest >= last);
        assert.ok((await store.status('a')) !== undefined);
      } finally {
        await store.close();
      }
    }));
});

/** The events that are kept. */
function lastOfEachCluster(all: readonly ClusterEvent[]): Set<ClusterEvent> {
  const ofClusters = Map.groupBy(all, (event) => event.cluster).values();
  return new Set([...ofClusters].flatMap((events) => events.slice(-EVENTS_KEPT_PER_CLUSTER)));
}

const WRITER = `
  const { SqliteStatusStore } = await import(process.argv[1]);
  const { entryOf, eventOf, statusOf } = await import(process.argv[2]);
  const { silentLogger } = await import(process.argv[3]);
  const store = await SqliteStatusStore.open({ file: process.argv[4], logger: silentLogger });
  for (let count = 1; ; count += 1) {
    const entries = Array.from({ length: 60 }, (_, index) => entryOf(count + '-' + index));
    await Promise.all([
      store.putInventory('one', entries), store.addEvent(eventOf('a')), store.putStatus(statusOf('a')),
    ]);
    process.stdout.write(count + '\\n');
  }
`;

/** A process that writes without end and prints each round once it is stored. */
function startWriter(file: string): ChildProcess {
  const modules = ['./sqlite-status-store.ts', './status-store.contract.ts', '../base/logger.ts'].map(
    (path) => new URL(path, import.meta.url).href,
  );
  return spawn(process.execPath, ['--input-type=module', '--eval', WRITER, '--', ...modules, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function linesUntilKilled(child: ChildProcess, count: number): Promise<string[]> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return output.split('\n').slice(0, -1);
}

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { actionFromJson, messageFromJson } from '../../messages/from-json.ts';
import { verbatim } from '../../messages/message.ts';
import { CLUSTER_KIND, clusterKey, clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import { entryOf, eventOf, receiptOf, registrationOf } from '../testing/samples.ts';
import { execute, openState, query, withFile } from './testing/database-file.ts';

/** What the program of version 1 wrote; the file says how it was made. */
const VERSION_1 = await readFile(join(import.meta.dirname, 'testing/version-1.sql'), 'utf8');

async function withVersion1(test: (file: string) => Promise<void>): Promise<void> {
  await withFile(async (file) => {
    await mkdir(dirname(file), { recursive: true });
    execute(file, VERSION_1);
    await test(file);
  });
}

/** Everything that version 1 stored, as rows. */
function version1(file: string) {
  const documents = (table: string): readonly Record<string, unknown>[] =>
    query(file, `SELECT document FROM ${table} ORDER BY rowid`).map(({ document }) => JSON.parse(String(document)));
  return {
    statuses: documents('statuses').toSorted((left, right) => (String(left.name) < String(right.name) ? -1 : 1)),
    offboardings: documents('offboardings'),
    receipts: documents('receipts'),
    events: query(file, 'SELECT * FROM events ORDER BY id'),
    inventory: query(file, 'SELECT * FROM inventory ORDER BY incarnation, api_version, kind, namespace, name'),
    highest: query(file, "SELECT seq FROM sqlite_sequence WHERE name = 'events'")[0]?.seq,
  };
}

type Words = Record<string, unknown>;

/** A status of version 1, its words as messages and actions. */
function statusAsData(status: Words): Words {
  const { conditions, components } = status as { readonly conditions: readonly Words[]; components: readonly Words[] };
  return {
    ...status,
    conditions: conditions.map(({ message, remedy, ...condition }) => {
      const action = actionFromJson(remedy);
      return { ...condition, message: messageFromJson(message), ...(action && { action }) };
    }),
    components: components.map((component) => ({ ...component, message: messageFromJson(component.message) })),
  };
}

/** A receipt of version 1, its reasons as messages. */
function receiptAsData(receipt: Words): Words {
  const asData = (objects: unknown): readonly Words[] =>
    (objects as readonly Words[]).map(({ reason, ...object }) => ({ ...object, reason: messageFromJson(reason) }));
  return { ...receipt, left: asData(receipt['left']), remaining: asData(receipt['remaining']) };
}

describe('a database of version 1', () => {
  it('keeps all that it holds', () =>
    withVersion1(async (file) => {
      const before = version1(file);
      const { status, events, inventory, offboardings, close } = await openState(file);
      assert.deepEqual(await status.list(CLUSTER_KIND), before.statuses.map(statusAsData));
      assert.deepEqual(
        (await status.list(CLUSTER_KIND)).map(({ name, phase }) => [name, phase]),
        [
          ['leaving', 'Deleting'],
          ['ready', 'Ready'],
        ],
      );
      assert.deepEqual(await offboardings.list(CLUSTER_KIND), before.offboardings);
      assert.equal(before.offboardings.length, 1);
      assert.equal((await offboardings.receipt(clusterKey('gone')))?.outcome, 'Complete');
      assert.deepEqual(
        [await offboardings.receipt(clusterKey('gone')), await offboardings.receipt(clusterKey('left-behind'))],
        before.receipts.map(receiptAsData),
      );
      const page = await events.after(1, { kind: CLUSTER_KIND }, 1000);
      assert.deepEqual(
        page.events.map((event) => ({ ...event })),
        before.events.map(({ cluster, message, ...event }) => ({
          ...event,
          kind: CLUSTER_KIND,
          name: cluster,
          message: messageFromJson(message),
        })),
      );
      assert.deepEqual([page.complete, page.latest], [true, before.highest]);
      const stored = [];
      for (const { name: cluster, incarnation } of await status.list(CLUSTER_KIND)) {
        stored.push(...(await inventory.list(clusterRegistration({ cluster, incarnation }))));
      }
      assert.equal(stored.length, before.inventory.length);
      const uids = (entries: readonly { readonly uid?: unknown }[]) => new Set(entries.map(({ uid }) => uid));
      assert.deepEqual(uids(stored), uids(before.inventory));
      await close();
    }));

  it('has as messages what its off-boardings have found out', () =>
    withVersion1(async (file) => {
      const left = '{"name":"a","reason":"it existed before"}';
      const remaining = '{"name":"b","reason":"Terminating","message":"its deletion is under way"}';
      const outcome = `{"removed":[],"left":[${left}],"remaining":[${remaining}]}`;
      const access = `{"refusal":{"reason":"ObjectForbidden","message":"not allowed"},"outcome":${outcome}}`;
      execute(
        file,
        `UPDATE offboardings SET document = json_set(document, '$.components', json('${outcome}'), '$.access', json('${access}'))`,
      );
      const { offboardings, close } = await openState(file);
      const [record] = await offboardings.list(CLUSTER_KIND);
      const expected = {
        removed: [],
        left: [{ name: 'a', reason: verbatim('it existed before') }],
        remaining: [{ name: 'b', reason: 'Terminating', message: verbatim('its deletion is under way') }],
      };
      const refusal = { reason: 'ObjectForbidden', message: verbatim('not allowed') };
      assert.deepEqual([record?.components, record?.access], [expected, { refusal, outcome: expected }]);
      await close();
    }));

  it('has dropped the same events as before', () =>
    withVersion1(async (file) => {
      const { events, close } = await openState(file);
      assert.equal((await events.after(0, clusterKey('ancient'), 10)).complete, false);
      assert.equal((await events.after(0, { kind: CLUSTER_KIND }, 10)).complete, false);
      assert.equal((await events.after(0, clusterKey('ready'), 10)).complete, true);
      await close();
    }));

  it('continues with what it was about: numbers events on, and ends the off-boarding it had begun', () =>
    withVersion1(async (file) => {
      const { highest } = version1(file);
      execute(file, 'DELETE FROM events WHERE id > 40'); // a number that was given out is not given out again
      const { status, events, inventory, offboardings, close } = await openState(file);
      const { id } = await events.add(eventOf('ready'));
      assert.equal(id, Number(highest) + 1);
      const [record] = await offboardings.list(CLUSTER_KIND);
      assert.ok(record);
      const registration = clusterRegistration(record);
      assert.equal((await inventory.list(registration)).length, 12);
      await offboardings.complete(registration, receiptOf(record.cluster, record.incarnation));
      assert.deepEqual(await inventory.list(registration), []);
      assert.equal(await status.get(registration), undefined);
      assert.deepEqual(await offboardings.list(CLUSTER_KIND), []);
      const [incarnation] = await offboardings.residues({
        apiServer: (await offboardings.receipt(clusterKey('left-behind')))?.apiServer ?? '',
      });
      assert.equal(incarnation, (await offboardings.receipt(clusterKey('left-behind')))?.incarnation);
      await close();
    }));

  it('gives an inventory to whom it belongs, and keeps one that belongs to no known registration', () =>
    withVersion1(async (file) => {
      const row = (incarnation: string): string =>
        `INSERT INTO inventory VALUES ('${incarnation}', 'v1', 'Pod', 'default', 'p', 'argocd', 'u', 'h', '1', 1)`;
      execute(
        file,
        `${row('unknown')}; ${row('only-receipt')}; ${row('two-owners')};
        INSERT INTO receipts (cluster, incarnation, completed_at, document)
          VALUES ('late', 'only-receipt', '2030-01-01T00:00:00Z', '{}');
        INSERT INTO statuses VALUES ('copy-a', 'two-owners', '{}'), ('copy-b', 'two-owners', '{}')`,
      );
      const { inventory, close } = await openState(file);
      const object = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', uid: 'u', hash: 'h', revision: '1' };
      const expected = [entryOf('p', { ...object, foreign: true })];
      for (const [name, incarnation] of [
        ['late', 'only-receipt'],
        ['copy-a', 'two-owners'],
        ['copy-b', 'two-owners'],
      ] as const) {
        assert.deepEqual(await inventory.list(registrationOf(name, incarnation)), expected);
      }
      await close();
      const orphans = query(file, "SELECT incarnation FROM inventory WHERE owner_name = ''");
      assert.deepEqual(
        orphans.map(({ incarnation }) => incarnation),
        ['unknown'],
      );
    }));

  it('is what it was when the migration fails, and is migrated by the next start', () =>
    withVersion1(async (file) => {
      execute(file, "INSERT INTO offboardings VALUES ('broken', 'no JSON')");
      const before = contentOf(file);
      await assert.rejects(openState(file), { reason: 'StatusStoreUnavailable' });
      assert.deepEqual(contentOf(file), before);
      execute(file, "DELETE FROM offboardings WHERE incarnation = 'broken'");
      const { status, close } = await openState(file);
      assert.equal((await status.list(CLUSTER_KIND)).length, 2);
      await close();
    }));

  it('is what it was when the process is killed before the migration is committed', () =>
    withVersion1(async (file) => {
      const before = contentOf(file);
      const module = new URL('./testing/database-file.ts', import.meta.url).href;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', KILLED, '--', module, file], {
        stdio: 'inherit',
      });
      const [code, signal] = await once(child, 'close');
      assert.deepEqual([code, signal], [null, 'SIGKILL']);
      assert.deepEqual(contentOf(file), before);
      const { status, close } = await openState(file);
      assert.equal((await status.list(CLUSTER_KIND)).length, 2);
      await close();
    }));
});

/** Opens the state, and dies when the migration is about to be committed. */
const KILLED = `
  const { DatabaseSync } = await import('node:sqlite');
  const { openState } = await import(process.argv[1]);
  const exec = DatabaseSync.prototype.exec;
  DatabaseSync.prototype.exec = function (sql) {
    if (sql === 'COMMIT') process.kill(process.pid, 'SIGKILL');
    return exec.call(this, sql);
  };
  await openState(process.argv[2]);
`;

/** The tables and the content of each, of whatever version. */
function contentOf(file: string): unknown {
  const tables = query(file, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  const rows = tables.map(({ name }) => query(file, `SELECT * FROM ${String(name)}`));
  return { version: query(file, 'PRAGMA user_version'), tables, rows };
}

import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { clusterKey } from '../../resources/cluster/cluster-key.ts';
import { describeStateContract } from '../state.contract.ts';
import { entryOf, eventOf, offboardingOf, registrationOf, statusOf } from '../testing/samples.ts';
import { newFile, openState, removeFile, withFile } from './testing/database-file.ts';

describeStateContract('SQLite', async () => {
  const file = await newFile();
  return { open: () => openState(file), cleanUp: () => removeFile(file) };
});

const one = registrationOf('a');

describe('state in SQLite', () => {
  it('makes files that only their owner can read', () =>
    withFile(async (file) => {
      const state = await openState(file);
      const directory = dirname(file);
      assert.deepEqual((await readdir(directory)).toSorted(), ['status.db', 'status.db-shm', 'status.db-wal']);
      for (const name of await readdir(directory)) assert.equal((await stat(join(directory, name))).mode & 0o077, 0);
      await state.close();
      assert.deepEqual(await readdir(directory), ['status.db']);
    }));

  it('undoes a change that fails in the middle, and works on', () =>
    withFile(async (file) => {
      const { inventory, events, close } = await openState(file);
      const broken = { ...entryOf('b'), uid: undefined as unknown as string };
      await assert.rejects(inventory.put(one, [entryOf('a'), broken]));
      assert.deepEqual(await inventory.list(one), []);
      const batch = [events.add(eventOf('a')), events.add(eventOf(undefined as unknown as string))];
      for (const added of batch) await assert.rejects(added);
      assert.equal((await events.after(0, clusterKey('a'), 10)).latest, 0);
      await inventory.put(one, [entryOf('a')]);
      await events.add(eventOf('a'));
      await close();
    }));

  it('can be read by another program while it works', () =>
    withFile(async (file) => {
      const { status, offboardings, close } = await openState(file);
      await status.put(one, statusOf('a'));
      const database = new DatabaseSync(file, { readOnly: true });
      assert.equal(database.prepare('SELECT count(*) AS count FROM statuses').get()?.count, 1);
      await status.put(registrationOf('b'), statusOf('b'));
      assert.equal(database.prepare('SELECT count(*) AS count FROM statuses').get()?.count, 2);
      database.close();
      await offboardings.put(one, offboardingOf('a', 'one'));
      await close();
    }));
});

import assert from 'node:assert/strict';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { entryOf, registrationOf } from '../testing/samples.ts';
import { execute, openState, withFile } from './testing/database-file.ts';

const one = registrationOf('a');

describe('a database that cannot be used', () => {
  it('is refused when a newer program wrote it, and stays as it is', () =>
    withFile(async (file) => {
      await (await openState(file)).close();
      execute(file, 'PRAGMA user_version = 99');
      const before = await readFile(file);
      await assert.rejects(openState(file), (error: unknown) => {
        assert.ok(error instanceof NautesError);
        assert.equal(error.reason, 'StatusStoreTooNew');
        assert.match(error.message, /has version 99, this program knows versions up to 3$/);
        return true;
      });
      assert.deepEqual(await readFile(file), before);
    }));

  it("is refused when it is another program's", () =>
    withFile(async (file) => {
      await (await openState(file)).close();
      await rm(file);
      execute(file, 'CREATE TABLE other (x)');
      await assert.rejects(openState(file), { reason: 'StatusStoreForeign' });
      await rm(file);
      execute(file, 'PRAGMA application_id = 7; PRAGMA user_version = 1');
      await assert.rejects(openState(file), { reason: 'StatusStoreForeign' });
    }));

  it('is refused with what can be done when it is damaged, and is never replaced by itself', () =>
    withFile(async (file) => {
      const { inventory, close } = await openState(file);
      await inventory.put(
        one,
        Array.from({ length: 500 }, (_, index) => entryOf(`object-${index}`)),
      );
      await close();
      const intact = await readFile(file);
      const damages: readonly ((content: Buffer) => Buffer)[] = [
        (content) => Buffer.concat([Buffer.from('x'.repeat(100)), content.subarray(100)]),
        (content) => content.subarray(0, content.length - 3 * 4096),
        (content) => Buffer.concat([content.subarray(0, 4096), Buffer.alloc(content.length - 4096, 0x5a)]),
      ];
      for (const damage of damages) {
        const damaged = damage(intact);
        await writeFile(file, damaged);
        await assert.rejects(openState(file), (error: unknown) => {
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

  it('is reported as damaged when that shows only later', () =>
    withFile(async (file) => {
      const { inventory, close } = await openState(file);
      const hash = 'x'.repeat(3000);
      await inventory.put(
        one,
        Array.from({ length: 5000 }, (_, index) => entryOf(`object-${index}`, { hash })),
      );
      await close();
      const again = await openState(file);
      const handle = await open(file, 'r+');
      const { size } = await handle.stat();
      await handle.write(Buffer.alloc(size - 40 * 4096, 0x5a), 0, size - 40 * 4096, 40 * 4096);
      await handle.close();
      await assert.rejects(again.inventory.list(one), { reason: 'StatusStoreDamaged' });
      await again.close().catch(() => {});
    }));

  it('is reported as unavailable when the file system refuses', () =>
    withFile(async (file) => {
      await writeFile(dirname(file), 'a file in its place');
      await assert.rejects(openState(file), { reason: 'StatusStoreUnavailable' });
    }));
});

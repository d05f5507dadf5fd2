import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Git } from './git.ts';
import { ObjectReader } from './object-reader.ts';
import { PackBuilder } from './pack.ts';
import { writePack } from './repository-directory.ts';
import { SortedRecords } from './sorted-records.ts';
import { git, temporaryDirectory } from '../testing/fixtures.ts';

/** Runs the test with an empty repository and a reader on it. */
async function withRepository(test: (directory: string, reader: ObjectReader) => Promise<void>): Promise<void> {
  const directory = await temporaryDirectory();
  await git(directory, 'init', '--quiet', '--bare');
  const reader = new ObjectReader(new Git(directory));
  try {
    await test(directory, reader);
  } finally {
    await reader.close();
    await rm(directory, { recursive: true });
  }
}

describe('pack', () => {
  it('gives git back every object, whole or as a chain of deltas', async () => {
    await withRepository(async (directory, reader) => {
      const record = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.uint8Array({ maxLength: 400 }));
      const chains = fc.array(fc.array(record, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 120 });
      await fc.assert(
        fc.asyncProperty(chains, fc.integer({ min: 0, max: 200_000 }), async (commits, size) => {
          const builder = new PackBuilder();
          const head = Buffer.alloc(size, 'head');
          const records = SortedRecords.from(head, []);
          const contents = new Map<string, Buffer>([[builder.add('blob', head), head]]);
          let last = [...contents.keys()][0] ?? '';
          for (const changes of commits) {
            const touched = new Map(changes.map(([key, bytes]) => [`k${key}`, Buffer.from(bytes)]));
            const splices = [...touched]
              .map(([key, bytes]) => records.set(key, bytes))
              .filter((each) => each !== undefined);
            last = builder.addChanged('blob', records.content, last, splices);
            contents.set(last, records.content);
          }
          await writePack(directory, builder.finish());
          for (const [id, content] of contents) assert.ok((await reader.content(id, 'blob')).equals(content));
        }),
        { numRuns: 15 },
      );
      assert.equal(await git(directory, 'fsck', '--full', '--strict', '--no-dangling'), '');
    });
  });

  it('keeps chains short and small changes small', async () => {
    await withRepository(async (directory) => {
      const builder = new PackBuilder();
      const lines = Array.from({ length: 5000 }, (_, index): [string, Buffer] => {
        const key = String(index).padStart(5, '0');
        return [key, Buffer.from(`${key} ${Math.random()}\n`)];
      });
      const records = SortedRecords.from(Buffer.alloc(0), lines);
      let last = builder.add('blob', records.content);
      const whole = builder.finish().pack.length;
      for (let index = 0; index < 49; index += 1) {
        const splice = records.set(`${String(index * 7).padStart(5, '0')}x`, Buffer.from('new line\n'));
        last = builder.addChanged('blob', records.content, last, splice && [splice]);
      }
      const pack = builder.finish();
      assert.ok(pack.pack.length < whole + 49 * 100);
      await writePack(directory, pack);
      const printed = await git(directory, 'verify-pack', '--stat-only', `objects/pack/${pack.name}.idx`);
      assert.match(printed, /chain length = 49: 1 object/);
    });
  });
});

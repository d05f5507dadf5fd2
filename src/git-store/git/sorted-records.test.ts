import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SortedRecords } from './sorted-records.ts';

const key = fc.stringMatching(/^[a-f]{1,3}$/);
const steps = fc.array(fc.tuple(key, fc.option(fc.string({ maxLength: 5 }), { nil: undefined })), { maxLength: 40 });

const line = (name: string, text: string) => Buffer.from(`${name}=${text}\n`);

describe('sorted records', () => {
  it('are those of a sorted map after any row of changes, and every splice leads from one content to the next', () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.string({ maxLength: 5 })), steps, (initial, changes) => {
        const model = new Map(Object.entries(initial));
        const sorted = () => [...model].sort(([left], [right]) => (left < right ? -1 : 1));
        const expected = () =>
          `head\n${sorted()
            .map(([name, text]) => line(name, text).toString())
            .join('')}`;
        const head = Buffer.from('head\n');
        const records = SortedRecords.from(
          head,
          sorted().map(([name, text]) => [name, line(name, text)]),
        );
        const untouched = records.copy();
        const before = records.content.toString();
        for (const [name, text] of changes) {
          const old = records.content;
          const splice = text === undefined ? records.delete(name) : records.set(name, line(name, text));
          if (text === undefined) model.delete(name);
          else model.set(name, text);
          assert.equal(records.content.toString(), expected());
          if (splice === undefined) assert.equal(records.content, old);
          else {
            const { offset, removed, inserted } = splice;
            const parts = [old.subarray(0, offset), inserted, old.subarray(offset + removed)];
            assert.equal(Buffer.concat(parts).toString(), expected());
          }
        }
        assert.equal(untouched.content.toString(), before);
        assert.deepEqual(
          records.keys(),
          sorted().map(([name]) => name),
        );
        for (const [index, [name, text]] of sorted().entries()) {
          assert.deepEqual(records.get(name), line(name, text));
          assert.deepEqual(records.at(index), line(name, text));
        }
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseInSlices, UnsliceableJson } from './json-slices.ts';

const FILLER = ' '.repeat(140_000);

/** Long enough not to be parsed at once. */
function long(text: string): string {
  return `${text}${FILLER}`;
}

describe('JSON that is parsed in slices', () => {
  it('is what parsing it at once gives, for every value', async () => {
    const items = fc.array(fc.jsonValue());
    const root = fc.dictionary(fc.string(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.record({ items, kind: fc.string() }), root), async (value) => {
        for (const text of [JSON.stringify(value), JSON.stringify(value, undefined, 2)]) {
          assert.deepEqual(await parseInSlices(long(text)), JSON.parse(text));
        }
      }),
    );
  });

  it('is refused when it is no JSON, within an item and around the items', async () => {
    for (const text of [
      '{"items":[{]}',
      '{"items":[1,]}',
      '{"items":[,1]}',
      '{"items":[1 2]}',
      '{"items":[1]',
      '{"items"[1]}',
    ])
      await assert.rejects(parseInSlices(long(text)), SyntaxError, text);
  });

  it('does not take items inside others, or twice, for those of the list', async () => {
    for (const text of [
      '{"a":{"items":[1,2]},"items":[{"items":[3]}]}',
      '{"items":[1],"items":[2]}',
      '[{"items":[1]}]',
      '{"a\\"items":[1]}',
      '{"x":"\\"items\\":","y":[1,2]}',
    ])
      assert.deepEqual(await parseInSlices(long(text)), JSON.parse(text));
  });

  it('is refused when one part of it alone has more values than are parsed at once', async () => {
    const many = `[${'{},'.repeat(120_000)}{}]`;
    for (const text of [many, `{"items":[${many}]}`, `{"items":[],"a":${many}}`])
      await assert.rejects(parseInSlices(text), UnsliceableJson);
    const apart = `{"items":${many}}`;
    assert.deepEqual(await parseInSlices(apart), JSON.parse(apart));
  });

  it('lets other work have its turn', async () => {
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    const item = JSON.stringify(Array.from({ length: 1_000 }, (_, index) => ({ [`key-${index}`]: index })));
    await parseInSlices(`{"items":[${Array.from({ length: 100 }, () => item).join(',')}]}`);
    clearInterval(counting);
    assert.ok(turns > 3, `${turns} turns`);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { exceededJsonLimit } from './json-shape.ts';

const LIMITS = { depth: 4, values: 20 };

function check(text: string): string | undefined {
  return exceededJsonLimit(Buffer.from(text), LIMITS);
}

/** Depth and number of values of a parsed document, counted on the document itself. */
function measure(value: unknown): { depth: number; values: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 0 };
  const children = Object.values(value).map((child) => measure(child));
  return {
    depth: 1 + Math.max(0, ...children.map(({ depth }) => depth)),
    values: 1 + Math.max(0, children.length - 1) + children.reduce((sum, child) => sum + child.values, 0),
  };
}

describe('the limits of a JSON text', () => {
  it('are exceeded by depth, closed or not', () => {
    assert.equal(check('[[[[1]]]]'), undefined);
    assert.equal(check('[[[[[1]]]]]'), 'depth');
    assert.equal(check('['.repeat(1000)), 'depth');
    assert.equal(check('{"a":'.repeat(1000)), 'depth');
  });

  it('are exceeded by the number of values', () => {
    assert.equal(check(`[${'0,'.repeat(18)}0]`), undefined);
    assert.equal(check(`[${'0,'.repeat(25)}0]`), 'values');
    assert.equal(check(`[${'{},'.repeat(25)}{}]`), 'values');
  });

  it('do not count what stands in strings, whatever is escaped there', () => {
    assert.equal(check(JSON.stringify([`${'['.repeat(50)}"${','.repeat(50)}\\`, '\\"[[[[[['])), undefined);
    assert.equal(check(`["${','.repeat(50)}`), undefined);
  });

  it('are those of the parsed document, for any document', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 7 }), (document) => {
        const { depth, values } = measure(document);
        const found = check(JSON.stringify(document));
        if (found === undefined) assert.ok(depth <= LIMITS.depth && values <= LIMITS.values);
        else assert.ok(found === 'depth' ? depth > LIMITS.depth : values > LIMITS.values);
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from './hash.ts';
import { sameJson } from './same-json.ts';

describe('values with the same JSON', () => {
  it('are those whose canonical JSON is the same', () => {
    const value = fc.oneof(
      fc.anything({ values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)], withNullPrototype: false }),
      fc.record({ a: fc.option(fc.integer({ max: 1 }), { nil: undefined }), b: fc.array(fc.boolean()) }),
    );
    fc.assert(
      fc.property(value, value, (left, right) => {
        assert.equal(sameJson(left, right), canonicalJson(left) === canonicalJson(right));
        assert.ok(sameJson(left, structuredClone(left)));
      }),
      { numRuns: 500 },
    );
  });

  it('have a member that is undefined, or none', () => {
    assert.ok(sameJson({ a: 1, b: undefined }, { a: 1 }));
    assert.ok(sameJson({ a: 1 }, { a: 1, b: undefined }));
    assert.ok(!sameJson({ a: 1, b: undefined }, { a: 1, c: 2 }));
    assert.ok(!sameJson({}, []));
  });
});

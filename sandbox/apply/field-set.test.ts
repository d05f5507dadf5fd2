import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  differenceFields,
  EMPTY_FIELD_SET,
  type FieldSet,
  fieldPaths,
  intersectFields,
  isEmptyFieldSet,
  sameFields,
  unionFields,
} from './field-set.ts';

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1');

const node: fc.Memo<FieldSet> = fc.memo((depth) =>
  depth <= 1 ? fc.constant({}) : fc.dictionary(fc.oneof(element, fc.constant('.')), leaf(depth), { maxKeys: 3 }),
);

/** `.` has no children. */
function leaf(depth: number): fc.Arbitrary<FieldSet> {
  return fc.oneof(fc.constant({}), node(depth - 1));
}

function withoutDotChildren(set: FieldSet, root = true): FieldSet {
  const entries = Object.entries(set).flatMap(([key, child]): [string, FieldSet][] => {
    if (key === '.') return root ? [] : [[key, {}]];
    return [[key, withoutDotChildren(child, false)]];
  });
  // `{'.': {}}` and `{}` are the same member.
  return entries.length === 1 && entries[0]?.[0] === '.' ? {} : Object.fromEntries(entries);
}

const fieldSet = node(4).map((set) => withoutDotChildren(set));

function paths(set: FieldSet): string[] {
  return fieldPaths(set).toSorted();
}

describe('field sets', () => {
  it('behave as sets of paths under union, difference and intersection', () => {
    fc.assert(
      fc.property(fieldSet, fieldSet, (left, right) => {
        const [own, other] = [new Set(paths(left)), new Set(paths(right))];
        assert.deepEqual(paths(unionFields(left, right)), [...own.union(other)].toSorted());
        assert.deepEqual(paths(differenceFields(left, right)), [...own.difference(other)].toSorted());
        assert.deepEqual(paths(intersectFields(left, right)), [...own.intersection(other)].toSorted());
      }),
    );
  });

  it('are empty when everything is removed from them', () => {
    fc.assert(fc.property(fieldSet, (set) => assert.ok(isEmptyFieldSet(differenceFields(set, set)))));
  });

  it('are equal to themselves and to their union with nothing', () => {
    fc.assert(
      fc.property(fieldSet, (set) => {
        assert.ok(sameFields(set, unionFields(set, EMPTY_FIELD_SET)));
        assert.ok(sameFields(set, structuredClone(set)));
      }),
    );
  });

  it('print paths as Kubernetes does', () => {
    const set = { 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} } } } };
    assert.deepEqual(fieldPaths(set), [
      '.spec.ports[port=80,protocol="TCP"]',
      '.spec.ports[port=80,protocol="TCP"].name',
    ]);
  });
});

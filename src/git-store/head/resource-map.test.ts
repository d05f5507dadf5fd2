import { verbatim } from '../../messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ResourceEntry } from '../../resources/repository-layout.ts';
import { type Widget, widgets } from '../testing/layouts.ts';
import { ResourceMap } from './resource-map.ts';

type Step =
  | { readonly kind: 'set'; readonly name: string; readonly known: Known | undefined }
  | { readonly kind: 'delete'; readonly name: string };

type Known = Pick<Widget, 'color' | 'owner'>;

const choice = (prefix: string) =>
  fc.option(fc.constantFrom(`${prefix}-1`, `${prefix}-2`, `${prefix}-3`), { nil: undefined });
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const known = fc.record({ color: choice('color'), owner: choice('owner') });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), name, known: fc.option(known, { nil: undefined }) }),
  fc.record({ kind: fc.constant('delete' as const), name }),
);

function entry(of: string, { color, owner }: Known): ResourceEntry<Widget> {
  const resource = { name: of, revision: 'v1', ...(color && { color }), ...(owner && { owner }) };
  return { name: of, fileRevision: '', resource };
}

function carryOut(map: ResourceMap, change: Step): void {
  if (change.kind === 'delete') map.delete(change.name);
  else map.set(change.known === undefined ? faulty(change.name) : entry(change.name, change.known));
}

function faulty(of: string): ResourceEntry {
  return { name: of, fileRevision: '', problem: widgets.invalid(of, verbatim('no')) };
}

/** The answers that looking at every resource gives. */
function assertFindsAsByLooking(map: ResourceMap): void {
  for (const index of ['color', 'owner'] as const) {
    for (const key of [1, 2, 3].map((number) => `${index}-${number}`)) {
      const found = [...map.values()].filter(({ resource }) => resource && (resource as Widget)[index] === key);
      assert.deepEqual(map.namesBy(index, key).toSorted(), found.map(({ name: each }) => each).sort());
    }
  }
}

describe('resources of a kind', () => {
  it('are found by the keys of each index as by looking at each, after any changes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const map = ResourceMap.of(widgets);
        for (const each of steps) {
          carryOut(map, each);
          assertFindsAsByLooking(map);
        }
        assertFindsAsByLooking(ResourceMap.of(widgets, map.values()));
      }),
    );
  });

  it('stay as they are when a copy changes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), fc.array(step, { maxLength: 10 }), (before, after) => {
        const map = ResourceMap.of(widgets);
        for (const each of before) carryOut(map, each);
        const names = [...map.keys()];
        const copy = map.copy();
        assert.deepEqual([...copy], [...map]);
        for (const each of after) carryOut(copy, each);
        assertFindsAsByLooking(copy);
        assertFindsAsByLooking(map);
        assert.deepEqual([...map.keys()], names);
      }),
    );
  });
});

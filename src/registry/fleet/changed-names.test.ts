import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChangedNames, MAXIMUM_REMEMBERED_CHANGES } from './changed-names.ts';

describe('changed names', () => {
  it('are those after a revision, each once', () => {
    const changes = new ChangedNames(0);
    changes.add(1, ['a', 'b']);
    changes.add(2, ['b']);
    changes.add(3, ['c', 'b']);
    assert.deepEqual(changes.since(0), ['a', 'b', 'c']);
    assert.deepEqual(changes.since(1), ['b', 'c']);
    assert.deepEqual(changes.since(3), []);
  });

  it('are not known before the first that is remembered, and whole where they are', () => {
    const changes = new ChangedNames(0);
    for (let revision = 1; revision <= 3 * MAXIMUM_REMEMBERED_CHANGES; revision += 1)
      changes.add(revision, [`${revision}`]);
    assert.equal(changes.since(1), undefined);
    const last = 3 * MAXIMUM_REMEMBERED_CHANGES;
    assert.deepEqual(changes.since(last - 2), [`${last - 1}`, `${last}`]);
    const known = changes.since(last - MAXIMUM_REMEMBERED_CHANGES + 1);
    assert.equal(known?.length, MAXIMUM_REMEMBERED_CHANGES - 1);
  });

  it('of one change of more than are remembered are known as a whole or not at all', () => {
    const changes = new ChangedNames(0);
    changes.add(
      1,
      Array.from({ length: 5 * MAXIMUM_REMEMBERED_CHANGES }, (_, index) => `${index}`),
    );
    assert.equal(changes.since(0), undefined);
    changes.add(2, ['a']);
    assert.deepEqual(changes.since(1), ['a']);
  });
});

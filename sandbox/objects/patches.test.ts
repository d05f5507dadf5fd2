import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinSchema } from '../apply/builtin-schemas.ts';
import { jsonPatch, mergePatch, strategicMergePatch } from './patches.ts';

describe('JSON merge patch', () => {
  it('merges objects, replaces lists and removes what is null', () => {
    const target = { a: { b: 1, c: 2 }, list: [1, 2] };
    assert.deepEqual(mergePatch(target, { a: { b: null, d: 3 }, list: [9] }), { a: { c: 2, d: 3 }, list: [9] });
  });
});

describe('JSON patch', () => {
  it('adds, replaces, removes, moves and copies', () => {
    const target = { a: 1, list: ['x', 'z'], 'b/c': { d: 1 } };
    const patched = jsonPatch(target, [
      { op: 'test', path: '/a', value: 1 },
      { op: 'replace', path: '/a', value: 2 },
      { op: 'add', path: '/list/1', value: 'y' },
      { op: 'add', path: '/list/-', value: 'end' },
      { op: 'remove', path: '/b~1c/d' },
      { op: 'copy', from: '/a', path: '/copied' },
      { op: 'move', from: '/list/0', path: '/moved' },
    ]);
    assert.deepEqual(patched, { a: 2, list: ['y', 'z', 'end'], 'b/c': {}, copied: 2, moved: 'x' });
  });

  it('refuses a failed test, a missing path and an index outside of the list with 422', () => {
    for (const operation of [
      { op: 'test', path: '/a', value: 2 },
      { op: 'remove', path: '/missing' },
      { op: 'replace', path: '/list/5', value: 1 },
    ]) {
      assert.throws(() => jsonPatch({ a: 1, list: [] }, [operation]), { code: 422 });
    }
  });
});

describe('strategic merge patch', () => {
  const schema = builtinSchema('apps', 'Deployment');
  const target = {
    spec: { template: { spec: { containers: [{ name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] }] } } },
  };
  const patch = (container: Record<string, unknown>) =>
    strategicMergePatch(target, { spec: { template: { spec: { containers: [container as never] } } } }, schema);

  it('merges list items by their merge key', () => {
    assert.deepEqual(patch({ name: 'a', env: [{ name: 'Y', value: '2' }] }), {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'a',
                image: 'a:1',
                env: [
                  { name: 'X', value: '1' },
                  { name: 'Y', value: '2' },
                ],
              },
            ],
          },
        },
      },
    });
  });

  it('removes items that are marked for deletion', () => {
    const expected = { spec: { template: { spec: { containers: [] } } } };
    assert.deepEqual(patch({ name: 'a', $patch: 'delete' }), expected);
  });
});

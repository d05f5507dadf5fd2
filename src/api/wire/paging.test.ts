import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ListItem, listEntityTag, page, readEntityTags } from './paging.ts';

const named = (name: string, version = 'g'): ListItem => ({ name, version });

describe('paging', () => {
  it('by any page size gives every item once and in order', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 30 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 10 }), (unsorted, size) => {
        const all = unsorted.toSorted().map((name) => named(name));
        const seen: ListItem[] = [];
        let token = '';
        do {
          const part = page(all, String(size), token);
          assert.ok(part.items.length <= size);
          seen.push(...part.items);
          token = part.continue;
        } while (token !== '');
        assert.deepEqual(seen, all);
      }),
    );
  });

  it('continues when the cluster that ended a page is gone', () => {
    const { continue: token } = page([named('a'), named('b'), named('c')], '2', '');
    assert.deepEqual(
      page([named('a'), named('c')], '2', token).items.map(({ name }) => name),
      ['c'],
    );
  });

  it('refuses limits and tokens that are none', () => {
    for (const limit of ['0', '-1', 'x', '1.5', '99999999999'])
      assert.throws(() => page([], limit, ''), { reason: 'Codec' });
    assert.throws(() => page([], '', 'garbage'), { reason: 'Codec' });
  });
});

describe('entity tags', () => {
  it('of a list change with a generation, an item and the end of the page', () => {
    const tags = [
      page([named('a')], '', ''),
      page([named('a', 'h')], '', ''),
      page([named('a'), named('b')], '', ''),
      page([named('a'), named('b')], '1', ''),
    ].map(listEntityTag);
    assert.equal(new Set(tags).size, 4);
  });

  it('are read with and without quotes, weak or strong', () => {
    assert.deepEqual(readEntityTags('"a", W/"b" , c,'), ['a', 'b', 'c']);
    assert.deepEqual(readEntityTags(''), []);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOfItems, ItemsDigest } from './list-digest.ts';

function list(resourceVersion: string, items: readonly unknown[], next?: string): Buffer {
  const metadata = { resourceVersion, ...(next === undefined ? {} : { continue: next }) };
  return Buffer.from(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata, items }));
}

const item = (version: string) => ({ metadata: { name: 'one', resourceVersion: version } });

describe('the digest of the items of a list', () => {
  it('is that of the items alone, in whatever parts the list comes', () => {
    const digest = digestOfItems(list('1', [item('1')]));
    assert.ok(digest);
    const later = list('2000', [item('1')]);
    assert.equal(digestOfItems(later), digest);
    for (let at = 1; at < later.length; at += 1) {
      const parts = new ItemsDigest();
      parts.take(later.subarray(0, at));
      parts.take(later.subarray(at));
      assert.equal(parts.end(), digest);
    }
  });

  it('differs when an object has another version, is gone or is new', () => {
    const lists = [[], [item('1')], [item('2')], [item('1'), item('1')]];
    const digests = lists.map((items) => digestOfItems(list('1', items)));
    assert.equal(new Set(digests).size, lists.length);
  });

  it('is none for a list that has more pages, has its items elsewhere, or is none', () => {
    assert.equal(digestOfItems(list('1', [item('1')], 'token')), undefined);
    const first = '{"items":[],"metadata":{"resourceVersion":"1","continue":"token"}}';
    const second = '{"metadata":{"continue":"token"},"metadata":{},"more":{"items":[]},"items":[]}';
    for (const text of [first, second, '', '[]', '"items":', `{"a":"${'x'.repeat(5000)}","items":[]}`]) {
      assert.equal(digestOfItems(Buffer.from(text)), undefined, text.slice(0, 60));
    }
  });
});

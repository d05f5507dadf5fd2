import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { gzipPart, joinGzip, smallGzipPart } from './gzip-parts.ts';

describe('gzip of parts', () => {
  it('unpacks to the parts one after the other, whatever their order', async () => {
    const long = await gzipPart(Buffer.from('a row of a list, '.repeat(5000)));
    const parts = [smallGzipPart('['), long, smallGzipPart(','), long, smallGzipPart('中文]')];
    const plain = Buffer.concat(parts.map((part) => part.plain));
    assert.deepEqual(gunzipSync(joinGzip(parts)), plain);
    const reversed = parts.toReversed();
    assert.deepEqual(gunzipSync(joinGzip(reversed)), Buffer.concat(reversed.map((part) => part.plain)));
  });

  it('of nothing is nothing', () => {
    assert.equal(gunzipSync(joinGzip([])).length, 0);
  });
});

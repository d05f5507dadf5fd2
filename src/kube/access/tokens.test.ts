import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkTokenLife } from './tokens.ts';

const ISSUED_AT = Date.parse('2026-11-30T10:00:00Z');

describe('the life of a token that a cluster issues', () => {
  it('is two minutes at least', () => checkTokenLife('cluster:6443', ISSUED_AT, '2026-11-30T10:02:00Z'));

  for (const end of ['2026-11-30T10:01:59Z', '2026-11-30T09:00:00Z', 'soon']) {
    it(`is refused when it ends at ${end}: it would be renewed all the time`, () => {
      assert.throws(() => checkTokenLife('cluster:6443', ISSUED_AT, end), { reason: 'ClusterResponseInvalid' });
    });
  }
});

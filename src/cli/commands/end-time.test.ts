import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEnd } from './end-time.ts';

const NOW = Date.parse('2026-12-01T08:00:00Z');

describe('a time that is given as an end or a duration', () => {
  it('is a duration from now or a time', () => {
    assert.equal(readEnd('90m', NOW), '2026-12-01T09:30:00Z');
    assert.equal(readEnd('1d12h', NOW), '2026-12-02T20:00:00Z');
    assert.equal(readEnd('2026-12-05T08:00:00+02:00', NOW), '2026-12-05T06:00:00Z');
    for (const text of ['', 'soon', '2', '2h!', '2026-13-01T00:00Z']) assert.equal(readEnd(text, NOW), undefined, text);
  });
});

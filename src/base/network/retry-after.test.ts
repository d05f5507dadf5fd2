import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { retryAfter } from './retry-after.ts';

describe('Retry-After', () => {
  for (const [header, expected] of [
    ['7', 7000],
    ['0', 1000],
    ['999999', 900_000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000],
    ['soon', 30_000],
    ['', 30_000],
    [undefined, 30_000],
  ] as const) {
    it(`means ${expected} ms when it is ${header}`, () => assert.equal(retryAfter(header, 0), expected));
  }
});

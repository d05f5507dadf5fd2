import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundedDelay, givenDelay, retryAfter } from './retry-after.ts';

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

describe('a delay that a peer asks for', () => {
  it('is absent when the header is absent or not valid', () => {
    for (const header of [undefined, '', 'soon', '-5 s']) assert.equal(givenDelay(header, 0), undefined);
  });

  it('is neither at once nor longer than a quarter of an hour', () => {
    assert.equal(boundedDelay(0), 1000);
    assert.equal(boundedDelay(25 * 24 * 3_600_000), 900_000);
    assert.equal(givenDelay('2160000', 0), 900_000);
  });
});

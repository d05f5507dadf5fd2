import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundedStatus, MAXIMUM_STATUS_LENGTH } from './status-limit.ts';

function bounded<T>(status: T): T {
  return boundedStatus(status, JSON.stringify(status).length);
}

describe('the bound of a status', () => {
  it('leaves a status within it as it is', () => {
    const status = { name: 'one', entryPoints: ['https://127.0.0.1:30443'] };
    assert.equal(bounded(status), status);
  });

  for (const [what, status] of [
    ['a text', { name: 'one', message: 'x'.repeat(80_000_000) }],
    ['a list', { name: 'one', entryPoints: Array.from({ length: 200_000 }, (_, index) => `https://host-${index}`) }],
    ['lists of lists', { name: 'one', all: Array(400).fill(Array(400).fill('https://127.0.0.1')) }],
  ] as const) {
    it(`cuts ${what} and keeps the name`, () => {
      const kept = bounded(status);
      assert.equal(kept.name, 'one');
      assert.ok(JSON.stringify(kept).length <= MAXIMUM_STATUS_LENGTH);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { transitiveReduction } from './parts-picture.ts';

describe('the reduction of the table of imports', () => {
  it('leaves out arrows that follow from others and no other', () => {
    const table = { base: [], low: ['base'], side: ['base'], high: ['base', 'low', 'side'], top: ['high', 'low'] };
    assert.deepEqual(transitiveReduction(table), {
      base: [],
      low: ['base'],
      side: ['base'],
      high: ['low', 'side'],
      top: ['high'],
    });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defined } from './defined.ts';

describe('defined members', () => {
  it('are all but those that are undefined', () => {
    const port: number | undefined = undefined;
    assert.deepEqual(Object.keys(defined({ name: '', count: 0, is: false, none: null, port })), [
      'name',
      'count',
      'is',
      'none',
    ]);
  });
});

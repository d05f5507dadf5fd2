import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sourceProblems } from './source-problems.ts';

describe('the sources', () => {
  it('comply with the tables of imports, without circles or ways past a wall', async () => {
    assert.deepEqual(await sourceProblems(join(import.meta.dirname, '../..')), []);
  });
});

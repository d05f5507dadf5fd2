import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { referencePages } from './pages.ts';

const root = join(import.meta.dirname, '../..');

describe('reference pages', () => {
  for (const [path, text] of Object.entries(referencePages())) {
    it(`${path} says what the code says (make docs writes it anew)`, async () => {
      assert.equal(await readFile(join(root, path), 'utf8'), text);
    });
  }
});

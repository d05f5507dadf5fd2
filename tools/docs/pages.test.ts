import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { generatedPages } from './pages.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

const pages = await generatedPages(read);

describe('generated pages', () => {
  for (const [path, text] of Object.entries(pages)) {
    it(`${path} is up to date with the code (make docs regenerates it)`, async () => {
      assert.equal(await read(path), text);
    });
  }
});

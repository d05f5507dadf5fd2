import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { generatedFiles } from './pages.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

const files = await generatedFiles(read);

describe('generated files', () => {
  for (const [path, text] of Object.entries(files)) {
    it(`${path} is up to date with the code (make docs regenerates it)`, async () => {
      assert.equal(await read(path), text);
    });
  }
});

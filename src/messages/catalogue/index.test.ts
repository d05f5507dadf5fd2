import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { catalogue } from './index.ts';

const DIRECTORIES = [import.meta.dirname, join(import.meta.dirname, '../errors')];

/** The ids of every file of texts, those of one that the index does not list among them. */
async function idsOfFiles(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const directory of DIRECTORIES) {
    const files = (await readdir(directory)).filter((name) => name.endsWith('.ts') && !name.startsWith('index.'));
    for (const file of files) {
      const exported: unknown = await import(join(directory, file));
      ids.push(...Object.values(exported as Readonly<Record<string, object>>).flatMap(Object.keys));
    }
  }
  return ids;
}

describe('the files of the catalogue', () => {
  it('have each id once, as a second one would replace the first', async () => {
    const ids = await idsOfFiles();
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  it('are all listed in the index', async () => {
    assert.deepEqual(new Set(Object.keys(catalogue)), new Set(await idsOfFiles()));
  });
});

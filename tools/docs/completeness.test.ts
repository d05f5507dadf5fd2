import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { operations } from '../../src/contract/operations.ts';

const root = join(import.meta.dirname, '../..');

/** The cells of each table row of a page. */
async function tableRows(page: string): Promise<readonly (readonly string[])[]> {
  const lines = (await readFile(join(root, page), 'utf8')).split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) => line.split('|').map((cell) => cell.trim()));
}

describe('pages that are written by hand', () => {
  for (const page of ['docs/reference/api.md', 'docs/zh-CN/reference/api.md']) {
    it(`${page} has every operation of the API`, async () => {
      const rows = await tableRows(page);
      const missing = Object.values(operations).filter(({ method, path }) => {
        const shown = `\`${path.replace('{cluster_name}', '{name}')}\``;
        return !rows.some(([, first = '', second = '']) => first === `\`${method}\`` && second.includes(shown));
      });
      assert.deepEqual(
        missing.map(({ method, path }) => `${method} ${path}`),
        [],
      );
    });
  }
});

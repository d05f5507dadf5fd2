import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');
const LINES = 58;
const STATES = ['covered', 'not applicable', 'open'];

describe('the table of hazards', () => {
  const page = readFile(join(root, 'docs/hazards.md'), 'utf8');
  const rows = async () =>
    [...(await page).matchAll(/^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
      ([, number = '', hazard = '', state = '', by = '']) => ({ number: Number(number), hazard, state, by }),
    );

  it('has every line once, in order', async () => {
    assert.deepEqual(
      (await rows()).map(({ number }) => number),
      Array.from({ length: LINES }, (_, index) => index + 1),
    );
  });

  it('has the right totals', async () => {
    const all = await rows();
    const [covered, other, open] = STATES.map((state) => all.filter((row) => row.state === state).length);
    assert.equal((covered ?? 0) + (other ?? 0) + (open ?? 0), LINES);
    assert.ok((await page).includes(`**${covered} covered, ${other} not applicable, ${open} open.**`));
  });

  it('names a test for each covered hazard, and a reason for the others', async () => {
    for (const { number, state, by } of await rows()) {
      const isTest = /\]\([^)]+\.(test|suite|contract)\.ts\)|canaries\.ts/.test(by);
      if (state === 'covered') assert.ok(isTest, `line ${number}`);
      else assert.ok(by.length > 20, `line ${number}`);
    }
  });
});

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const folder = join(import.meta.dirname, '../../docs/decisions');
const FILE_NAME = /^(\d{4})-[a-z0-9.-]+\.md$/;
const HEAD = /^# (\d+)\. (.+)\n\nDate: (\d{4}-\d\d-\d\d)\. Status: (.+)\.\n\n/;
const STATUS = /^(proposed|accepted|superseded by \[(\d+)\]\((\d{4})-[a-z0-9.-]+\.md\))$/;

const files = (await readdir(folder)).filter((name) => name !== 'README.md').sort();
const index = await readFile(join(folder, 'README.md'), 'utf8');

describe('decisions', () => {
  for (const file of files) {
    it(`${file} has a number, a date and a status, and is in the index`, async () => {
      const [, fileNumber] = FILE_NAME.exec(file) ?? assert.fail('the file name is not NNNN-short-title.md');
      const text = await readFile(join(folder, file), 'utf8');
      const [, number = '', title, date, status = ''] =
        HEAD.exec(text) ?? assert.fail('it does not begin as docs/decisions/README.md shows');
      assert.equal(number.padStart(4, '0'), fileNumber);
      const [, , successor, successorFile] = STATUS.exec(status) ?? assert.fail(`unknown status: ${status}`);
      assert.equal(successor?.padStart(4, '0'), successorFile);
      assert.ok(index.includes(`| ${number} | [${title}](${file}) | ${date} | ${status} |\n`), 'not in the index');
    });
  }

  it('are numbered from 1 without gaps or doubles', () => {
    assert.deepEqual(
      files.map((file) => Number(file.slice(0, 4))),
      files.map((_, position) => position + 1),
    );
  });
});

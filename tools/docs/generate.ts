/** Writes the generated files and parts of files; with --check it only reports whether they are up to date. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedFiles } from './pages.ts';

const root = join(import.meta.dirname, '../..');
const check = process.argv.includes('--check');
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8').catch(() => '');
for (const [path, text] of Object.entries(await generatedFiles(read))) {
  if ((await read(path)) === text) continue;
  if (check) {
    console.log(`${path} is out of date: run "make docs"`);
    process.exitCode = 1;
  } else {
    await writeFile(join(root, path), text);
    console.log(`wrote ${path}`);
  }
}

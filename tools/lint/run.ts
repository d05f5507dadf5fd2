/** Format check, lint rules, imports and names of `src/base` over all sources; prints what is wrong and exits 1. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { sourceProblems } from './source-problems.ts';

const root = join(import.meta.dirname, '../..');
const bin = join(import.meta.dirname, 'node_modules/.bin');

async function command(title: string, program: string, args: readonly string[]): Promise<boolean> {
  const result = await run(program, args, {
    directory: root,
    environment: { ...process.env, OXLINT_TSGOLINT_PATH: join(bin, 'tsgolint') },
  });
  if (result.code !== 0) console.log(`${title}:\n${result.stdout.toString()}${result.stderr}`);
  return result.code === 0;
}

async function importsAndNames(): Promise<boolean> {
  const problems = await sourceProblems(root);
  for (const problem of problems) console.log(problem);
  return problems.length === 0;
}

/** The console is for browsers: its types are checked apart, where its packages are installed. */
async function consoleTypes(): Promise<boolean> {
  if (!existsSync(join(root, 'console/node_modules'))) {
    console.log('types of the console are left out: its packages are not installed (make console)');
    return true;
  }
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  return command('types of the console', process.execPath, [compiler, '--noEmit', '--project', 'console']);
}

const results = [
  await command('format (mend with "make format")', join(bin, 'biome'), ['format', '.']),
  await command('lint', join(bin, 'oxlint'), ['--deny-warnings', '.']),
  await importsAndNames(),
  await consoleTypes(),
];
const failed = results.filter((passed) => !passed).length;
console.log(failed === 0 ? 'lint: clean' : `lint: ${failed} of ${results.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Format check, lint rules and import directions over all sources; prints what is wrong and exits 1. */
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { importDirectionProblems } from './import-direction.ts';
import { reservedImportProblems } from './reserved-imports.ts';

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

async function sourceFiles(): Promise<string[]> {
  const listed = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.ts'], {
    directory: root,
  });
  return listed.stdout.toString().split('\n').filter(Boolean);
}

async function importDirections(): Promise<boolean> {
  const files = await sourceFiles();
  const checks = [importDirectionProblems, reservedImportProblems];
  const problems = (await Promise.all(checks.flatMap((check) => files.map((file) => check(root, file))))).flat();
  for (const problem of problems) console.log(problem);
  return problems.length === 0;
}

const results = [
  await command('format (mend with "make format")', join(bin, 'biome'), ['format', '.']),
  await command('lint', join(bin, 'oxlint'), ['--deny-warnings', '.']),
  await importDirections(),
];
const failed = results.filter((passed) => !passed).length;
console.log(failed === 0 ? 'lint: clean' : `lint: ${failed} of ${results.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;

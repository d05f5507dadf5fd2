/** Format check, lint rules, imports and names of `src/base` over all sources; prints what is wrong and exits 1. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { baseWordProblems } from './base-words.ts';
import { folderOrder, partImports } from './import-direction.ts';
import { circleProblems, directionProblems, folderProblems, unusedPermissions, wallProblems } from './import-rules.ts';
import { readImports } from './imports.ts';
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

async function importProblems(): Promise<boolean> {
  const files = await sourceFiles();
  const imports = await readImports(root, files);
  return report([
    ...directionProblems(imports, partImports),
    ...unusedPermissions(imports, partImports),
    ...folderProblems(imports, folderOrder),
    ...wallProblems(imports, files),
    ...circleProblems(imports),
    ...(await problemsOf(files, (file) => reservedImportProblems(root, file))),
  ]);
}

async function baseWords(): Promise<boolean> {
  const files = (await sourceFiles()).filter((file) => file.startsWith('src/base/'));
  return report(
    await problemsOf(files, async (file) => baseWordProblems(file, await readFile(join(root, file), 'utf8'))),
  );
}

async function problemsOf(
  files: readonly string[],
  check: (file: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  return (await Promise.all(files.map(check))).flat();
}

function report(problems: readonly string[]): boolean {
  for (const problem of problems) console.log(problem);
  return problems.length === 0;
}

const results = [
  await command('format (mend with "make format")', join(bin, 'biome'), ['format', '.']),
  await command('lint', join(bin, 'oxlint'), ['--deny-warnings', '.']),
  await importProblems(),
  await baseWords(),
];
const failed = results.filter((passed) => !passed).length;
console.log(failed === 0 ? 'lint: clean' : `lint: ${failed} of ${results.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;

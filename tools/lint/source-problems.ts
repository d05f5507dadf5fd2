/** What the sources have to comply with besides formatting and the linter: imports, and words that folders must not have. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { containerfileProblems } from './containerfile-problems.ts';
import { domainWordProblems } from './domain-words.ts';
import { durableWriteProblems } from './durable-writes.ts';
import { folderOrder, partImports } from './import-direction.ts';
import { circleProblems, directionProblems, folderProblems, unusedPermissions, wallProblems } from './import-rules.ts';
import { readImports } from './imports.ts';
import { reservedImportProblems } from './reserved-imports.ts';

const CONTAINERFILE = 'deploy/image/Containerfile';

/** All problems of the checkout, a line each. */
export async function sourceProblems(root: string): Promise<readonly string[]> {
  const files = await sourceFiles(root);
  const imports = await readImports(root, files);
  return [
    ...directionProblems(imports, partImports),
    ...unusedPermissions(imports, partImports),
    ...folderProblems(imports, folderOrder),
    ...wallProblems(imports, files),
    ...circleProblems(imports),
    ...(await problemsOf(files, (file) => reservedImportProblems(root, file))),
    ...(await problemsOf(files, async (file) => {
      const text = await readFile(join(root, file), 'utf8');
      return [...domainWordProblems(file, text), ...durableWriteProblems(file, text)];
    })),
    ...containerfileProblems(CONTAINERFILE, await readFile(join(root, CONTAINERFILE), 'utf8')),
  ];
}

async function sourceFiles(root: string): Promise<string[]> {
  const listed = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.ts', '*.tsx'], {
    directory: root,
  });
  const files = listed.stdout.toString().split('\n').filter(Boolean);
  return files.filter((file) => existsSync(join(root, file))); // deleted and not yet committed
}

async function problemsOf(
  files: readonly string[],
  check: (file: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  return (await Promise.all(files.map(check))).flat();
}

if (import.meta.main) {
  const problems = await sourceProblems(join(import.meta.dirname, '../..'));
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

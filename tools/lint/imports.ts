/** Which source files import which, read from their text. */
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

/** One import of a file of this repository; packages are left out. Paths are relative to the checkout. */
export interface Import {
  readonly file: string;
  readonly target: string;
  /** True for imports that are erased at run time. */
  readonly isType: boolean;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?<clause>[^'"]*?)from\s+'(?<named>\.[^']*)'|import\('(?<dynamic>\.[^']*)'\)|(?:^|\n)\s*import\s+'(?<bare>\.[^']*)'/g;

/** The imports of one file, re-exports and dynamic ones included. */
export function importsOf(file: string, text: string): readonly Import[] {
  return [...text.matchAll(IMPORT)].map(({ groups = {} }) => {
    const specifier = groups['named'] ?? groups['dynamic'] ?? groups['bare'] ?? '';
    const isType = groups['clause']?.startsWith('type ') ?? false;
    return { file, target: normalize(join(dirname(file), specifier)), isType };
  });
}

/** The imports of all the files, whose paths are relative to the checkout. */
export async function readImports(root: string, files: readonly string[]): Promise<readonly Import[]> {
  const read = files.map(async (file) => importsOf(file, await readFile(join(root, file), 'utf8')));
  return (await Promise.all(read)).flat();
}

/** True for tests and for what only they use. */
export function isTest(file: string): boolean {
  return /\.(test|contract|suite)\.ts$|(^|\/)testing(\/|\.ts$)/.test(file);
}

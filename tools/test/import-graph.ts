/** Which source files import which, read from their text. */
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

/** File -> the files that import it for more than types. */
export type Importers = ReadonlyMap<string, readonly string[]>;

const IMPORT = /\b(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'(\.[^']*)'|\bimport\('(\.[^']*)'\)/g;

/** The importers of each of the files, whose paths are relative to the checkout. */
export async function readImporters(root: string, files: readonly string[]): Promise<Importers> {
  const importers = new Map<string, string[]>();
  await Promise.all(
    files.map(async (file) => {
      for (const target of importsOf(file, await readFile(join(root, file), 'utf8'))) {
        const known = importers.get(target);
        if (known === undefined) importers.set(target, [file]);
        else known.push(file);
      }
    }),
  );
  return importers;
}

/** The files that a source file imports for more than types; packages are left out. */
export function importsOf(file: string, text: string): readonly string[] {
  return [...text.matchAll(IMPORT)].map(([, written, dynamic]) =>
    normalize(join(dirname(file), written ?? dynamic ?? '')),
  );
}

/** File -> number of imports between it and the nearest of the changed files, which have 0. */
export function distances(changed: readonly string[], importers: Importers): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let border = changed;
  for (let distance = 0; border.length > 0; distance += 1) {
    for (const file of border) found.set(file, distance);
    border = [...new Set(border.flatMap((file) => importers.get(file) ?? []))].filter((file) => !found.has(file));
  }
  return found;
}

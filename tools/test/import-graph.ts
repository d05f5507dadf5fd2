/** Which source files import which, read from their text. */
import { readImports } from '../lint/imports.ts';

/** File -> the files that import it for more than types. */
export type Importers = ReadonlyMap<string, readonly string[]>;

/** The importers of each of the files, whose paths are relative to the checkout. */
export async function readImporters(root: string, files: readonly string[]): Promise<Importers> {
  const importers = new Map<string, string[]>();
  for (const { file, target, isType } of await readImports(root, files)) {
    if (isType) continue;
    const known = importers.get(target);
    if (known === undefined) importers.set(target, [file]);
    else known.push(file);
  }
  return importers;
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

/** What imports have to comply with, as functions of the imports and the tables; each problem is a line of text. */
import { dirname } from 'node:path';
import { type Import, isTest } from './imports.ts';

/** Folder -> folders that its files may import. */
export type ImportTable = Readonly<Record<string, readonly string[]>>;

/**
 * Folder -> its subfolders from the lowest to the highest. A list within the list is a floor whose folders do not know
 * each other. `.` are the files of the folder itself; without it they are on no floor.
 */
export type FolderOrder = Readonly<Record<string, readonly (string | readonly string[])[]>>;

/** Folders that tests may import besides. */
const COUNTERPARTS = ['sandbox', 'test', 'tools'];

/** `src/kube` of `src/kube/apply/plan.ts`, and `sandbox` of `sandbox/main.ts`. */
export function partOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'src' ? `${first}/${second}` : first;
}

/** Imports of a part that the table does not give. Folders that are not below `src` or in the table are free. */
export function directionProblems(imports: readonly Import[], table: ImportTable): string[] {
  const isGoverned = (part: string): boolean => part.startsWith('src/') || Object.hasOwn(table, part);
  return imports
    .filter(({ file }) => isGoverned(partOf(file)))
    .filter(({ file, target }) => {
      const [from, to] = [partOf(file), partOf(target)];
      const isPermitted = from === to || (table[from] ?? []).includes(to);
      return !isPermitted && !(isTest(file) && COUNTERPARTS.includes(to));
    })
    .map(({ file, target }) => `${file}: ${partOf(file)} must not import ${partOf(target)} (${target})`);
}

/** Rows of the table that are wider than the code. */
export function unusedPermissions(imports: readonly Import[], table: ImportTable): string[] {
  const used = new Set(imports.map(({ file, target }) => `${partOf(file)} ${partOf(target)}`));
  return Object.entries(table).flatMap(([from, targets]) =>
    targets
      .filter((to) => !used.has(`${from} ${to}`))
      .map((to) => `${from} imports nothing of ${to}: take it out of the table`),
  );
}

/** Imports between subfolders of one folder that go up, or within a floor. */
export function folderProblems(imports: readonly Import[], order: FolderOrder): string[] {
  return imports.flatMap(({ file, target }) => {
    if (isTest(file) || isIndex(file)) return [];
    const parent = commonFolder(file, target);
    const [from, to] = [childOf(parent, file), childOf(parent, target)];
    if (from === to || !/^(src\/|sandbox)/.test(parent)) return [];
    const row = order[parent];
    if (row === undefined) return [`${file}: the order of the folders of ${parent} is missing in the table`];
    const [fromFloor, toFloor] = [floorOf(row, from), floorOf(row, to)];
    const isFree = (name: string, floor: number): boolean => name === '.' && floor < 0;
    if (isFree(from, fromFloor) || isFree(to, toFloor)) return [];
    if (fromFloor < 0 || toFloor < 0) {
      return [`${file}: ${fromFloor < 0 ? from : to} is missing in the order of the folders of ${parent}`];
    }
    return fromFloor > toFloor ? [] : [`${file}: in ${parent}, ${from} must not import ${to} (${target})`];
  });
}

function floorOf(row: FolderOrder[string], name: string): number {
  return row.findIndex((floor) => (typeof floor === 'string' ? floor === name : floor.includes(name)));
}

function commonFolder(left: string, right: string): string {
  const [a, b] = [dirname(left).split('/'), dirname(right).split('/')];
  const difference = a.findIndex((name, index) => name !== b[index]);
  return a.slice(0, difference < 0 ? a.length : difference).join('/');
}

/** The subfolder of the parent in which the file is, or `.`. */
function childOf(parent: string, file: string): string {
  const rest = file.slice(parent.length + 1).split('/');
  return rest.length > 1 ? (rest[0] ?? '.') : '.';
}

/** Imports from outside into a folder that has an `index.ts`, past it. */
export function wallProblems(imports: readonly Import[], files: readonly string[]): string[] {
  const walled = new Set(files.filter(isIndex).map(dirname));
  return imports
    .filter(({ file, target }) => /^(src|sandbox)\//.test(file) && !isTest(file) && !isTest(target))
    .flatMap(({ file, target }) => {
      const wall = foldersAbove(target).find((folder) => walled.has(folder) && !file.startsWith(`${folder}/`));
      if (wall === undefined || target === `${wall}/index.ts`) return [];
      return [`${file}: ${target} is behind ${wall}/index.ts`];
    });
}

function isIndex(file: string): boolean {
  return file.endsWith('/index.ts');
}

/** The folders that a file is in, the outermost first. */
function foldersAbove(file: string): string[] {
  const names = dirname(file).split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Circles of imports, of types too: one path for each group of files that reach each other. */
export function circleProblems(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { file, target } of imports) targets.set(file, [...(targets.get(file) ?? []), target]);
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const file of [...targets.keys()].toSorted()) {
    if (seen.has(file)) continue;
    const circle = shortestCircle(file, targets);
    if (circle === undefined) continue;
    for (const member of circle) seen.add(member);
    problems.push(`circle of imports: ${[...circle, file].join(' -> ')}`);
  }
  return problems;
}

/** The files of the shortest way from a file back to it, the file first. */
function shortestCircle(start: string, targets: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const before = new Map<string, string>();
  let border = [start];
  while (border.length > 0) {
    const next: string[] = [];
    for (const file of border) {
      for (const target of targets.get(file) ?? []) {
        if (target === start) return pathTo(file, before);
        if (before.has(target)) continue;
        before.set(target, file);
        next.push(target);
      }
    }
    border = next;
  }
  return undefined;
}

function pathTo(file: string, before: ReadonlyMap<string, string>): string[] {
  const previous = before.get(file);
  return previous === undefined ? [file] : [...pathTo(previous, before), file];
}

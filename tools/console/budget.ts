/** What the pages of the console may weigh in transfer, and what of a build is loaded when. */

/** Bytes, gzipped, before the first page is shown: scripts, styles and the page itself. */
export const FIRST_LOAD_LIMIT = 250 * 1024;
/** Bytes, gzipped, that one further page may add. */
export const PAGE_LIMIT = 80 * 1024;

/** An entry of Vite's manifest, by the name of its source. */
export interface ManifestEntry {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}

export type Manifest = Readonly<Record<string, ManifestEntry>>;

/** A part that is loaded as a whole: the first load, or what one dynamic import adds to it. */
export interface LoadedPart {
  readonly name: string;
  readonly files: readonly string[];
  readonly limit: number;
}

/** What is loaded with the page, and what each dynamic import adds. */
export function loadedParts(manifest: Manifest): readonly LoadedPart[] {
  const entries = Object.entries(manifest).filter(([, { isEntry }]) => isEntry === true);
  const first = new Set(entries.flatMap(([name]) => filesOf(manifest, name)));
  const lazy = new Set(Object.values(manifest).flatMap(({ dynamicImports = [] }) => dynamicImports));
  return [
    { name: 'first load', files: [...first], limit: FIRST_LOAD_LIMIT },
    ...[...lazy].toSorted().map((name) => ({
      name,
      files: filesOf(manifest, name).filter((file) => !first.has(file)),
      limit: PAGE_LIMIT,
    })),
  ];
}

/** The files of an entry and of everything that it imports statically. */
function filesOf(manifest: Manifest, name: string, seen = new Set<string>()): readonly string[] {
  const entry = manifest[name];
  if (entry === undefined || seen.has(name)) return [];
  seen.add(name);
  const { file, css = [], imports = [] } = entry;
  return [...new Set([file, ...css, ...imports.flatMap((each) => filesOf(manifest, each, seen))])];
}

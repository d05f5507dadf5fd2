/** Functions of `node:fs` after which a file or a name is not durable, without the suffix `Sync`. */
const WRITING = new Set(
  'appendFile copyFile cp createWriteStream link mkdir rename symlink truncate writeFile writev'.split(' '),
);

/** Where they may be used: what makes writes durable itself, and tests. */
const EXEMPT = /^src\/base\/files\/|\.(test|contract)\.ts$|\/testing\//;

const IMPORT = /(?:^|\n)\s*import\s+(?:type\s+)?([^;]*?)\s+from\s+'node:fs(?:\/promises)?'/g;

/**
 * Writes past `src/base/files`, as messages. A file that has a directory of `mkdtemp` for its own work may write there:
 * nothing that was answered depends on it.
 */
export function durableWriteProblems(file: string, text: string): string[] {
  if (!file.startsWith('src/') || EXEMPT.test(file)) return [];
  const clauses = [...text.matchAll(IMPORT)].map(([, clause = '']) => clause);
  const names = clauses.flatMap((clause) =>
    clause
      .replaceAll(/[{}]/g, '')
      .split(',')
      .map((name) => name.trim().replace(/\s+as\s+.*/, '')),
  );
  if (names.includes('mkdtemp')) return [];
  const whole = clauses.some((clause) => !clause.startsWith('{'));
  const found = names.filter((name) => WRITING.has(name.replace(/Sync$/, '')));
  return [...found, ...(whole ? ['all of node:fs'] : [])].map(
    (name) => `${file}: imports ${name}; src/base/files writes files so that they last`,
  );
}

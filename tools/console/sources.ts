import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../src/base/hash.ts';

/** What the console is built from, besides its packages. */
const SOURCES = ['console', 'src/contract', 'src/messages', 'src/progress', 'tools/console'];
const LEFT_OUT = /(^|\/)node_modules(\/|$)/;

/** In the folder of a build, the digest of the sources that it was built from. */
const BUILD_STAMP = '.built-from';

export function buildStamp(folder: string): string {
  return join(folder, BUILD_STAMP);
}

/** Whether the folder has the build of the sources as they are now. */
export async function isBuilt(root: string, folder: string): Promise<boolean> {
  const before = await readFile(buildStamp(folder), 'utf8').catch(() => '');
  return before === (await sourcesDigest(root));
}

/** Changes when a source of the console does. */
export async function sourcesDigest(root: string): Promise<string> {
  const lists = await Promise.all(SOURCES.map((folder) => filesIn(root, folder)));
  const lines = await Promise.all(
    lists.flat().map(async (file) => `${file} ${sha256(await readFile(join(root, file)))}`),
  );
  return sha256(lines.join('\n'));
}

async function filesIn(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = `${folder}/${entry.name}`;
      if (LEFT_OUT.test(path)) return [];
      return entry.isDirectory() ? filesIn(root, path) : [path];
    }),
  );
  return found.flat().toSorted();
}

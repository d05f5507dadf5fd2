import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userCacheDirectory } from '../../src/base/files/user-cache.ts';
import { isAccessible } from '../cache/user-cache.ts';
import { requiredVersion } from '../controlplane/binaries.ts';

/** The program and the files that it reads. */
export interface GiteaFiles {
  readonly program: string;
  /** Folder with `templates` and `options`. */
  readonly resources: string;
}

/** What a test prints as the reason for skipping. */
export const GITEA_NOT_BUILT = 'Gitea not built: run make gitea';

/** The Go module that pins the built version; only its go.mod names the version. */
export const GITEA_MODULE = join(import.meta.dirname, 'go');
export const GITEA_PACKAGE = 'code.gitea.io/gitea';

/** Raised when the build changes without a change of the module. */
const BUILD_REVISION = '1';

/** Where the build of this version for this platform belongs, whether or not it exists. */
export async function giteaDirectory(): Promise<string> {
  const hash = createHash('sha256').update(BUILD_REVISION);
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(GITEA_MODULE, file)));
  const version = await requiredVersion(GITEA_MODULE, GITEA_PACKAGE);
  const key = `${version}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  return join(userCacheDirectory(), 'gitea', key);
}

/** The result of `make gitea`, or undefined before it. */
export async function giteaFiles(): Promise<GiteaFiles | undefined> {
  const directory = await giteaDirectory();
  const program = join(directory, 'gitea');
  return (await isAccessible(program, constants.X_OK)) ? { program, resources: directory } : undefined;
}

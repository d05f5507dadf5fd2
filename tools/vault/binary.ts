import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userCacheDirectory } from '../../src/base/files/user-cache.ts';
import { isAccessible } from '../cache/user-cache.ts';
import { requiredVersion } from '../controlplane/binaries.ts';

/** What a test prints as the reason for skipping. */
export const VAULT_NOT_BUILT = 'Vault not built: run make vault';

/** The Go module that pins the built version; only its go.mod names the version. */
export const goModule = join(import.meta.dirname, 'go');
export const packagePath = 'github.com/hashicorp/vault';

/** Raised when the build changes without a change of the module. */
const BUILD_REVISION = '1';

/** The `vault` program that `make vault` built; undefined before it. */
export async function vaultBinary(): Promise<string | undefined> {
  const path = join(await builtDirectory(), 'vault');
  return (await isAccessible(path, constants.X_OK)) ? path : undefined;
}

/** Where the build of this version for this platform belongs, whether or not it exists. */
export async function builtDirectory(): Promise<string> {
  const hash = createHash('sha256').update(BUILD_REVISION);
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(goModule, file)));
  const version = await requiredVersion(goModule, packagePath);
  const key = `${version}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  return join(userCacheDirectory(), 'vault', key);
}

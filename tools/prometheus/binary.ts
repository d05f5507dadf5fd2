import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userCacheDirectory } from '../../src/base/files/user-cache.ts';
import { isAccessible } from '../cache/user-cache.ts';
import { requiredVersion } from '../controlplane/binaries.ts';

/** What a test prints as the reason for skipping. */
export const PROMTOOL_NOT_BUILT = 'promtool not built: run make promtool';

/** The Go module that pins the built version; only its go.mod names the version. */
export const goModule = join(import.meta.dirname, 'go');
const MODULE = 'github.com/prometheus/prometheus';
export const packagePath = `${MODULE}/cmd/promtool`;

/** Without the clients of cloud providers, by which Prometheus discovers what it scrapes. */
export const buildTags: readonly string[] = ['remove_all_sd', 'slicelabels'];

/** Raised when the build changes without a change of the module. */
const BUILD_REVISION = '1';

/** The `promtool` program that `make promtool` built; undefined before it. */
export async function promtoolBinary(): Promise<string | undefined> {
  const path = join(await builtDirectory(), 'promtool');
  return (await isAccessible(path, constants.X_OK)) ? path : undefined;
}

/** Where the build of this version for this platform belongs, whether or not it exists. */
export async function builtDirectory(): Promise<string> {
  const hash = createHash('sha256').update(BUILD_REVISION);
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(goModule, file)));
  const version = await requiredVersion(goModule, MODULE);
  const key = `${version}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  return join(userCacheDirectory(), 'promtool', key);
}

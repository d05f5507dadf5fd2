import { readFile } from 'node:fs/promises';
import { NautesError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import type { RemoteOptions } from '../config-repo/index.ts';
import type { Configuration } from './configuration.ts';

/** The remote that changes are pushed to, or `undefined` when the embedded repository is the only one. */
export function remoteOptions({ git }: Configuration): RemoteOptions | undefined {
  if (git.remote === '') return undefined;
  if (git.tokenFile === '') return { url: git.remote };
  return {
    url: git.remote,
    // Read at every use: a token that was replaced on disk takes effect without a restart.
    credentials: async () => ({ username: git.username, password: await readTokenFile(git.tokenFile) }),
  };
}

async function readTokenFile(file: string): Promise<Secret> {
  try {
    return new Secret((await readFile(file, 'utf8')).trim());
  } catch (error) {
    throw new NautesError(
      'ConfigurationInvalid',
      { problem: `git.tokenFile: ${file} cannot be read` },
      { cause: error },
    );
  }
}

import { readFile } from 'node:fs/promises';
import { NautesError } from '../errors/errors.ts';
import { Secret } from '../base/secret.ts';
import type { GitCredentials, RemoteOptions } from '../git-store/index.ts';
import type { Caller } from '../resources/caller.ts';
import type { Configuration } from './configuration.ts';

/** User name for tokens of callers: GitLab wants this one for OAuth tokens and takes it for all; Gitea takes any. */
const CALLER_USERNAME = 'oauth2';

/** The remote that changes are pushed to, or `undefined` when the embedded repository is the only one. */
export function remoteOptions({ git, identity }: Configuration): RemoteOptions | undefined {
  if (git.pushAs === 'caller' && (git.remote === '' || identity.provider === 'local')) {
    throw invalid('git.pushAs: caller needs git.remote and identity.provider gitlab or gitea');
  }
  if (git.remote === '') return undefined;
  return {
    url: git.remote,
    ...(/^(https?|ssh):|@/.test(git.remote) ? { operationsPerMinute: git.operationsPerMinute } : {}),
    // Read at every use: a token that was replaced on disk takes effect without a restart.
    ...(git.tokenFile === ''
      ? {}
      : {
          credentials: async () => ({
            username: git.username,
            password: await readSecretFile('git.tokenFile', git.tokenFile),
          }),
        }),
    ...(git.pushAs === 'caller' ? { callerCredentials } : {}),
  };
}

function callerCredentials({ credential, name }: Caller): GitCredentials {
  if (credential === undefined) throw new Error(`no token of ${name} is at hand`);
  return { username: CALLER_USERNAME, password: credential };
}

/** @throws NautesError `ConfigurationInvalid` naming the key */
export async function readSecretFile(key: string, file: string): Promise<Secret> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw invalid(`${key}: ${file} cannot be read`, error);
  }
  if (text === '') throw invalid(`${key}: ${file} is empty`);
  return new Secret(text);
}

function invalid(problem: string, cause?: unknown): NautesError {
  return new NautesError('ConfigurationInvalid', { problem }, cause === undefined ? {} : { cause });
}

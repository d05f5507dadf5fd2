import type { GitCredentials, RemoteOptions } from '../../git-store/index.ts';
import type { Caller } from '../../resources/caller.ts';
import type { Configuration } from './configuration.ts';
import { readSecretFile } from './secret-file.ts';
import { invalidKey } from './invalid.ts';
import { message } from '../../messages/message.ts';

/** User name for callers' tokens: GitLab requires it for OAuth tokens and accepts it for all; Gitea accepts any. */
const CALLER_USERNAME = 'oauth2';

/** The remote that changes are pushed to, or `undefined` when the embedded repository is the only one. */
export function remoteOptions({ git, identity }: Configuration): RemoteOptions | undefined {
  if (git.pushAs === 'caller' && (git.remote === '' || identity.provider === 'local')) {
    throw invalidKey('git.pushAs', message('ConfigurationInvalid.caller'));
  }
  if (git.remote === '') return undefined;
  return {
    url: git.remote,
    ...(/^(https?|ssh):|@/.test(git.remote) ? { operationsPerMinute: git.operationsPerMinute } : {}),
    // Read at every use: a token replaced on disk takes effect without a restart.
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

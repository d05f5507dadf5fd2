import { resolve } from 'node:path';
import { type GitCredentials, isSshUrl, type RemoteOptions, type SshOptions } from '../../git-store/index.ts';
import { MAIN_BRANCH } from '../../resources/repository-layout.ts';
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
  if (git.remote === '' && git.branch !== MAIN_BRANCH) {
    throw invalidKey('git.branch', message('ConfigurationInvalid.branchWithoutRemote'));
  }
  if (!isBranchName(git.branch)) throw invalidKey('git.branch', message('ConfigurationInvalid.branchName'));
  if (git.remote === '') return undefined;
  const isSsh = isSshUrl(git.remote);
  if (isSsh && git.pushAs === 'caller') {
    throw invalidKey('git.pushAs', message('ConfigurationInvalid.callerOverSsh'));
  }
  return {
    url: git.remote,
    branch: git.branch,
    ...(isSsh ? { ssh: sshOptions(git) } : {}),
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

/** Those of git-check-ref-format that need no quoting anywhere. */
function isBranchName(name: string): boolean {
  return /^\w([\w./+-]*[\w+-])?$/.test(name) && !/\.\.|\/\/|\/\.|\.lock(\/|$)/.test(name) && name.length <= 200;
}

/** The files for ssh, which are read at every use. */
function sshOptions({ sshKeyFile, knownHostsFile }: Configuration['git']): SshOptions {
  for (const [key, file] of Object.entries({ sshKeyFile, knownHostsFile })) {
    if (file === '') throw invalidKey(`git.${key}`, message('ConfigurationInvalid.sshFile'));
    if (/["\p{Cc}]/u.test(file)) throw invalidKey(`git.${key}`, message('ConfigurationInvalid.sshFileName'));
  }
  return { keyFile: resolve(sshKeyFile), knownHostsFile: resolve(knownHostsFile) };
}

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Errors of the repository of clusters. Part of the one catalogue. */
export const configRepoErrors = {
  // --- config-repo ---------------------------------------------------------------------------------------------
  ClusterFileInvalid: {
    status: 409,
    next: 'stalled',
    message: 'the file of cluster {name} in the tenant configuration repository is not valid: {problem}',
    remedy: 'Correct or remove the file with a commit, or delete the cluster and save it again.',
  },
  ConfigRepoUnavailable: {
    status: 503,
    next: 'transient',
    message: 'the tenant configuration repository is not available: {problem}',
    remedy: 'Ask again in a while; a change that has arrived already is not made twice.',
  },
  ConfigRepoRefused: {
    status: 409,
    next: 'stalled',
    message: 'the tenant configuration repository refuses the commit: {problem}',
    remedy: 'Look at the hooks and the rules of its branch main; its own words stand in the message.',
  },
  ConfigRepoInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the tenant configuration repository cannot be used: {problem}',
    remedy: 'Correct the repository or the configuration that names it.',
  },
  ConfigRepoTokenRefused: {
    status: 503,
    next: 'stalled',
    message: 'the Git server does not accept the token of this server (401): {problem}',
    remedy:
      'It is wrong, expired or revoked: put a valid one into the file git.tokenFile, which is read at every use. Nothing was changed.',
  },
  ConfigRepoForbidden: {
    status: 503,
    next: 'stalled',
    message: 'the Git server does not allow this to the account of this server: {problem}',
    remedy:
      'Give the account of git.tokenFile a role that may push, and its token a scope that writes (GitLab: write_repository; Gitea: write:repository). Nothing was changed.',
  },
  ConfigRepoProtected: {
    status: 503,
    next: 'stalled',
    message: 'the rules of branch main do not let this server push: {problem}',
    remedy:
      'Allow the account of git.tokenFile to push in the rule of main, or set git.pushAs to caller. Nothing was changed.',
  },
  ConfigRepoMissing: {
    status: 503,
    next: 'stalled',
    message: 'the Git server shows no repository at git.remote to this server (404): {problem}',
    remedy: 'Correct git.remote, or give the account of git.tokenFile access to the repository. Nothing was changed.',
  },
  ConfigRepoMoved: {
    status: 503,
    next: 'stalled',
    message: 'the tenant configuration repository has moved{place}',
    remedy: 'Set git.remote to its new address and start the server again. Nothing was changed.',
  },
  ConfigRepoArchived: {
    status: 503,
    next: 'stalled',
    message: 'the tenant configuration repository is archived and takes no changes',
    remedy: 'Ask an owner of it to bring it back from the archive. Reading goes on; nothing was changed.',
  },
  ConfigRepoThrottled: {
    status: 503,
    next: 'waiting',
    message: 'the Git server asks to come back later (429)',
    remedy: 'Nothing was changed; try again after the time in Retry-After.',
  },
  ConfigRepoBranchMissing: {
    status: 503,
    next: 'stalled',
    message: 'the tenant configuration repository has no branch main, only {branches}',
    remedy:
      'Make a branch main there (git push origin {first}:main); its default branch may stay as it is. Nothing was changed.',
  },
  GitUnusable: {
    status: 500,
    next: 'stalled',
    message: 'git cannot be used: {problem}',
    remedy: 'Install Git {needed} or newer where the PATH of the server finds it.',
  },
} as const satisfies Record<string, CatalogueEntry>;

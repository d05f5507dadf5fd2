export * from './git-store.ts';
export type { CommitInfo } from './git/commit-message.ts';
export type { Snapshot } from './head/head.ts';
export { type GitStoreOptions, openGitStore } from './open-git-store.ts';
export type { GitCredentials, RemoteOptions } from './branch/remote/remote-access.ts';
export type { SshOptions } from './branch/remote/ssh-client.ts';
export { isSshUrl } from './branch/remote/ssh-client.ts';
export { gitMetrics } from './metrics.ts';

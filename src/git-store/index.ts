export * from './config-repo.ts';
export type { CommitInfo } from './git/commit-message.ts';
export { type ClusterEntry, ClusterMap, type RegisteredClusters } from './registered-clusters.ts';
export { type ConfigRepoOptions, openConfigRepo } from './git-config-repo.ts';
export type { GitCredentials, RemoteOptions } from './branch/remote-access.ts';

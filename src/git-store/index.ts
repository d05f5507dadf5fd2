export * from './config-repo.ts';
export { type ClusterEntry, ClusterMap, type RegisteredClusters } from './registered-clusters.ts';
export { type ConfigRepoOptions, openConfigRepo } from './git-config-repo.ts';
export type { GitCredentials, RemoteOptions } from './remote-access.ts';

export * from './config-repo.ts';
export { type ConfigRepoOptions, openConfigRepo } from './git-config-repo.ts';
export type { GitCredentials, RemoteOptions } from './remote-branch.ts';

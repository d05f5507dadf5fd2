import { defined } from '../../base/defined.ts';
import { HostedPrograms } from '../../base/programs/hosted-programs.ts';
import type { Logger } from '../../base/logger.ts';
import type { Proxy } from '../../base/network/proxy.ts';
import type { Metrics } from '../../base/metrics.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { type GitStore, type GitStoreOptions, openGitStore } from '../../git-store/index.ts';
import type { ManagementCluster } from '../../management/index.ts';
import type { Replica } from '../../replicas/index.ts';
import type { Installation } from '../../resources/installation.ts';
import { tenantKinds } from '../../resources/tenant-kinds.ts';
import type { SecretStore } from '../../secrets/index.ts';
import type { State } from '../../state/index.ts';
import type { VaultClient } from '../../vault/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { dataPaths } from '../configuration/data-paths.ts';
import { gitTrust } from '../configuration/git-trust.ts';
import { proxyOf } from '../configuration/proxies.ts';
import { remoteOptions } from '../configuration/remote.ts';
import { openSecrets } from './secrets.ts';
import { openState } from './state.ts';
import { hasVault, openVault } from './vault.ts';

/** What API and controllers share. */
export interface Stores {
  readonly catalog: Catalog;
  readonly secrets: SecretStore;
  readonly state: State;
  readonly repo: GitStore;
  /** Absent when none is configured. */
  readonly vault: VaultClient | undefined;
}

export interface StoreOptions {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly installation: Installation;
  /** Absent when none is configured. */
  readonly management: ManagementCluster | undefined;
  readonly opened: AsyncDisposableStack;
}

/** Opens the stores of the data directory, which the caller has locked. */
export async function openStores(
  options: StoreOptions & Pick<Stores, 'catalog'>,
  replica: Replica | undefined,
  signal: AbortSignal,
): Promise<Stores> {
  const { configuration, logger, opened, catalog } = options;
  const vault = hasVault(configuration) ? await openVault(configuration, logger) : undefined;
  opened.defer(() => vault?.close());
  const secrets = await openSecrets(configuration, { vault, management: options.management, logger }, signal);
  opened.defer(() => secrets.close());
  const state = await openState(options, replica, signal);
  opened.defer(() => state.close());
  const markKeys = (until: AbortSignal) => secrets.derivedKeys('commit mark', until);
  const repo = await openRepo({ ...options, markKeys }, signal);
  opened.defer(() => repo.close());
  return { catalog, secrets, state, repo, vault };
}

async function openRepo(
  { configuration, logger, metrics, opened, markKeys }: StoreOptions & Pick<GitStoreOptions, 'markKeys'>,
  signal: AbortSignal,
): Promise<GitStore> {
  const { git } = configuration;
  const remote = remoteOptions(configuration);
  const environment = await gitTrust(configuration);
  const proxy = await gitProxy(configuration);
  const programs = new HostedPrograms();
  opened.defer(() => programs.close());
  return openGitStore(
    {
      programs,
      ...defined({ markKeys }),
      directory: dataPaths(configuration.dataDirectory).repository,
      ...(remote === undefined ? {} : { remote: { ...remote, environment, ...defined({ proxy }) } }),
      fetchIntervalMilliseconds: git.pollSeconds * 1000,
      committer: { name: git.committerName, email: git.committerEmail },
      layouts: tenantKinds.map(({ files }) => files),
      title: 'tenant configuration repository',
      namespace: configuration.namespace,
      // Permissions on a Git server are checked just before each push.
      ...(configuration.identity.provider === 'local' ? {} : { authorizationMilliseconds: 0 }),
      logger,
      metrics,
    },
    signal,
  );
}

/** Of a remote over HTTP; ssh knows no proxy. */
async function gitProxy(configuration: Configuration): Promise<Proxy | undefined> {
  const { remote } = configuration.git;
  const isHttp = /^https?:/.test(remote) && URL.canParse(remote);
  return isHttp ? (await proxyOf(configuration, 'git'))(new URL(remote)) : undefined;
}

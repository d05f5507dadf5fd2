import { createApiServer, type ApiServer } from '../api/index.ts';
import { systemClock } from '../base/clock.ts';
import { type DirectoryLock, lockDirectory } from '../base/directory-lock.ts';
import { NautesError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { catalogView } from '../catalog/catalog-view.ts';
import { loadCatalog } from '../catalog/load-catalog.ts';
import { ClusterController } from '../controllers/cluster-controller.ts';
import { Connections } from '../controllers/connections.ts';
import { LocalTokenIdentity } from '../identity/index.ts';
import { type ConfigRepo, openConfigRepo } from '../config-repo/index.ts';
import { RegistryService } from '../registry/registry-service.ts';
import { readMirror } from '../render/mirror.ts';
import { Renderer } from '../render/renderer.ts';
import { SourceLoader } from '../render/sources.ts';
import { openSealingKeys, SealedFileSecretStore, type SecretStore } from '../secrets/index.ts';
import { SqliteStatusStore, type StatusStore } from '../status/index.ts';
import { addressPolicy } from './address-policy.ts';
import type { Configuration } from './configuration.ts';
import { CredentialCollector } from './credential-collector.ts';
import { dataPaths } from './data-paths.ts';
import { locateHelm } from './helm.ts';
import { readListen } from './load-configuration.ts';
import { remoteOptions } from './remote.ts';
import { openTls } from './tls.ts';

/** A running server. */
export interface NautesServer {
  /** `http://host:port`, empty when the API is not served by this process. */
  readonly url: string;
  readonly dataDirectory: string;
  /** Finishes or records what is under way and lets go of everything, in the reverse order of the start. */
  close(): Promise<void>;
}

/** Things to let go of, in the order in which they were opened. */
class Opened {
  readonly #closers: { readonly name: string; readonly close: () => Promise<void> | void }[] = [];
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(name: string, close: () => Promise<void> | void): void {
    this.#closers.push({ name, close });
  }

  async closeAll(): Promise<void> {
    for (const { name, close } of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        this.#logger.error({ part: name, error }, 'a part did not close cleanly');
      }
    }
  }
}

/**
 * Composes the parts: the only place that picks implementations.
 * @throws NautesError of whatever cannot be opened; what was opened before is closed again
 */
export async function startServer(
  configuration: Configuration,
  logger: Logger,
  signal: AbortSignal,
): Promise<NautesServer> {
  const opened = new Opened(logger);
  try {
    return await openParts(configuration, logger, opened, signal);
  } catch (error) {
    await opened.closeAll();
    throw error;
  }
}

async function openParts(
  configuration: Configuration,
  logger: Logger,
  opened: Opened,
  signal: AbortSignal,
): Promise<NautesServer> {
  const paths = dataPaths(configuration.dataDirectory);
  const clock = systemClock;
  const addresses = addressPolicy(configuration);
  const catalog = await loadCatalog(configuration.catalog.files);
  const lock: DirectoryLock = await lockDirectory(configuration.dataDirectory);
  opened.add('lock', () => lock.close());
  const secrets = await openSecrets(configuration, logger);
  opened.add('secrets', () => secrets.close());
  const status: StatusStore = await SqliteStatusStore.open({ file: paths.status, logger });
  opened.add('status', () => status.close());
  const repo = await openRepo(configuration, logger, signal);
  opened.add('config-repo', () => repo.close());
  const identity = new LocalTokenIdentity({ directory: paths.tokens, logger });

  let api: ApiServer | undefined;
  if (configuration.role !== 'controllers') {
    const registry = new RegistryService({ repo, secrets, identity, status, catalog, addresses, clock, logger });
    const readiness = (): Promise<{ ready: boolean; checks: Record<string, 'ok'> }> =>
      Promise.resolve({ ready: true, checks: {} });
    const facts = { 'vault.address': configuration.vault.address };
    const views = {
      catalog: () => Promise.resolve(catalogView(catalog, { facts })),
      metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: '' }),
    };
    const tls = await openTls(configuration);
    const secure = tls === undefined ? {} : { tls };
    api = createApiServer({ registry, status, logger, readiness, views, ...secure });
  }
  if (configuration.role !== 'api') {
    const sources = new SourceLoader({
      directory: paths.sources,
      ...(configuration.catalog.mirror === '' ? {} : { mirror: readMirror(configuration.catalog.mirror) }),
    });
    opened.add('sources', () => sources.close());
    const renderer = new Renderer({ sources, helm: () => locateHelm(configuration.helm.path) });
    opened.add('renderer', () => renderer.close());
    const connections = new Connections(addresses);
    opened.add('connections', () => connections.close());
    const collector = new CredentialCollector({ secrets, repo, status, clock, logger });
    opened.add('credential collector', () => collector.close());
    const controller = new ClusterController({
      repo,
      secrets,
      status,
      catalog,
      renderer,
      connections,
      clock,
      logger,
      settings: {
        render: { vault: configuration.vault },
        concurrency: {
          healthy: configuration.controllers.concurrency,
          suspect: configuration.controllers.suspectConcurrency,
        },
        driftMilliseconds: configuration.controllers.driftSeconds * 1000,
        graceMilliseconds: configuration.controllers.graceSeconds * 1000,
        tokenSeconds: configuration.controllers.tokenSeconds,
      },
    });
    opened.add('controllers', () => controller.close());
    await controller.start();
    collector.start();
  }
  const url = api === undefined ? '' : await listen(api, configuration, opened);
  return { url, dataDirectory: configuration.dataDirectory, close: () => opened.closeAll() };
}

async function openSecrets(configuration: Configuration, logger: Logger): Promise<SecretStore> {
  const { secrets: directory, sealingKey } = dataPaths(configuration.dataDirectory);
  const file = configuration.secrets.keyFile || sealingKey;
  const { keys, source, created } = await openSealingKeys({
    file,
    sealedDirectory: directory,
    environment: process.env,
  });
  const message = created ? 'made a new sealing key: keep a copy apart from the data directory' : 'sealing key found';
  logger.info({ source }, message);
  return SealedFileSecretStore.open({ directory, keys, keySource: source });
}

function openRepo(configuration: Configuration, logger: Logger, signal: AbortSignal): Promise<ConfigRepo> {
  const { git } = configuration;
  const remote = remoteOptions(configuration);
  return openConfigRepo(
    {
      directory: dataPaths(configuration.dataDirectory).repository,
      ...(remote === undefined ? {} : { remote }),
      fetchIntervalMilliseconds: git.pollSeconds * 1000,
      committer: { name: git.committerName, email: git.committerEmail },
      namespace: configuration.namespace,
      logger,
    },
    signal,
  );
}

async function listen(api: ApiServer, configuration: Configuration, opened: Opened): Promise<string> {
  const address = readListen(configuration.listen);
  if (address === undefined)
    throw new NautesError('ConfigurationInvalid', { problem: 'listen: this is not HOST:PORT' });
  opened.add('api', () => api.close());
  return api.listen(address);
}

import { Turns } from '../base/async/turns.ts';
import { WaitingCallers } from '../base/async/waiting-callers.ts';
import { defined } from '../base/defined.ts';
import { apiMetrics, type ApiServer, type MetricsText } from '../api/index.ts';
import { gitMetrics } from '../git-store/index.ts';
import { clusterMetrics } from '../controllers/cluster/runtime/metrics.ts';
import type { NautesError } from '../errors/errors.ts';
import { replicaMetrics } from '../replicas/index.ts';
import { reconcileMetrics } from '../reconcile/metrics.ts';
import { missingSafeguards, type Safeguard } from '../base/programs/limits.ts';
import { systemClock } from '../base/clock.ts';
import { ClusterCredentials, DirectAccess, RecentKinds } from '../cluster-access/index.ts';
import { closeAll } from './services/closing.ts';
import { checkDataTrust } from './services/data-trust.ts';
import { lockDirectory } from './services/directory-lock.ts';
import type { Logger } from '../base/logger.ts';
import { loadCatalog } from '../catalog/load-catalog.ts';
import { kubernetesStateMetrics } from '../state/index.ts';
import type { AddressPolicy } from '../kube/index.ts';
import { addressPolicy } from './configuration/address-policy.ts';
import { listenAddress, serveApi } from './compose/api.ts';
import { kubeconfigProxies, proxyOf } from './configuration/proxies.ts';
import { trustedAuthorities } from './configuration/authorities.ts';
import type { Configuration } from './configuration/configuration.ts';
import { type RunningControllers, startControllers } from './compose/controllers.ts';
import { CountedStatuses } from './services/metrics/counted-statuses.ts';
import { MetricsListener } from './services/metrics/metrics-listener.ts';
import { PrometheusMetrics } from './services/metrics/prometheus-metrics.ts';
import { readGauges } from './services/metrics/readings.ts';
import { configuredServices, OwnServices } from './services/own-services.ts';
import type { ReadinessCheck } from './services/readiness.ts';
import { installationOf } from './compose/installation.ts';
import { openManagement } from './compose/management.ts';
import { openPublishing } from './compose/publishing.ts';
import { readinessCheck } from './compose/readiness.ts';
import { openHeadSignal, openLookRequests, openReplica, type SharedWork } from './compose/replica.ts';
import { openRendering } from './compose/rendering.ts';
import { openStores, type StoreOptions, type Stores } from './compose/stores.ts';

const METRICS = [
  ...apiMetrics,
  ...gitMetrics,
  ...reconcileMetrics,
  ...clusterMetrics,
  ...replicaMetrics,
  ...kubernetesStateMetrics,
];

/** A running server. */
export interface NautesServer {
  /** `http://host:port`, empty when the API is not served by this process. */
  readonly url: string;
  /** Where scrapers get metrics without a token, empty when that is not configured. */
  readonly metricsUrl: string;
  readonly dataDirectory: string;
  /** Resolves with the reason when the server cannot work any more and has to be closed. */
  readonly failed: Promise<NautesError>;
  /** Finishes or records running work and closes everything, in the reverse order of the start. */
  close(): Promise<void>;
}

/**
 * Composes the parts. This folder is the only place that picks implementations.
 * @throws NautesError of a part that cannot be opened; those opened before are closed again
 */
export async function startServer(
  configuration: Configuration,
  logger: Logger,
  signal: AbortSignal,
): Promise<NautesServer> {
  const opened = new AsyncDisposableStack();
  try {
    return await openParts(configuration, logger, opened, signal);
  } catch (error) {
    await closeAll(opened, logger);
    throw error;
  }
}

async function openParts(
  configuration: Configuration,
  logger: Logger,
  opened: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<NautesServer> {
  const authorities = await trustedAuthorities('clusters.caFile', configuration.clusters.caFile);
  const proxy = await proxyOf(configuration, 'clusters');
  const proxies = { proxy, kubeconfigProxies: await kubeconfigProxies(configuration) };
  const policy = { ...addressPolicy(configuration), ...proxies, ...defined({ authorities }) };
  const addresses = await refusingOwnServices(policy, configuration, opened);
  const lock = await lockDirectory(configuration.dataDirectory);
  opened.defer(() => lock.close());
  await checkDataTrust(configuration.dataDirectory);
  warnOfMissingSafeguards(logger);
  let api: ApiServer | undefined;
  let controllers: RunningControllers | undefined;
  const metrics = new PrometheusMetrics(METRICS, () =>
    gauges({ stores, statuses, controllers, api, readiness, shared }),
  );
  opened.defer(() => metrics.close());
  const metricsText = () => metrics.text();
  const management = await openManagement(configuration, logger, opened);
  const installation = await installationOf(configuration, management, signal);
  logger.info({ installation: installation.id }, 'installation');
  const options = { configuration, logger, metrics, opened, installation, management };
  const failure = Promise.withResolvers<NautesError>();
  const shared = await shareWork(options, failure.resolve);
  const catalog = await loadCatalog(configuration.catalog.files);
  const rendering = await openRendering(options, catalog);
  const stores = await openStores({ ...options, catalog }, shared?.replica, signal);
  const statuses = new CountedStatuses(stores.state);
  opened.defer(() => statuses.close());
  shared?.replica.start();
  const headSignal = shared && openHeadSignal(shared, stores.repo, logger, opened);
  const readiness = readinessCheck({ ...options, stores, controllers: () => controllers, shared });
  const callers = new WaitingCallers();
  const kinds = new RecentKinds();
  const access = new DirectAccess(addresses, { kinds });
  opened.defer(() => access.close());
  const credentials = new ClusterCredentials(stores.secrets);
  const reach = { access, credentials };
  const publishing = await openPublishing({ ...options, stores, reach, addresses });
  if (configuration.role !== 'api') {
    const own = { access: accessOfControllers(addresses, { shared, kinds }, opened), credentials };
    const surroundings = { ...options, shared, callers, ...defined({ publishing }) };
    controllers = await startControllers(stores, own, rendering, surroundings);
  }
  const looks = shared && openLookRequests(shared, controllers?.look, logger, opened);
  const metricsUrl = await serveMetrics(metricsText, readiness, options);
  if (configuration.role !== 'controllers') {
    const sharing = { shared, headSignal, looks, callers, ...defined({ publishing }) };
    api = await serveApi({ ...options, ...sharing, stores, reach, rendering, controllers, readiness, metricsText });
  }
  const url = api?.url ?? '';
  const close = async (): Promise<void> => {
    // First, so that callers have their answers before connections are cut.
    const changes = stores.repo.stopChanges();
    await closeAll(opened, logger);
    await changes;
  };
  return { url, metricsUrl, dataDirectory: configuration.dataDirectory, failed: failure.promise, close };
}

const SAFEGUARDS: Readonly<Record<Safeguard, string>> = {
  program_limits:
    'memory, file sizes and processor time of git are not limited: prlimit (util-linux) does not work here',
  end_with_parent: 'git may outlive this process when it is killed: setpriv (util-linux) does not work here',
};

/** Says once what does not protect this process here. */
function warnOfMissingSafeguards(logger: Logger): void {
  for (const safeguard of missingSafeguards()) logger.warn({ safeguard }, SAFEGUARDS[safeguard]);
}

/** Becomes one of the replicas, where the storage is shared. */
async function shareWork(
  { configuration, logger, metrics, opened }: StoreOptions,
  onFatal: (error: NautesError) => void,
): Promise<SharedWork | undefined> {
  if (configuration.storage !== 'kubernetes') return undefined;
  const cluster = await openManagement(configuration, logger, opened);
  if (cluster === undefined) return undefined;
  return openReplica({ configuration, cluster, environment: process.env, logger, metrics, opened, onFatal });
}

/**
 * The way of controllers to clusters: they work on one answer in each iteration of the event loop, so that the API waits
 * for no more than that. Where the work is shared, nothing is sent any more once the replica has fenced itself.
 */
function accessOfControllers(
  addresses: AddressPolicy,
  { shared, kinds }: { readonly shared: SharedWork | undefined; readonly kinds: RecentKinds },
  opened: AsyncDisposableStack,
): DirectAccess {
  const fence = shared && { userAgent: shared.userAgent, checkFence: shared.replica.checkFence };
  const access = new DirectAccess(addresses, { turn: new Turns().take, kinds, ...fence });
  opened.defer(() => access.close());
  return access;
}

/** The policy by which no cluster has the address of a service of this installation unless that is configured. */
async function refusingOwnServices(
  policy: AddressPolicy,
  configuration: Configuration,
  opened: AsyncDisposableStack,
): Promise<AddressPolicy> {
  if (configuration.addresses.services === 'allow') return policy;
  const services = new OwnServices(configuredServices(configuration));
  opened.defer(() => services.close());
  await services.start();
  return { ...policy, ownService: services.describe };
}

/** Serves metrics and health on their own address, without a token; the metrics' URL, empty when none is configured. */
async function serveMetrics(
  text: () => Promise<MetricsText>,
  readiness: ReadinessCheck,
  options: StoreOptions,
): Promise<string> {
  const { configuration, logger, opened } = options;
  if (configuration.metrics.listen === '') return '';
  const listener = new MetricsListener({ metrics: text, readiness: () => readiness.check(), logger });
  opened.defer(() => listener.close());
  const url = await listener.listen(listenAddress('metrics.listen', configuration.metrics.listen));
  logger.info({ url }, 'metrics are served without a token');
  return url;
}

interface GaugeParts {
  readonly stores: Stores;
  readonly statuses: CountedStatuses;
  readonly controllers: RunningControllers | undefined;
  readonly api: ApiServer | undefined;
  readonly shared: SharedWork | undefined;
  readonly readiness: ReadinessCheck;
}

function gauges({ stores, statuses, controllers, api, readiness, shared }: GaugeParts) {
  return readGauges({
    ...stores,
    ...stores.state,
    statuses,
    now: () => systemClock.now(),
    queue: () => controllers?.reconciler.load,
    connections: () => controllers?.access.size,
    eventStreams: () => api?.eventStreams,
    replica: () => shared?.replica.state,
    readiness: () => readiness.check(),
  });
}

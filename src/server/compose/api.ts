import type { WaitingCallers } from '../../base/async/waiting-callers.ts';
import { join } from 'node:path';
import { defined } from '../../base/defined.ts';
import { type ApiServer, createApiServer, type ServerViews } from '../../api/index.ts';
import { systemClock } from '../../base/clock.ts';
import type { AccessServices } from '../../cluster-access/index.ts';
import { catalogView } from '../../catalog/catalog-view.ts';
import type { HeadSignal, LookRequests } from '../../replicas/index.ts';
import type { ClusterLooks } from '../../registry/services.ts';
import { clusterKey } from '../../resources/cluster/cluster-key.ts';
import { Fleet } from '../../registry/fleet/fleet.ts';
import { countingCallers } from '../../registry/counted-callers.ts';
import { clusterRegistry } from '../../registry/use-cases.ts';
import type { Publishing } from '../../publish/index.ts';
import { RenderedContents } from '../../render/component-contents.ts';
import { SourceLock } from '../../render/source-lock.ts';
import type { RunningControllers } from './controllers.ts';
import { publicationsOf } from './publishing.ts';
import { dataPaths } from '../configuration/data-paths.ts';
import { openIdentity, openOAuth } from './identity.ts';
import { readListen } from '../configuration/load.ts';
import { PushHooks } from '../services/push-hooks.ts';
import type { ReadinessCheck } from '../services/readiness.ts';
import type { SharedWork } from './replica.ts';
import type { Rendering } from './rendering.ts';
import type { StoreOptions, Stores } from './stores.ts';
import { serverSetup, tokenAdministration } from './server-views.ts';
import { sessionKeyOf } from './tokens.ts';
import { openTls } from '../services/tls.ts';
import { TlsRenewal } from '../services/tls-renewal.ts';
import { VERSION } from '../services/version.ts';
import { injectorAddress } from './workload-auth.ts';
import { invalidKey } from '../configuration/invalid.ts';
import { message } from '../../messages/message.ts';

/** Where `make console` and packages have the web console. */
const CONSOLE_DIRECTORY = join(import.meta.dirname, '../../../dist/console');

export interface ApiParts extends StoreOptions {
  /** Absent without a management cluster. */
  readonly publishing?: Publishing;
  readonly stores: Stores;
  readonly reach: AccessServices;
  readonly rendering: Rendering;
  /** Absent when another process runs the controllers. */
  readonly controllers: RunningControllers | undefined;
  readonly readiness: ReadinessCheck;
  readonly metricsText: ServerViews['metrics'];
  /** These are absent where no other process serves or works on the same clusters. */
  readonly shared: SharedWork | undefined;
  readonly headSignal: HeadSignal | undefined;
  readonly looks: LookRequests | undefined;
  readonly callers: WaitingCallers;
}

/** Serves the API: listening is the last step. */
export async function serveApi(parts: ApiParts): Promise<ApiServer> {
  const { stores, reach, rendering, configuration, logger, metrics, opened, installation, headSignal } = parts;
  const address = listenAddress('listen', configuration.listen);
  const paths = dataPaths(configuration.dataDirectory);
  const identity = await openIdentity(parts);
  const facts = { 'vault.address': injectorAddress(configuration), 'oauth.issuer': configuration.oauth.issuer };
  const useCases = clusterRegistry({
    ...stores,
    ...stores.state,
    offboardings: stores.state.offboardingRequests,
    ...(configuration.storage === 'kubernetes' ? { checkState: stores.state.checkWritable } : {}),
    ...reach,
    installation,
    identity,
    facts,
    contents: new RenderedContents(rendering.renderer, rendering.settings, stores.catalog),
    ...defined({ controllers: looksOf(parts) }),
    ...publicationsFor(parts),
    clock: systemClock,
    logger,
  });
  const registry = countingCallers(useCases, parts.callers);
  const lock = new SourceLock(paths.sources);
  const views: ServerViews = {
    catalog: async (language) => catalogView(stores.catalog, { facts, language, recordedDigests: await lock.read() }),
    metrics: parts.metricsText,
    version: VERSION,
    components: stores.catalog.components().map(({ name, category, version }) => ({ name, category, version })),
    graceSeconds: configuration.controllers.graceSeconds,
    setup: serverSetup(configuration),
    installation: installation.id,
  };
  const tls = await openTls(configuration);
  const fleet = new Fleet({ ...stores, logger });
  opened.defer(() => fleet.close());
  const api = createApiServer({
    registry,
    events: stores.state.events,
    fleet,
    receipts: stores.state.offboardings,
    logger,
    metrics,
    readiness: () => parts.readiness.check(),
    views,
    ...tokenAdministration(configuration, parts.management, identity),
    ...(await openOAuth(parts)),
    sessionKey: sessionKeyOf(configuration, parts.management),
    ...(await webhookOptions(parts, opened)),
    trustedProxies: configuration.clients.trustedProxies,
    tokenGuard: {
      failuresPerAddress: configuration.clients.failedTokensPerMinute,
      failuresTotal: configuration.clients.failedTokensPerMinuteTotal,
      servers: () => parts.shared?.replica.state.serving ?? 1,
    },
    ...(configuration.console.enabled && { consoleDirectory: CONSOLE_DIRECTORY }),
    ...defined({ tls, settle: headSignal && (() => headSignal.settle()) }),
  });
  opened.defer(() => api.close());
  if (tls !== undefined) {
    const renewal = new TlsRenewal({ tls, apply: (renewed) => api.renewTls(renewed), logger });
    opened.defer(() => renewal.close());
  }
  await api.listen(address).catch((error: unknown) => {
    throw listenFailure('listen', configuration.listen, error);
  });
  return api;
}

/** Who looks at a cluster when a caller asks for it: the replica that works on it, or the controllers of this process. */
function looksOf({ looks, controllers }: ApiParts): ClusterLooks | undefined {
  if (looks === undefined) return controllers?.clusters;
  return { look: (name, signal) => looks.request(clusterKey(name), signal) };
}

function publicationsFor({ publishing, stores, installation, configuration }: ApiParts) {
  if (publishing === undefined) return {};
  const managementCluster = configuration.management.cluster;
  return { publications: publicationsOf(publishing, { repo: stores.repo, installation, managementCluster }) };
}

/** Hooks are served when their secret is configured; it is read at the start, so that a mistake is found early. */
async function webhookOptions({ configuration, stores, logger }: ApiParts, opened: AsyncDisposableStack) {
  if (configuration.webhooks.secretFile === '') return {};
  const webhooks = new PushHooks({ configuration, repo: stores.repo, logger });
  opened.defer(() => webhooks.close());
  await webhooks.secret();
  return { webhooks };
}

/** @throws NautesError `ConfigurationInvalid` */
export function listenAddress(key: string, text: string): { readonly host: string; readonly port: number } {
  const address = readListen(text);
  if (address === undefined) throw invalidKey(key, message('ConfigurationInvalid.notHostPort', { text }));
  return address;
}

/** Why an address cannot be listened on, as a configuration error if it is one. */
export function listenFailure(key: string, address: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = LISTEN_PROBLEMS[code];
  if (why === undefined) return error;
  return invalidKey(key, message(why, { address }), error);
}

type ListenProblem = `ConfigurationInvalid.${'addressInUse' | 'addressElsewhere' | 'addressForbidden' | 'hostUnknown'}`;

const LISTEN_PROBLEMS: Readonly<Record<string, ListenProblem>> = {
  EADDRINUSE: 'ConfigurationInvalid.addressInUse',
  EADDRNOTAVAIL: 'ConfigurationInvalid.addressElsewhere',
  EACCES: 'ConfigurationInvalid.addressForbidden',
  ENOTFOUND: 'ConfigurationInvalid.hostUnknown',
};

import { defined } from '../../src/base/defined.ts';
import { type Metrics, noMetrics } from '../../src/base/metrics.ts';
import { join } from 'node:path';
import type { Clock } from '../../src/base/clock.ts';
import type { Logger } from '../../src/base/logger.ts';
import { loadCatalog } from '../../src/catalog/load-catalog.ts';
import { tenantKinds } from '../../src/resources/tenant-kinds.ts';
import { type GitStore, openGitStore } from '../../src/git-store/index.ts';
import type { RunJournal } from '../../src/reconcile/run-journal.ts';
import type { ReconcilerOptions } from '../../src/reconcile/reconciler.ts';
import { clusterReporting } from '../../src/controllers/cluster/runtime/cluster-reporting.ts';
import { ClusterController } from '../../src/controllers/cluster/cluster-controller.ts';
import { type ClusterAccess, ClusterCredentials, DirectAccess } from '../../src/cluster-access/index.ts';
import type { ControllerParts, ControllerSettings } from '../../src/controllers/cluster/runtime/services.ts';
import { foreignTo, type Publishing, usersOf } from '../../src/publish/index.ts';
import type { Publications } from '../../src/registry/services.ts';
import type { IdentityProvider } from '../../src/identity/index.ts';
import { type AddressPolicy, loopbackAddressPolicy } from '../../src/kube/index.ts';
import type { Installation } from '../../src/resources/installation.ts';
import type { ClusterRegistry } from '../../src/registry/cluster-registry.ts';
import { clusterRegistry } from '../../src/registry/use-cases.ts';
import { RenderedContents } from '../../src/render/component-contents.ts';
import { Renderer } from '../../src/render/renderer.ts';
import { SourceLoader } from '../../src/render/sources.ts';
import { openSealingKeys, SealedFileSecretStore, type SecretStore } from '../../src/secrets/index.ts';
import { openSqliteState, type State } from '../../src/state/index.ts';
import type { WorkloadAuth } from '../../src/workload-auth/index.ts';
import { ObservedReconciler } from './observed-reconciler.ts';
import { PATIENCE_MILLISECONDS } from './wait-until.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');

/** The identity of a loop that is given none. */
export const TEST_INSTALLATION: Installation = { id: 'tests', createdAt: '2026-11-01T00:00:00Z' };

/** A clock that a test puts forward; timers run on the real one. */
export class AdjustableClock implements Clock {
  aheadMilliseconds = 0;

  now(): number {
    return Date.now() + this.aheadMilliseconds;
  }
}

export interface ControlLoopOptions {
  /** Another one than those of the other loops that have none. */
  readonly installation?: Installation;
  readonly settings?: Partial<ControllerSettings>;
  readonly concurrency?: ReconcilerOptions['concurrency'];
  /** Facts that hold for all clusters, as far as the registry has to know them. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Further catalogue files. */
  readonly catalogFiles?: readonly string[];
  /** Instead of sealed files; asked at every {@link ControlLoop.open}, and closed with the rest. */
  readonly openSecrets?: (clock: Clock) => Promise<SecretStore>;
  readonly workloadAuth?: WorkloadAuth;
  readonly metrics?: Metrics;
  /** Which addresses clusters may have, and how they are reached; default: those of a server on loopback. */
  readonly addresses?: AddressPolicy;
  /** Where clusters are published; asked at every {@link ControlLoop.open}. */
  readonly publishing?: (clock: Clock) => Publishing;
  /** What the last process left; asked at every {@link ControlLoop.open}. */
  readonly journal?: RunJournal;
  /** Looks at or replaces the state that controllers and registry get. */
  readonly wrapState?: (state: State) => State;
}

/** What a loop consists of while it is open. */
export interface LoopParts {
  readonly repo: GitStore;
  readonly secrets: SecretStore;
  readonly state: State;
  readonly registry: ClusterRegistry;
  readonly access: ClusterAccess;
  readonly reconciler: ObservedReconciler;
  close(): Promise<void>;
}

/** Where a loop has its data, and what outlives its parts. */
export interface LoopPlace {
  readonly directory: string;
  readonly repositoryDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everyone may do everything: rights are tested elsewhere. */
const anybody: IdentityProvider = {
  authenticate: () => Promise.resolve({ id: 'ada', name: 'ada', email: 'ada@localhost' }),
  authorize: () => Promise.resolve(),
};

/** Opens everything that registry and controllers need, over the data of the place. */
export async function openLoopParts(options: ControlLoopOptions, place: LoopPlace): Promise<LoopParts> {
  const {
    settings,
    concurrency = { healthy: 8, suspect: 2 },
    facts = {},
    catalogFiles = [],
    wrapState = (stored: State) => stored,
  } = options;
  const { clock, directory, repositoryDirectory, logger } = place;
  const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  const catalog = await loadCatalog([STAND_INS, ...catalogFiles]);
  const { openSecrets = () => openSealedFiles(place), workloadAuth, metrics = noMetrics } = options;
  const publishing = options.publishing?.(clock);
  const secrets = await openSecrets(clock);
  const stored = await openSqliteState({ file: join(directory, 'status.db'), logger, clock });
  const state = wrapState(stored);
  const repo = await openGitStore(
    {
      directory: repositoryDirectory,
      fetchIntervalMilliseconds: 1_000,
      committer: { name: 'Nautes', email: 'nautes@localhost' },
      layouts: tenantKinds.map(({ files }) => files),
      title: 'tenant configuration repository',
      namespace: 'nautes',
      logger,
    },
    signal,
  );
  const sources = new SourceLoader({ directory: join(directory, 'sources') });
  const renderer = new Renderer({ sources, helm: () => Promise.reject(new Error('no test renders a chart')) });
  const access = new DirectAccess(options.addresses ?? loopbackAddressPolicy);
  const credentials = new ClusterCredentials(secrets);
  const { installation = TEST_INSTALLATION } = options;
  const shared = { ...state, installation, repo, secrets, access, credentials, catalog, clock, logger };
  const reconciler = new ObservedReconciler({ concurrency, logger, metrics, ...defined({ journal: options.journal }) });
  const parts: ControllerParts = {
    ...shared,
    reporting: clusterReporting({ ...state, clock }),
    renderer,
    metrics,
    settings: { ...defaultSettings, ...settings },
    ...(workloadAuth === undefined ? {} : { workloadAuth }),
    ...(publishing === undefined ? {} : { publishing }),
  };
  const controller = new ClusterController(parts, reconciler);
  const contents = new RenderedContents(renderer, parts.settings.render, catalog);
  const published = publishing === undefined ? {} : { publications: publicationsOf(publishing, installation) };
  const registry = clusterRegistry({
    ...shared,
    facts,
    contents,
    identity: anybody,
    controllers: controller,
    ...published,
  });
  await controller.start();
  const closers = [controller, reconciler, access, renderer, sources, repo, state, secrets];
  const close = async (): Promise<void> => {
    for (const part of closers) await part.close();
  };
  return { repo, secrets, state, registry, access, reconciler, close };
}

async function openSealedFiles({ directory: parent, clock }: LoopPlace): Promise<SecretStore> {
  const directory = join(parent, 'secrets');
  const { keys, source } = await openSealingKeys({
    file: join(parent, 'sealing.key'),
    sealedDirectory: directory,
    environment: {},
  });
  return SealedFileSecretStore.open({ directory, keys, keySource: source, clock });
}

function publicationsOf(publishing: Publishing, { id }: Installation): Publications {
  return {
    usersOf: (registration, inventory, signal) =>
      usersOf(publishing, { owner: { installation: id, ...registration }, server: '' }, inventory, signal),
    foreignTo: ({ server, ...registration }, signal) =>
      foreignTo(publishing, { owner: { installation: id, ...registration }, server }, signal),
  };
}

const defaultSettings: ControllerSettings = {
  render: { vault: { address: '' } },
  driftMilliseconds: 200,
  quickLookMilliseconds: 24 * 3_600_000,
  graceMilliseconds: 60_000,
  tokenSeconds: 3600,
};

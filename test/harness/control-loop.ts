import { type Metrics, noMetrics } from '../../src/base/metrics.ts';
import { clusterKey, clusterRegistration } from '../../src/resources/cluster/cluster-key.ts';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/base/clock.ts';
import type { LogFields, Logger } from '../../src/base/logger.ts';
import { Secret } from '../../src/base/secret.ts';
import { sleep } from '../../src/base/async/timing.ts';
import { loadCatalog } from '../../src/catalog/load-catalog.ts';
import { tenantKinds } from '../../src/resources/tenant-kinds.ts';
import { type GitStore, openGitStore } from '../../src/git-store/index.ts';
import type { ReconcilerOptions } from '../../src/reconcile/reconciler.ts';
import { clusterReporting } from '../../src/controllers/cluster/runtime/cluster-reporting.ts';
import { ClusterController } from '../../src/controllers/cluster/cluster-controller.ts';
import { type ClusterAccess, ClusterCredentials, DirectAccess } from '../../src/cluster-access/index.ts';
import type { ControllerParts, ControllerSettings } from '../../src/controllers/cluster/runtime/services.ts';
import { foreignTo, type Publishing, usersOf } from '../../src/publish/index.ts';
import type { Publications } from '../../src/registry/services.ts';
import type { IdentityProvider } from '../../src/identity/index.ts';
import { type AddressPolicy, loopbackAddressPolicy } from '../../src/kube/index.ts';
import type { ClusterDraft } from '../../src/resources/cluster/cluster-draft.ts';
import type { OffboardingRecord } from '../../src/resources/cluster/offboarding-record.ts';
import type { Installation } from '../../src/resources/installation.ts';
import type { InventoryEntry } from '../../src/resources/inventory.ts';
import type { EventView, StatusView } from '../../src/contract/views.ts';
import { eventReply } from '../../src/api/wire/event-reply.ts';
import { statusReply } from '../../src/api/wire/status-reply.ts';
import type { Receipt } from '../../src/resources/cluster/receipt.ts';
import type { DeletionPlan } from '../../src/registry/delete/deletion-plan.ts';
import type { ClusterPlan } from '../../src/registry/save/cluster-plan.ts';
import type {
  ClusterRegistry,
  CallerContext,
  NodePorts,
  PauseOptions,
  RotateOptions,
  SaveOptions,
  SaveResult,
  SyncResult,
} from '../../src/registry/cluster-registry.ts';
import { clusterRegistry } from '../../src/registry/use-cases.ts';
import { RenderedContents } from '../../src/render/component-contents.ts';
import { Renderer } from '../../src/render/renderer.ts';
import { SourceLoader } from '../../src/render/sources.ts';
import { openSealingKeys, SealedFileSecretStore, type SecretStore } from '../../src/secrets/index.ts';
import { openSqliteState, type State } from '../../src/state/index.ts';
import type { WorkloadAuth } from '../../src/workload-auth/index.ts';
import { ConfigClone } from './config-clone.ts';
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

/** Where to register: a simulated cluster has all of it. */
export interface RegisteredServer {
  readonly server: string;
  kubeconfig(): string;
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
  /** Looks at or replaces the state that controllers and registry get. */
  readonly wrapState?: (state: State) => State;
}

interface Parts {
  readonly repo: GitStore;
  readonly secrets: SecretStore;
  readonly state: State;
  readonly registry: ClusterRegistry;
  readonly access: ClusterAccess;
  readonly reconciler: ObservedReconciler;
  close(): Promise<void>;
}

/** Everyone may do everything: rights are tested elsewhere. */
const anybody: IdentityProvider = {
  authenticate: () => Promise.resolve({ id: 'ada', name: 'ada', email: 'ada@localhost' }),
  authorize: () => Promise.resolve(),
};

/** Registry and controllers over the embedded parts in one process, with a clock that can be moved. */
export class ControlLoop {
  readonly directory: string;
  readonly clock = new AdjustableClock();
  /** What was logged as error. */
  readonly errors: LogFields[] = [];
  #options: ControlLoopOptions;
  #parts: Parts | undefined;
  #requests = 0;

  private constructor(directory: string, options: ControlLoopOptions) {
    this.directory = directory;
    this.#options = options;
  }

  static async start(options: ControlLoopOptions = {}): Promise<ControlLoop> {
    const loop = new ControlLoop(await mkdtemp(join(tmpdir(), 'nautes-loop-')), options);
    await loop.open();
    return loop;
  }

  /** Opens everything, or opens it again after {@link shut}. */
  async open(): Promise<void> {
    const {
      settings,
      concurrency = { healthy: 8, suspect: 2 },
      facts = {},
      catalogFiles = [],
      wrapState = (stored: State) => stored,
    } = this.#options;
    const { clock, directory } = this;
    const logger = this.#logger();
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    const catalog = await loadCatalog([STAND_INS, ...catalogFiles]);
    const { openSecrets = () => this.#openSealedFiles(), workloadAuth, metrics = noMetrics } = this.#options;
    const publishing = this.#options.publishing?.(clock);
    const secrets = await openSecrets(clock);
    const stored = await openSqliteState({ file: join(directory, 'status.db'), logger, clock });
    const state = wrapState(stored);
    const repo = await openGitStore(
      {
        directory: this.repositoryDirectory,
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
    const access = new DirectAccess(this.#options.addresses ?? loopbackAddressPolicy);
    const credentials = new ClusterCredentials(secrets);
    const { installation = TEST_INSTALLATION } = this.#options;
    const shared = { ...state, installation, repo, secrets, access, credentials, catalog, clock, logger };
    const reconciler = new ObservedReconciler({ concurrency, logger, metrics });
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
    this.#parts = { repo, secrets, state, registry, access, reconciler, close };
  }

  /** Closes everything and leaves the data. */
  async shut(): Promise<void> {
    await this.#parts?.close();
    this.#parts = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shut();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Other options for the next {@link open}. */
  change(options: Partial<ControlLoopOptions>): void {
    this.#options = { ...this.#options, ...options };
  }

  get repositoryDirectory(): string {
    return join(this.directory, 'config-repo.git');
  }

  get parts(): Parts {
    if (this.#parts === undefined) throw new Error('the control loop is shut');
    return this.#parts;
  }

  /** Copies all data away, for {@link restoreBackup}. Only while it is shut. */
  async backUp(): Promise<string> {
    const copy = await mkdtemp(join(tmpdir(), 'nautes-backup-'));
    await cp(this.directory, copy, { recursive: true });
    return copy;
  }

  /** Brings the data back from a copy. Only while it is shut. */
  async restoreBackup(copy: string): Promise<void> {
    await rm(this.directory, { recursive: true });
    await cp(copy, this.directory, { recursive: true });
    await rm(copy, { recursive: true });
  }

  save(
    name: string,
    cluster: RegisteredServer,
    changes: DraftChanges = {},
    options: SaveOptions = { skipCheck: false },
  ): Promise<SaveResult> {
    return this.parts.registry.save(this.#context(), name, draftOf(cluster, changes), options);
  }

  plan(
    name: string,
    cluster: RegisteredServer,
    changes: DraftChanges = {},
    options: SaveOptions = { skipCheck: false },
  ): Promise<ClusterPlan> {
    return this.parts.registry.plan(this.#context(), name, draftOf(cluster, changes), options);
  }

  rotate(name: string, options: RotateOptions): Promise<SaveResult> {
    return this.parts.registry.rotate(this.#context(), name, options);
  }

  pause(name: string, { until = '', reason = '' }: Partial<PauseOptions>): Promise<SaveResult> {
    return this.parts.registry.pause(this.#context(), name, { until, reason });
  }

  resume(name: string): Promise<SaveResult> {
    return this.parts.registry.resume(this.#context(), name, {});
  }

  sync(name: string): Promise<SyncResult> {
    return this.parts.registry.sync(this.#context(), name);
  }

  delete(name: string, force = false): Promise<{ readonly commit: string }> {
    return this.parts.registry.delete(this.#context(), name, { force });
  }

  planDeletion(name: string, force = false): Promise<DeletionPlan> {
    return this.parts.registry.planDeletion(this.#context(), name, { force });
  }

  nodePorts(name: string, count: number): Promise<NodePorts> {
    return this.parts.registry.nodePorts(this.#context(), name, count);
  }

  /** A clone of the repository, as a person has it. */
  clone(): Promise<ConfigClone> {
    return ConfigClone.of(this.repositoryDirectory);
  }

  /** As the API shows it. */
  async status(name: string): Promise<StatusView | undefined> {
    const status = await this.parts.state.status.get(clusterKey(name));
    return status && statusReply(status, 'en');
  }

  inventory(cluster: string, incarnation: string): Promise<readonly InventoryEntry[]> {
    return this.parts.state.inventory.list(clusterRegistration({ cluster, incarnation }));
  }

  putOffboarding(record: OffboardingRecord): Promise<void> {
    return this.parts.state.offboardings.put(clusterRegistration(record), record);
  }

  async events(name: string): Promise<readonly EventView[]> {
    const { events } = await this.parts.state.events.after(0, clusterKey(name), 1000);
    return events.map((event) => eventReply(event, 'en'));
  }

  /** Lets the controllers look at the cluster that many times more: what they would do by now they have done. */
  async runAgain(name: string, times = 2): Promise<void> {
    for (let run = 0; run < times; run += 1) await this.parts.reconciler.runOnce(clusterKey(name));
  }

  /** Waits for a status; fails with the last one. */
  async until(name: string, test: (status: StatusView) => boolean, what: string): Promise<StatusView> {
    let last: StatusView | undefined;
    return eventually(
      async () => {
        last = await this.status(name);
        return last !== undefined && test(last) ? last : undefined;
      },
      () => `${name} is not ${what}: ${JSON.stringify(last, undefined, 1)} ${JSON.stringify(this.errors)}`,
    );
  }

  untilReady(name: string): Promise<StatusView> {
    return this.until(name, ({ phase }) => phase === 'Ready', 'Ready');
  }

  /** Waits until a condition has the reason. */
  untilReason(name: string, reason: string): Promise<StatusView> {
    return this.until(name, ({ conditions }) => conditions.some((condition) => condition.reason === reason), reason);
  }

  untilEvent(name: string, reason: string): Promise<EventView> {
    return eventually(
      async () => (await this.events(name)).find((event) => event.reason === reason),
      () => `no event ${reason} of ${name}`,
    );
  }

  async untilReceipt(name: string, incarnation: string): Promise<Receipt> {
    return eventually(
      async () => {
        const receipt = await this.parts.state.offboardings.receipt(clusterKey(name));
        return receipt?.incarnation === incarnation ? receipt : undefined;
      },
      () => `no receipt for ${name}`,
    );
  }

  async #openSealedFiles(): Promise<SecretStore> {
    const directory = join(this.directory, 'secrets');
    const { keys, source } = await openSealingKeys({
      file: join(this.directory, 'sealing.key'),
      sealedDirectory: directory,
      environment: {},
    });
    return SealedFileSecretStore.open({ directory, keys, keySource: source, clock: this.clock });
  }

  #context(): CallerContext {
    this.#requests += 1;
    const caller = { id: 'ada', name: 'ada', email: 'ada@localhost' };
    return { caller, requestId: `request-${this.#requests}`, signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) };
  }

  #logger(): Logger {
    const logger: Logger = {
      debug() {},
      info() {},
      warn() {},
      error: (fields) => void this.errors.push(fields),
      child: () => logger,
    };
    return logger;
  }
}

function publicationsOf(publishing: Publishing, { id }: Installation): Publications {
  return {
    usersOf: (registration, inventory, signal) =>
      usersOf(publishing, { owner: { installation: id, ...registration }, server: '' }, inventory, signal),
    foreignTo: ({ server, ...registration }, signal) =>
      foreignTo(publishing, { owner: { installation: id, ...registration }, server }, signal),
  };
}

/** What a draft says otherwise than the default one; the kubeconfig as text. */
export type DraftChanges = Partial<Omit<ClusterDraft, 'kubeconfig'>> & { readonly kubeconfig?: string | undefined };

function draftOf(cluster: RegisteredServer, changes: DraftChanges): ClusterDraft {
  const kubeconfig = 'kubeconfig' in changes ? changes.kubeconfig : cluster.kubeconfig();
  return {
    ...workerDraft,
    apiServer: cluster.server,
    ...changes,
    kubeconfig: kubeconfig === undefined ? undefined : new Secret(kubeconfig),
  };
}

const defaultSettings: ControllerSettings = {
  render: { vault: { address: '' } },
  driftMilliseconds: 200,
  quickLookMilliseconds: 24 * 3_600_000,
  graceMilliseconds: 60_000,
  tokenSeconds: 3600,
};

const workerDraft: Omit<ClusterDraft, 'apiServer' | 'kubeconfig'> = {
  clusterKind: 'kubernetes',
  clusterType: 'physical',
  usage: 'worker',
  hostCluster: '',
  workerType: 'deployment',
  primaryDomain: '',
  vclusterNodePort: '',
  components: {},
  withoutComponents: undefined,
  adoptComponents: undefined,
  cloneOf: '',
  reservedNamespacesAllowedProducts: {},
  productAllowedClusterResources: {},
};

/** The draft changes for a host, which has a gateway and nothing else: the quickest cluster. */
export const hostDraft = { usage: 'host', workerType: '' } as const;

/** Waits until there is a result. */
export async function eventually<T>(
  look: () => Promise<T | undefined>,
  problem: () => string,
  milliseconds = PATIENCE_MILLISECONDS,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(problem());
    await sleep(25);
  }
}

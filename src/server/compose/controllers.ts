import { defined } from '../../base/defined.ts';
import type { WaitingCallers } from '../../base/async/waiting-callers.ts';
import { systemClock } from '../../base/clock.ts';
import { clusterReporting } from '../../controllers/cluster/runtime/cluster-reporting.ts';
import { ClusterController } from '../../controllers/cluster/cluster-controller.ts';
import type { ControllerParts } from '../../controllers/cluster/runtime/services.ts';
import { Reconciler } from '../../reconcile/reconciler.ts';
import type { AccessServices, ClusterAccess } from '../../cluster-access/index.ts';
import type { Publishing } from '../../publish/index.ts';
import { PublishingRights } from '../services/publishing-rights.ts';
import { dataPaths } from '../configuration/data-paths.ts';
import { FileRunJournal } from '../services/run-journal.ts';
import { CredentialCollector } from '../services/credential-collector.ts';
import { ResourceLog } from '../services/log/resource-log.ts';
import type { ResourceKey } from '../../resources/resource-key.ts';
import type { SharedWork } from './replica.ts';
import type { Rendering } from './rendering.ts';
import type { StoreOptions, Stores } from './stores.ts';
import { workloadAuthOf, workloadSettings } from './workload-auth.ts';

/** The controllers of this process. */
export interface RunningControllers {
  readonly reconciler: Reconciler;
  readonly clusters: ClusterController;
  readonly access: ClusterAccess;
  /** Looks at a resource that is worked on here. */
  readonly look: (key: ResourceKey) => void;
}

export interface ControllerSurroundings extends StoreOptions {
  /** Absent where no other process works on the same clusters. */
  readonly shared: SharedWork | undefined;
  /** Absent without a management cluster. */
  readonly publishing?: Publishing;
  /** Of the API in this process. */
  readonly callers: WaitingCallers;
}

/** Where several share the work, one of them collects credentials: who works on this. */
const COLLECTION: ResourceKey = { kind: 'Installation', name: 'credentials' };

/** Starts the controllers and the garbage collection of credentials. */
export async function startControllers(
  stores: Stores,
  reach: AccessServices,
  { renderer, settings: render }: Rendering,
  { configuration, logger, metrics, opened, installation, shared, publishing, callers }: ControllerSurroundings,
): Promise<RunningControllers> {
  const isMine = shared && (() => shared.replica.owns(COLLECTION));
  const collector = new CredentialCollector({
    ...stores,
    ...stores.state,
    clock: systemClock,
    logger,
    ...defined({ isMine }),
  });
  opened.defer(() => collector.close());
  const workloadAuth = workloadAuthOf(configuration, stores.vault);
  const { controllers } = configuration;
  const concurrency = { healthy: controllers.concurrency, suspect: controllers.suspectConcurrency };
  const resourceLog = new ResourceLog({ events: stores.state.events, logger, clock: systemClock });
  opened.defer(() => resourceLog.close());
  const ownership = shared?.replica;
  const journal = new FileRunJournal(dataPaths(configuration.dataDirectory).runs, logger);
  const reconciler = new Reconciler({ concurrency, logger, metrics, journal, callers, ...defined({ ownership }) });
  opened.defer(() => reconciler.close());
  const parts: ControllerParts = {
    ...stores,
    ...stores.state,
    installation,
    reporting: clusterReporting({ ...stores.state, clock: systemClock, onStatus: resourceLog.onStatus }),
    ...reach,
    ...defined({ workloadAuth, ownership, publishing }),
    renderer,
    clock: systemClock,
    logger,
    metrics,
    settings: {
      render,
      workloads: workloadSettings(configuration),
      driftMilliseconds: controllers.driftSeconds * 1000,
      quickLookMilliseconds: controllers.quickLookSeconds * 1000,
      graceMilliseconds: controllers.graceSeconds * 1000,
      tokenSeconds: controllers.tokenSeconds,
    },
  };
  const clusters = new ClusterController(parts, reconciler);
  opened.defer(() => clusters.close());
  await clusters.start();
  collector.start();
  if (publishing !== undefined) {
    const rights = new PublishingRights(publishing, logger);
    opened.defer(() => rights.close());
    rights.start();
  }
  return { reconciler, clusters, access: reach.access, look: (key) => reconciler.look(key) };
}

import { defined } from '../../base/defined.ts';
import { systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { ManagementCluster } from '../../management/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { freeBytes, ReadinessCheck, type ReadinessSources } from '../services/readiness.ts';
import type { RunningControllers } from './controllers.ts';
import { locateHelm } from './helm.ts';
import type { SharedWork } from './replica.ts';
import type { Stores } from './stores.ts';
import { tokenStoreOf } from './tokens.ts';

export interface ReadinessParts {
  readonly stores: Stores;
  /** `undefined` while, or where, this process has none. */
  readonly controllers: () => RunningControllers | undefined;
  /** Absent where no other process works on the same clusters. */
  readonly shared: SharedWork | undefined;
  readonly configuration: Configuration;
  /** Absent when none is configured. */
  readonly management: ManagementCluster | undefined;
  readonly logger: Logger;
}

/** Whether the parts of this process can do their work: for probes and metrics, in every role. */
export function readinessCheck(parts: ReadinessParts): ReadinessCheck {
  const { stores, controllers, shared, configuration, logger } = parts;
  return new ReadinessCheck({
    ...stores,
    freeBytes: () => freeBytes(configuration.dataDirectory),
    ...tokenStore(parts),
    hasRemote: configuration.git.remote !== '',
    controllersRun: () => controllers()?.clusters.isRunning,
    ...defined({ isMember: shared && (() => shared.replica.state.isMember) }),
    helm: () => locateHelm(configuration.helm.path).then((program) => program !== undefined),
    logger,
    now: () => systemClock.now(),
  });
}

function tokenStore({ configuration, management }: ReadinessParts): Pick<ReadinessSources, 'tokens'> {
  if (configuration.identity.provider !== 'local') return {};
  return { tokens: tokenStoreOf(configuration, management) };
}

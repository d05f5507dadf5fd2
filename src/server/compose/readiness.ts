import { defined } from '../../base/defined.ts';
import { systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { checkTokensWritable } from '../../identity/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { dataPaths } from '../configuration/data-paths.ts';
import { freeBytes, ReadinessCheck, type ReadinessSources } from '../services/readiness.ts';
import type { RunningControllers } from './controllers.ts';
import { locateHelm } from './helm.ts';
import type { SharedWork } from './replica.ts';
import type { Stores } from './stores.ts';

export interface ReadinessParts {
  readonly stores: Stores;
  /** `undefined` while, or where, this process has none. */
  readonly controllers: () => RunningControllers | undefined;
  /** Absent where no other process works on the same clusters. */
  readonly shared: SharedWork | undefined;
  readonly configuration: Configuration;
  readonly logger: Logger;
}

/** Whether the parts of this process can do their work: for probes and metrics, in every role. */
export function readinessCheck({ stores, controllers, shared, configuration, logger }: ReadinessParts): ReadinessCheck {
  return new ReadinessCheck({
    ...stores,
    freeBytes: () => freeBytes(configuration.dataDirectory),
    ...tokenStore(configuration),
    hasRemote: configuration.git.remote !== '',
    controllersRun: () => controllers()?.clusters.isRunning,
    ...defined({ isMember: shared && (() => shared.replica.state.isMember) }),
    helm: () => locateHelm(configuration.helm.path).then((program) => program !== undefined),
    logger,
    now: () => systemClock.now(),
  });
}

function tokenStore({ identity, dataDirectory }: Configuration): Pick<ReadinessSources, 'tokens'> {
  if (identity.provider !== 'local') return {};
  return { tokens: { checkWritable: () => checkTokensWritable(dataPaths(dataDirectory).tokens) } };
}

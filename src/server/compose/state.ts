import type { Logger } from '../../base/logger.ts';
import type { Metrics } from '../../base/metrics.ts';
import type { ManagementCluster } from '../../management/index.ts';
import { openKubernetesState, openSqliteState, type State } from '../../state/index.ts';
import type { Replica } from '../../replicas/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { dataPaths } from '../configuration/data-paths.ts';

export interface StateOptions {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly management: ManagementCluster | undefined;
}

/**
 * The configured state.
 * @param replica this process among others; absent where state is embedded
 * @throws NautesError of the state
 */
export function openState(
  { configuration, logger, metrics, management }: StateOptions,
  replica: Replica | undefined,
  signal: AbortSignal,
): Promise<State> {
  if (configuration.storage !== 'kubernetes' || management === undefined) {
    return openSqliteState({ file: dataPaths(configuration.dataDirectory).status, logger });
  }
  const own = replica === undefined ? {} : { fence: (highest: number) => replica.continueAfter(highest) };
  return openKubernetesState({ management, logger, metrics, ...own }, signal);
}

import type { CounterDefinition } from '../../base/metrics.ts';

export const stateWriteCount: CounterDefinition = {
  type: 'counter',
  name: 'nautes_state_writes_total',
  help: 'Writes of state to the management cluster, by kind of object and result: done, conflict, failed.',
  labels: ['object', 'result'],
};

export const stateWatchRestarts: CounterDefinition = {
  type: 'counter',
  name: 'nautes_state_watch_restarts_total',
  help: 'Watches of state that failed and began again.',
  labels: ['object'],
};

/** What the stores of state in a management cluster count. */
export const kubernetesStateMetrics = [stateWriteCount, stateWatchRestarts] as const;

import type { CounterDefinition } from '../base/metrics.ts';

export const leaseTransitions: CounterDefinition = {
  type: 'counter',
  name: 'nautes_replica_lease_transitions_total',
  help: 'Parts of the work that this replica has taken or given to another.',
  labels: ['direction'],
};

export const replicaFenced: CounterDefinition = {
  type: 'counter',
  name: 'nautes_replica_fenced_total',
  help: 'Times that this replica stopped all work: `fenced`: it could not renew its Lease; `lost`: others took over.',
  labels: ['reason'],
};

export const replicasEnded: CounterDefinition = {
  type: 'counter',
  name: 'nautes_replicas_ended_total',
  help: 'Other replicas whose work this one has found to be free, as they did not renew their Leases.',
  labels: [],
};

/** What replicas count. */
export const replicaMetrics = [leaseTransitions, replicaFenced, replicasEnded] as const;

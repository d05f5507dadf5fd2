export { CredentialWatch } from './credential-watch.ts';
export { HeadSignal, type KnownHead } from './head-signal.ts';
export { leaseApi } from './lease-api.ts';
export { livingMembers } from './living-members.ts';
export { type LeaseStore, SERVES_ANNOTATION, WORKS_ANNOTATION } from './lease.ts';
export { LookRequests } from './look-requests.ts';
export { leaseTransitions, replicaFenced, replicaMetrics, replicasEnded } from './metrics.ts';
export { type OwnClock, ownClock } from './own-clock.ts';
export { Replica, type ReplicaFact, type ReplicaState } from './replica.ts';

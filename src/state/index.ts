export type { StatefulKind, StatusOf } from './documents.ts';
export {
  EVENTS_KEPT_PER_RESOURCE,
  type EventFilter,
  type EventLog,
  type EventPage,
  type EventScope,
  MAXIMUM_EVENT_PAGE,
} from './event-log.ts';
export type { InventoryStore } from './inventory-store.ts';
export type { ClusterIdentity, OffboardingLedger } from './offboarding-ledger.ts';

export type { ReceiptPlace } from './offboarding-ledger.ts';
export { stateRights } from './kubernetes/definitions.ts';
export { type KubernetesStateOptions, openKubernetesState } from './kubernetes/kubernetes-state.ts';
export { kubernetesStateMetrics } from './kubernetes/state-metrics.ts';
export { openSqliteState, type SqliteStateOptions } from './sqlite/sqlite-state.ts';
export type { State } from './state.ts';
export { singleProcessFence, type WriteFence } from './write-fence.ts';
export type { RegistrationRecords, ResourceRecords, StateCopy } from './state-copy.ts';
export type { StatusReader, StatusStore } from './status-store.ts';

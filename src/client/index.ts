export { serverAddress } from './address.ts';
export { ApiRefusal, type Violation } from './api-refusal.ts';
export { type Followed, followEvents } from './event-stream.ts';
export {
  type CallerView,
  type CallOptions,
  type ClusterView,
  type CommitView,
  type DeletedView,
  type EventView,
  ifMatch,
  NautesClient,
  type PlanView,
  type ReadinessView,
  type ReceiptView,
  type SavedView,
  type StatusSummaryView,
  type StatusView,
  type TokenSource,
} from './nautes-client.ts';
export { isOutcomeUnknown } from './outcome.ts';
export { Transport } from './transport.ts';

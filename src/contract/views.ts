import type { Reply } from './reply.ts';
import { CatalogView as CatalogReply } from './schemas/catalog.ts';
import {
  FileChangeReply,
  FileReply,
  HistoryReply,
  ObjectsReply,
  ReceiptListReply,
  RepairsReply,
} from './schemas/details.ts';
import { FleetComponentsReply, FleetReply, FleetRowReply, FleetSummaryReply } from './schemas/fleet.ts';
import { DeletionPlanReply } from './schemas/deletion-plan.ts';
import { PlanReply } from './schemas/plan.ts';
import { ClusterReply } from './schemas/cluster.ts';
import {
  CallerReply,
  ClusterListReply,
  CommitReply,
  DeleteReply,
  ReadinessReply,
  SaveReply,
  SyncReply,
} from './schemas/replies.ts';
import { NodePortsReply, ServerReply, TokenListReply, TokenRevokedReply } from './schemas/server.ts';
import { LoginLinkReply, SessionReply } from './schemas/session.ts';
import {
  ClusterEventReply,
  ClusterStatusReply,
  EventPageReply,
  ReceiptReply,
  StatusListReply,
} from './schemas/status.ts';

/** The replies that clients read, by the clients' names for them. */
export const viewSchemas = {
  cluster: ClusterReply,
  clusters: ClusterListReply,
  saved: SaveReply,
  syncRequested: SyncReply,
  deleted: DeleteReply,
  deletionPlan: DeletionPlanReply,
  plan: PlanReply,
  commit: CommitReply,
  status: ClusterStatusReply,
  statuses: StatusListReply,
  fleet: FleetReply,
  fleetRow: FleetRowReply,
  fleetSummary: FleetSummaryReply,
  fleetComponents: FleetComponentsReply,
  nodePorts: NodePortsReply,
  server: ServerReply,
  tokens: TokenListReply,
  tokenRevoked: TokenRevokedReply,
  history: HistoryReply,
  fileChange: FileChangeReply,
  file: FileReply,
  objects: ObjectsReply,
  repairs: RepairsReply,
  receipts: ReceiptListReply,
  receipt: ReceiptReply,
  event: ClusterEventReply,
  events: EventPageReply,
  catalog: CatalogReply,
  caller: CallerReply,
  session: SessionReply,
  loginLink: LoginLinkReply,
  readiness: ReadinessReply,
};

export type ViewName = keyof typeof viewSchemas;

/** The content of a reply. */
export type View<Name extends ViewName> = Reply<(typeof viewSchemas)[Name]>;

export type ClusterView = View<'cluster'>;
export type StatusView = View<'status'>;
export type ConditionView = StatusView['conditions'][number];
export type ComponentView = StatusView['components'][number];
export type StatusSummaryView = View<'statuses'>['items'][number];
export type FleetView = View<'fleet'>;
export type FleetRowView = View<'fleetRow'>;
export type ReceiptView = View<'receipt'>;
export type PlanView = View<'plan'>;
export type DeletionPlanView = View<'deletionPlan'>;
export type SyncRequestedView = View<'syncRequested'>;
export type SavedView = View<'saved'>;
export type DeletedView = View<'deleted'>;
export type EventView = View<'event'>;
export type EventPageView = View<'events'>;
export type ReadinessView = View<'readiness'>;
export type CallerView = View<'caller'>;
export type CommitView = View<'commit'>;

import { Type } from 'typebox';
import {
  FileChangeReply,
  FileReply,
  HistoryReply,
  ObjectsReply,
  ReceiptListReply,
  RepairsReply,
} from '../schemas/details.ts';
import { NodePortsReply } from '../schemas/server.ts';
import {
  EventsQuery,
  HistoryQuery,
  NodePortsQuery,
  ObjectsQuery,
  ReceiptQuery,
  ReceiptsQuery,
} from '../schemas/queries.ts';
import { CommitReply } from '../schemas/replies.ts';
import { ClusterStatusReply, EventPageReply, ReceiptReply, StatusListReply } from '../schemas/status.ts';
import { paths } from '../paths.ts';
import { json, INVALID, UNKNOWN_CLUSTER } from './replies.ts';
import type { Operation, ReplyDescription } from '../operation.ts';

const stream = Type.String({
  description:
    'Server-sent events (WHATWG HTML, 9.2). `id` is that of the event, `data` a `ClusterEvent` as JSON. An event ' +
    '`reset` says that events were lost to retention: read the state again. Comments keep the connection open.',
});

/** What a cluster is, was and goes through: status, events, history, file, objects, receipts. */
export const observationOperations = {
  getClusterStatus: {
    id: 'Cluster_GetClusterStatus',
    method: 'GET',
    path: paths.clusterStatus,
    access: 'reader',
    summary: 'Show the status of a cluster',
    replies: { 200: json('The status; `Pending` until a controller has observed it.', ClusterStatusReply) },
    errors: { 404: UNKNOWN_CLUSTER },
  },
  listStatuses: {
    id: 'Cluster_ListStatuses',
    method: 'GET',
    path: paths.statuses,
    access: 'reader',
    summary: 'List the status of all clusters, in short',
    replies: { 200: json('One entry for each cluster.', StatusListReply) },
  },
  getClusterCommit: {
    id: 'Cluster_GetClusterCommit',
    method: 'GET',
    path: paths.clusterCommit,
    access: 'reader',
    summary: 'Show who last changed a cluster, and when',
    description: 'Also of a cluster that is not registered any more.',
    replies: { 200: json('The commit.', CommitReply) },
    errors: { 404: 'No commit has ever had a cluster of that name.' },
  },
  getClusterReceipt: {
    id: 'Cluster_GetClusterReceipt',
    method: 'GET',
    path: paths.clusterReceipt,
    access: 'reader',
    summary: 'Show the receipt of an off-boarding',
    query: ReceiptQuery,
    replies: { 200: json('The last receipt of that name.', ReceiptReply) },
    errors: { 404: 'No cluster of that name has been off-boarded.' },
  },
  listClusterReceipts: {
    id: 'Cluster_ListClusterReceipts',
    method: 'GET',
    path: paths.clusterReceipts,
    access: 'reader',
    summary: 'List the receipts of a name, in short',
    replies: { 200: json('At most the last 10, the last first; none when there is no receipt.', ReceiptListReply) },
  },
  listReceipts: {
    id: 'Fleet_ListReceipts',
    method: 'GET',
    path: paths.receipts,
    access: 'reader',
    summary: 'List the receipts of all names, in short',
    query: ReceiptsQuery,
    replies: { 200: json('The last first.', ReceiptListReply) },
    errors: { 400: INVALID },
  },
  getClusterHistory: {
    id: 'Cluster_GetClusterHistory',
    method: 'GET',
    path: paths.clusterHistory,
    access: 'reader',
    summary: 'List who changed a cluster, and when',
    description: 'Also of a cluster that is not registered any more.',
    query: HistoryQuery,
    replies: { 200: json('The commits, newest first.', HistoryReply) },
    errors: { 400: INVALID, 404: 'No commit has ever had a cluster of that name.' },
  },
  getClusterChange: {
    id: 'Cluster_GetClusterChange',
    method: 'GET',
    path: paths.clusterChange,
    access: 'reader',
    summary: 'Show what a commit did to the file of a cluster',
    replies: { 200: json('The file before and after it.', FileChangeReply) },
    errors: { 400: 'That is no id of a commit.', 404: 'The history of `main` has no such commit.' },
  },
  getClusterFile: {
    id: 'Cluster_GetClusterFile',
    method: 'GET',
    path: paths.clusterFile,
    access: 'reader',
    summary: 'Show the file of a cluster',
    description: 'As it is in the repository, also when it cannot be understood.',
    replies: { 200: json('The file.', FileReply) },
    errors: { 404: 'There is no such cluster, or its file is too large.' },
  },
  getClusterObjects: {
    id: 'Cluster_GetClusterObjects',
    method: 'GET',
    path: paths.clusterObjects,
    access: 'reader',
    summary: 'List the objects on a cluster',
    description: 'What is remembered of them; the cluster is not asked.',
    query: ObjectsQuery,
    replies: { 200: json('The objects.', ObjectsReply) },
    errors: { 400: INVALID, 404: UNKNOWN_CLUSTER },
  },
  getClusterRepairs: {
    id: 'Cluster_GetClusterRepairs',
    method: 'GET',
    path: paths.clusterRepairs,
    access: 'reader',
    summary: 'List what others changed on a cluster and was set back',
    replies: { 200: json('The repairs, newest first.', RepairsReply) },
    errors: { 404: UNKNOWN_CLUSTER },
  },
  getClusterNodePorts: {
    id: 'Cluster_GetClusterNodePorts',
    method: 'GET',
    path: paths.clusterNodePorts,
    access: 'reader',
    summary: 'Show which node ports of a cluster are free',
    description: 'The cluster is asked. Ports that virtual clusters on it are to have count as taken.',
    query: NodePortsQuery,
    replies: { 200: json('The ports.', NodePortsReply) },
    errors: { 400: INVALID, 404: UNKNOWN_CLUSTER, 409: 'It is not ready, and has no credential yet.' },
  },
  watchCluster: {
    id: 'Cluster_WatchCluster',
    method: 'GET',
    path: paths.clusterEvents,
    access: 'reader',
    summary: 'Follow the events of a cluster',
    description:
      'A stream, or a page with `Accept: application/json`: forward from an event, or with `last` the newest.',
    query: EventsQuery,
    headers: { 'Last-Event-ID': 'Id of the last event that is known; without one only new events are sent.' },
    replies: { 200: eventReply() },
    errors: { 400: INVALID, 429: 'Too many streams are open.' },
  },
  watchClusters: {
    id: 'Cluster_WatchClusters',
    method: 'GET',
    path: paths.events,
    access: 'reader',
    summary: 'Follow the events of all clusters',
    description:
      'A stream, or a page with `Accept: application/json`: forward from an event, or with `last` the newest.',
    query: EventsQuery,
    headers: { 'Last-Event-ID': 'Id of the last event that is known; without one only new events are sent.' },
    replies: { 200: eventReply() },
    errors: { 400: INVALID, 429: 'Too many streams are open.' },
  },
} as const satisfies Readonly<Record<string, Operation>>;

/** Events as a stream or as a page, as the caller accepts. */
function eventReply(): ReplyDescription {
  return {
    description: 'Events, oldest first.',
    content: { 'text/event-stream': stream, 'application/json': EventPageReply },
  };
}

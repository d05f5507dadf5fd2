import { Type } from 'typebox';
import { DeletionPlanReply } from '../schemas/deletion-plan.ts';
import { ClusterReply, SaveClusterBody } from '../schemas/cluster.ts';
import { PlanReply } from '../schemas/plan.ts';
import { DeleteQuery, GetQuery, ListQuery, PauseBody, SaveQuery } from '../schemas/queries.ts';
import { ClusterListReply, DeleteReply, SaveReply, SyncReply } from '../schemas/replies.ts';
import type { ReplyDescription } from '../operation.ts';
import { paths } from '../paths.ts';
import { json, IF_NONE_MATCH, INVALID, UNKNOWN_CLUSTER } from './replies.ts';
import type { Operation } from '../operation.ts';

const ETAG = { ETag: 'The generation, in quotes.' };
const NOT_MODIFIED: ReplyDescription = { description: 'The caller has this content already.', headers: ETAG };

/** Saving, planning and deleting a cluster, and asking for work on it. */
export const clusterOperations = {
  saveCluster: {
    id: 'Cluster_SaveCluster',
    method: 'POST',
    path: paths.cluster,
    access: 'maintainer',
    summary: 'Register a cluster or change its registration',
    description:
      'Answers once the change is committed (and on the remote); the controllers do the rest. Saving the same again ' +
      'changes nothing. Fields can also be given in the query as `body.<field>`, which wins over the body. A body in ' +
      'the notation of the user guide (comments, trailing commas) is understood too, with a warning.',
    query: SaveQuery,
    headers: { 'If-Match': 'The generation that the caller has seen; another one is a 412. `*`: there must be one.' },
    body: SaveClusterBody,
    replies: {
      200: json('Saved.', SaveReply, { ...ETAG, Warning: 'What was accepted and has not the effect one may expect.' }),
    },
    errors: {
      400: `${INVALID} Or the cluster is not valid (\`VALIDATOR\`, \`CLUSTER_INVALID\`), or cannot be taken over as it is (\`PREFLIGHT_FAILED\`): all violations are named.`,
      409: 'It clashes with another cluster.',
      412: 'The generation is not that of `If-Match`; with `*`, there is no such cluster.',
      413: 'The body is larger than 1 MiB.',
    },
  },
  deleteCluster: {
    id: 'Cluster_DeleteCluster',
    method: 'DELETE',
    path: paths.cluster,
    access: 'maintainer',
    summary: 'Delete a cluster',
    description:
      'Deleting again during the off-boarding answers the same. With `dry_run` nothing is deleted, and the answer is what ' +
      'would be. A body is not read.',
    query: DeleteQuery,
    replies: {
      200: json(
        'The registration is removed; with `dry_run`, what its removal would do.',
        Type.Union([DeleteReply, DeletionPlanReply]),
      ),
    },
    errors: {
      400: INVALID,
      404: UNKNOWN_CLUSTER,
      409: 'It is the host of other clusters, or users would lose what they have built on it (see `force`).',
    },
  },
  getCluster: {
    id: 'Cluster_GetCluster',
    method: 'GET',
    path: paths.cluster,
    access: 'reader',
    summary: 'Show a cluster as it is registered',
    query: GetQuery,
    headers: IF_NONE_MATCH,
    replies: { 200: json('The cluster.', ClusterReply, ETAG), 304: NOT_MODIFIED },
    errors: { 404: UNKNOWN_CLUSTER },
  },
  listClusters: {
    id: 'Cluster_ListClusters',
    method: 'GET',
    path: paths.clusters,
    access: 'reader',
    summary: 'List clusters in the order of their names',
    description:
      '`items` are the registered ones, as in the original; `unregistered` are those whose file cannot be understood ' +
      'and those that are being deleted.',
    query: ListQuery,
    headers: IF_NONE_MATCH,
    replies: { 200: json('The clusters.', ClusterListReply, ETAG), 304: NOT_MODIFIED },
    errors: { 400: INVALID },
  },
  planCluster: {
    id: 'Cluster_PlanCluster',
    method: 'POST',
    path: paths.clusterPlan,
    access: 'maintainer',
    summary: 'Show what a save would do',
    description: 'Takes what a save takes, makes all of its checks and changes nothing.',
    query: SaveQuery,
    headers: { 'If-Match': 'As for the save; another generation is a finding.' },
    body: SaveClusterBody,
    replies: { 200: json('The plan; findings say what a save would be refused for.', PlanReply) },
    errors: {
      400: INVALID,
      413: 'The body is larger than 1 MiB.',
    },
  },
  rotateCredential: {
    id: 'Cluster_RotateCredential',
    method: 'POST',
    path: paths.clusterRotate,
    access: 'maintainer',
    summary: 'Rotate the own credential of a cluster',
    description:
      'Commits the request; the controllers then get a new token, put it in use and end the one before. The status ' +
      'shows when (`credential.rotatedAt`). A body is not read.',
    headers: {
      'If-Match': 'As for the save.',
      'Idempotency-Key': 'A request repeated with the same value has no effect: letters, digits, `.`, `_` and `-`.',
    },
    replies: { 200: json('Asked for.', SaveReply, ETAG) },
    errors: { 400: INVALID, 404: UNKNOWN_CLUSTER, 412: 'The generation is not that of `If-Match`.' },
  },
  pauseCluster: {
    id: 'Cluster_PauseCluster',
    method: 'POST',
    path: paths.clusterPause,
    access: 'maintainer',
    summary: 'Pause a cluster for maintenance',
    description:
      'Commits that the cluster is paused: controllers look at it, keep their credential valid, and repair, change and ' +
      'upgrade nothing until it is resumed or the time has come. A deletion is carried out all the same. Saves keep it.',
    headers: { 'If-Match': 'As for the save.' },
    body: PauseBody,
    replies: { 200: json('Paused.', SaveReply, ETAG) },
    errors: {
      400: `${INVALID} Or the time has passed, or the reason is too long (\`CLUSTER_INVALID\`).`,
      404: UNKNOWN_CLUSTER,
      412: 'The generation is not that of `If-Match`.',
      413: 'The body is larger than 1 MiB.',
    },
  },
  resumeCluster: {
    id: 'Cluster_ResumeCluster',
    method: 'POST',
    path: paths.clusterResume,
    access: 'maintainer',
    summary: 'End the pause of a cluster',
    description: 'Commits it; a cluster that is not paused stays as it is. A body is not read.',
    headers: { 'If-Match': 'As for the save.' },
    replies: { 200: json('Resumed.', SaveReply, ETAG) },
    errors: { 404: UNKNOWN_CLUSTER, 412: 'The generation is not that of `If-Match`.' },
  },
  syncCluster: {
    id: 'Cluster_SyncCluster',
    method: 'POST',
    path: paths.clusterSync,
    access: 'maintainer',
    summary: 'Look at a cluster now',
    description:
      'Everything is compared with what is declared and repaired, before periodic work and without waiting for a ' +
      'back-off; also of a cluster that is being deleted. Nothing is committed. A body is not read.',
    replies: { 200: json('Asked for.', SyncReply) },
    errors: {
      404: UNKNOWN_CLUSTER,
      409: 'This process runs no controllers.',
      429: 'The caller has asked for too many; `Retry-After` says when there is room.',
    },
  },
} as const satisfies Readonly<Record<string, Operation>>;

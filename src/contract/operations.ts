import { defined } from '../base/defined.ts';
import { type TSchema, Type } from 'typebox';
import { CatalogView } from './schemas/catalog.ts';
import { DeletionPlanReply } from './schemas/deletion-plan.ts';
import { ClusterReply, SaveClusterBody } from './schemas/cluster.ts';
import { PlanReply } from './schemas/plan.ts';
import {
  FileChangeReply,
  FileReply,
  HistoryReply,
  ObjectsReply,
  ReceiptListReply,
  RepairsReply,
} from './schemas/details.ts';
import { FleetComponentsReply, FleetReply, FleetSummaryReply } from './schemas/fleet.ts';
import { NodePortsReply, ServerReply, TokenListReply, TokenRevokedReply } from './schemas/server.ts';
import {
  FleetComponentsQuery,
  HistoryQuery,
  NodePortsQuery,
  ObjectsQuery,
  ReceiptQuery,
  ReceiptsQuery,
} from './schemas/queries.ts';
import { DeleteQuery, EventsQuery, FleetQuery, GetQuery, ListQuery, PauseBody, SaveQuery } from './schemas/queries.ts';
import {
  CallerReply,
  ClusterListReply,
  CommitReply,
  DeleteReply,
  HealthReply,
  HookBody,
  HookReply,
  ReadinessReply,
  SaveReply,
  SyncReply,
} from './schemas/replies.ts';
import { OAuthCallbackQuery, OAuthStartQuery, SessionBody, SessionReply } from './schemas/session.ts';
import { ClusterStatusReply, EventPageReply, ReceiptReply, StatusListReply } from './schemas/status.ts';
import type { Operation, ReplyDescription } from './operation.ts';
import { paths } from './paths.ts';

const json = (description: string, schema: TSchema, headers?: Readonly<Record<string, string>>): ReplyDescription => ({
  description,
  content: { 'application/json': schema },
  ...defined({ headers }),
});

const ETAG = { ETag: 'The generation, in quotes.' };
const NOT_MODIFIED: ReplyDescription = { description: 'The caller has this content already.', headers: ETAG };
const IF_NONE_MATCH = { 'If-None-Match': 'Entity tags of content that the caller has.' };
const INVALID = 'The body or the query cannot be decoded (`CODEC`).';
const TOO_MANY = 'Too many unknown tokens or wrong secrets have come from this address.';
const UNKNOWN_CLUSTER = 'There is no such cluster.';

const TOKENS_ELSEWHERE = 'Callers have tokens of GitLab or Gitea, which are revoked there.';
const CONSOLE_HEADERS = { 'X-Nautes-Console': '`1`: only a page of this server can send it.' };
const SET_COOKIE = { 'Set-Cookie': 'The sealed session, or its removal.' };
const SESSION_ERRORS = {
  403: 'The request is not from a page of this server (`CROSS_ORIGIN`), or the caller has no right here.',
  429: TOO_MANY,
  500: 'Something unexpected happened (`UNKNOWN`); the server log has the request id.',
  503: 'Callers cannot be identified now.',
  504: 'It took too long and was given up.',
};

const OAUTH_ERRORS = {
  404: 'It is not configured (`OAUTH_NOT_CONFIGURED`).',
  500: 'Something unexpected happened (`UNKNOWN`); the server log has the request id.',
  503: 'GitLab or Gitea cannot be asked now.',
};

const stream = Type.String({
  description:
    'Server-sent events (WHATWG HTML, 9.2). `id` is that of the event, `data` a `ClusterEvent` as JSON. An event ' +
    '`reset` says that events were lost to retention: read the state again. Comments keep the connection open.',
});

const fleetStream = Type.String({
  description:
    'Server-sent events. `rows`: `id` is the revision, `data` `{"rows": [FleetRow], "gone": [name]}` with the last state ' +
    'of each cluster that has changed, at most every 250 ms. `reset`: the revision is not known (any more): read the ' +
    'snapshot again. Comments keep the connection open.',
});

/** Every operation that is served. */
export const operations = {
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
  getFleet: {
    id: 'Fleet_GetFleet',
    method: 'GET',
    path: paths.fleet,
    access: 'reader',
    summary: 'Show all clusters in short, or follow how they change',
    description:
      'A snapshot, or with `Accept: text/event-stream` a stream of what changes from a revision on: read the snapshot, ' +
      'then follow from its `revision`. Rows with the revision that is known, or a lower one, say nothing new.',
    query: FleetQuery,
    headers: {
      ...IF_NONE_MATCH,
      'Last-Event-ID': 'Revision that is known; without one only what changes from now on is sent.',
    },
    replies: {
      200: {
        description: 'The clusters in the order of their names, or the stream.',
        content: { 'application/json': FleetReply, 'text/event-stream': fleetStream },
        headers: { ETag: 'Of this revision in this language.' },
      },
      304: { description: 'The caller has this revision already.', headers: { ETag: 'Of this revision.' } },
    },
    errors: { 429: 'Too many streams are open.' },
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
  getServer: {
    id: 'Server_GetServer',
    method: 'GET',
    path: paths.server,
    access: 'reader',
    summary: 'Show how the server is set up, and how its parts are',
    replies: { 200: json('The server.', ServerReply) },
  },
  listTokens: {
    id: 'Server_ListTokens',
    method: 'GET',
    path: paths.tokens,
    access: 'maintainer',
    summary: 'List the access tokens of this installation',
    description:
      'Not where callers have tokens of GitLab or Gitea. Tokens are made by `nautes token create` on the server.',
    replies: { 200: json('The tokens, without themselves.', TokenListReply) },
    errors: { 409: TOKENS_ELSEWHERE },
  },
  revokeToken: {
    id: 'Server_RevokeToken',
    method: 'DELETE',
    path: paths.token,
    access: 'maintainer',
    summary: 'Revoke an access token of this installation',
    replies: { 200: json('It is refused from now on, within a second.', TokenRevokedReply) },
    errors: { 400: 'That cannot be the name of a token.', 404: 'There is no such token.', 409: TOKENS_ELSEWHERE },
  },
  getFleetSummary: {
    id: 'Fleet_GetFleetSummary',
    method: 'GET',
    path: paths.fleetSummary,
    access: 'reader',
    summary: 'Count all clusters',
    replies: { 200: json('The counts.', FleetSummaryReply) },
  },
  getFleetComponents: {
    id: 'Fleet_GetFleetComponents',
    method: 'GET',
    path: paths.fleetComponents,
    access: 'reader',
    summary: 'Show which versions of components clusters have',
    query: FleetComponentsQuery,
    replies: { 200: json('The components.', FleetComponentsReply) },
    errors: { 400: INVALID },
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
  logIn: {
    id: 'Session_LogIn',
    method: 'POST',
    path: paths.session,
    access: 'open',
    summary: 'Begin the session of a browser',
    description:
      'The token becomes a sealed cookie that no script can read. The cookie counts for requests without `Authorization` ' +
      'and only together with the header `X-Nautes-Console: 1` and, where browsers send them, a fitting `Sec-Fetch-Site` ' +
      'and `Origin`.',
    headers: CONSOLE_HEADERS,
    body: SessionBody,
    replies: { 200: json('The session.', SessionReply, SET_COOKIE) },
    errors: { ...SESSION_ERRORS, 400: INVALID, 401: 'The token is unknown or expired.', 413: 'The body is too large.' },
  },
  getSession: {
    id: 'Session_GetSession',
    method: 'GET',
    path: paths.session,
    access: 'open',
    summary: 'Show whose session the browser has',
    description: 'Answers also where there is none, or one that has ended: a page begins without an error.',
    headers: CONSOLE_HEADERS,
    replies: { 200: json('The session; its `caller` is `null` without one.', SessionReply, SET_COOKIE) },
    errors: SESSION_ERRORS,
  },
  startOAuth: {
    id: 'Session_StartOAuth',
    method: 'GET',
    path: paths.oauthStart,
    access: 'open',
    summary: 'Begin a login by GitLab or Gitea',
    description:
      'For browsers: authorisation code with PKCE. A sealed cookie binds the answer to this browser for ten minutes.',
    query: OAuthStartQuery,
    replies: { 302: { description: 'To the page where people log in.', headers: { Location: 'Of GitLab or Gitea.' } } },
    errors: { ...OAUTH_ERRORS, 400: INVALID },
  },
  finishOAuth: {
    id: 'Session_FinishOAuth',
    method: 'GET',
    path: paths.oauthCallback,
    access: 'open',
    summary: 'Come back from a login by GitLab or Gitea',
    description:
      'Its URL is what the application there has as redirect URI. The session begins as with a token, and ends with it. ' +
      'Browsers are sent to the console also when the login failed, with `login_error`.',
    query: OAuthCallbackQuery,
    replies: { 302: { description: 'To the console.', headers: SET_COOKIE } },
    errors: {
      ...OAUTH_ERRORS,
      400: INVALID,
      401: 'The login was not begun in this browser, was refused, or its token is (`OAUTH_REFUSED`).',
      403: 'The caller has no right here.',
      429: TOO_MANY,
      504: 'It took too long and was given up.',
    },
  },
  logOut: {
    id: 'Session_LogOut',
    method: 'DELETE',
    path: paths.session,
    access: 'open',
    summary: 'End the session of the browser',
    description: 'Removes the cookie; the token stays as it is.',
    headers: CONSOLE_HEADERS,
    replies: { 200: json('There is no session.', SessionReply, SET_COOKIE) },
    errors: SESSION_ERRORS,
  },
  getCaller: {
    id: 'Server_GetCaller',
    method: 'GET',
    path: paths.caller,
    access: 'reader',
    summary: 'Show the caller and its role',
    replies: { 200: json('The caller.', CallerReply) },
  },
  receiveGitLabHook: {
    id: 'Webhook_ReceiveGitLab',
    method: 'POST',
    path: paths.gitLabHook,
    access: 'webhook',
    summary: 'Receive a push hook of GitLab',
    description:
      'Commits of others take effect at once instead of at the next poll. The body is not trusted: the ' +
      'repository is fetched. Served where webhooks.secretFile is configured.',
    headers: {
      'X-Gitlab-Token': 'The secret token of the hook.',
      'X-Gitlab-Event': 'Only `Push Hook` has an effect.',
    },
    body: HookBody,
    replies: { 200: json('What follows from it.', HookReply) },
    errors: { 400: 'The body is not JSON.', 413: 'The body is larger than 1 MiB.', 429: TOO_MANY },
  },
  receiveGiteaHook: {
    id: 'Webhook_ReceiveGitea',
    method: 'POST',
    path: paths.giteaHook,
    access: 'webhook',
    summary: 'Receive a push hook of Gitea',
    description: 'As for GitLab.',
    headers: {
      'X-Gitea-Signature': 'HMAC-SHA256 of the body with the secret of the hook, in hexadecimal.',
      'X-Gitea-Event': 'Only `push` has an effect.',
    },
    body: HookBody,
    replies: { 200: json('What follows from it.', HookReply) },
    errors: { 400: 'The body is not JSON.', 413: 'The body is larger than 1 MiB.', 429: TOO_MANY },
  },
  getCatalog: {
    id: 'Catalog_GetCatalog',
    method: 'GET',
    path: paths.catalog,
    access: 'reader',
    summary: 'Show the components that clusters can have',
    replies: { 200: json('The catalogue.', CatalogView) },
  },
  getMetrics: {
    id: 'Server_GetMetrics',
    method: 'GET',
    path: paths.metrics,
    access: 'reader',
    summary: 'Metrics of this process for Prometheus',
    replies: { 200: { description: 'Text format 0.0.4.', content: { 'text/plain': Type.String() } } },
  },
  getHealth: {
    id: 'Server_GetHealth',
    method: 'GET',
    path: paths.health,
    access: 'open',
    summary: 'Whether the process answers',
    replies: { 200: json('It does.', HealthReply) },
  },
  getReadiness: {
    id: 'Server_GetReadiness',
    method: 'GET',
    path: paths.readiness,
    access: 'open',
    summary: 'Whether requests can be served',
    replies: { 200: json('They can.', ReadinessReply), 503: json('They cannot.', ReadinessReply) },
  },
  getOpenApi: {
    id: 'Server_GetOpenApi',
    method: 'GET',
    path: paths.openApi,
    access: 'open',
    summary: 'This description',
    replies: { 200: json('OpenAPI 3.1.', Type.Unsafe<object>({ type: 'object' })) },
  },
  getDocs: {
    id: 'Server_GetDocs',
    method: 'GET',
    path: paths.docs,
    access: 'open',
    summary: 'This description as a page',
    replies: { 200: { description: 'A page without scripts.', content: { 'text/html': Type.String() } } },
  },
} as const satisfies Readonly<Record<string, Operation>>;

function eventReply(): ReplyDescription {
  return {
    description: 'Events, oldest first.',
    content: { 'text/event-stream': stream, 'application/json': EventPageReply },
  };
}

import { Type } from 'typebox';
import { CatalogView } from '../schemas/catalog.ts';
import { ServerReply } from '../schemas/server.ts';
import { HealthReply, HookBody, HookReply, ReadinessReply } from '../schemas/replies.ts';
import { paths } from '../paths.ts';
import { json, TOO_MANY } from './replies.ts';
import type { Operation } from '../operation.ts';

/** The server itself: webhooks, catalogue, metrics, health, description. */
export const serverOperations = {
  getServer: {
    id: 'Server_GetServer',
    method: 'GET',
    path: paths.server,
    access: 'reader',
    summary: 'Show how the server is set up, and how its parts are',
    replies: { 200: json('The server.', ServerReply) },
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

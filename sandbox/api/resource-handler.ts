import { accessDenied } from '../access/authorization.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { methodNotAllowed, PathNotFoundError } from '../base/status-error.ts';
import { type Exchange, sendJson } from './exchange.ts';
import { answerList, answerWatch } from './read.ts';
import { requestObject } from './request-body.ts';
import type { ResourcePath } from './request-path.ts';
import { answerObject, type ResourceRequest } from './resource-request.ts';
import { review } from './reviews.ts';
import { handleSubresource } from './subresources.ts';
import { create, patch, remove, removeCollection, update } from './write.ts';

const METHOD_VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

/** The verb of RBAC. */
export function verbOf(exchange: Exchange, path: ResourcePath): string {
  if (exchange.method === 'GET' || exchange.method === 'HEAD') {
    if (path.name !== '' && !path.watch && !isWatch(exchange)) return 'get';
    return path.watch || isWatch(exchange) ? 'watch' : 'list';
  }
  if (exchange.method === 'DELETE') return path.name === '' ? 'deletecollection' : 'delete';
  return METHOD_VERBS[exchange.method] ?? exchange.method.toLowerCase();
}

function isWatch(exchange: Exchange): boolean {
  const value = exchange.query.get('watch');
  return value === 'true' || value === '1';
}

type Handler = (request: ResourceRequest) => void | Promise<void>;

const HANDLERS: Readonly<Record<string, Handler>> = {
  get: (request) => {
    const { cluster, path, resource } = request;
    answerObject(request, 200, cluster.objects.get(resource, path.namespace, path.name));
  },
  list: answerList,
  watch: answerWatch,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};

/** Answers a request for a resource. @throws StatusError, PathNotFoundError */
export async function handleResource(
  cluster: ClusterState,
  exchange: Exchange,
  path: ResourcePath,
  resource: ResourceDefinition,
): Promise<void> {
  const verb = verbOf(exchange, path);
  const { group, plural, subresource, name, namespace } = path;
  const attributes = { verb, group, resource: plural, subresource, name, namespace };
  if (!cluster.authorizer.decide(exchange.user, attributes).allowed) throw accessDenied(exchange.user, attributes);
  if (!isPossible(path, resource, verb)) throw new PathNotFoundError();
  const request = { cluster, exchange, path, resource, verb };
  if (isReview(resource)) return answerReview(request);
  if (subresource !== '') return handleSubresource(request);
  const handler = HANDLERS[verb];
  if (handler === undefined) throw methodNotAllowed();
  await handler(request);
}

/** Only lists and watches of namespaced resources may leave the namespace out. */
function isPossible(path: ResourcePath, resource: ResourceDefinition, verb: string): boolean {
  if (!resource.namespaced) return path.namespace === '';
  return path.namespace !== '' || (path.name === '' && verb !== 'create');
}

function isReview(resource: ResourceDefinition): boolean {
  return resource.verbs.length === 1 && resource.verbs[0] === 'create';
}

async function answerReview({ cluster, exchange, resource, verb }: ResourceRequest): Promise<void> {
  if (verb !== 'create') throw methodNotAllowed();
  const body = await requestObject(exchange);
  const context = { authorizer: cluster.authorizer, tokens: cluster.tokens, user: exchange.user };
  sendJson(exchange.response, 201, review(context, resource.kind, body));
}

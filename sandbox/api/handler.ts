import { authenticate } from '../access/authentication.ts';
import { pathDenied } from '../access/authorization.ts';
import { ANONYMOUS } from '../access/user.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { aggregatedGroupVersions } from './aggregation.ts';
import { PathNotFoundError } from '../base/status-error.ts';
import { VERSION_INFO } from '../base/version.ts';
import {
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  type DiscoverySource,
  sendAggregatedDiscovery,
  wantsAggregatedDiscovery,
} from './discovery.ts';
import { type Exchange, sendError, sendJson, sendText } from './exchange.ts';
import { type HttpRequest, type HttpResponse, headerOf } from '../base/http.ts';
import { injectFaults } from './fault-injection.ts';
import { OPENAPI_V2, openApiDocument, openApiIndex } from './openapi.ts';
import { parseResourcePath } from './request-path.ts';
import { handleResource, verbOf } from './resource-handler.ts';

/** Answers one request to a cluster. Never rejects. */
export async function handleRequest(
  cluster: ClusterState,
  request: HttpRequest,
  response: HttpResponse,
): Promise<void> {
  response.on('error', () => {}); // the client left
  try {
    const method = request.method ?? 'GET';
    const target = request.url ?? '/';
    if (cluster.faults.clockAheadMilliseconds !== 0) response.setHeader('date', new Date(cluster.now()).toUTCString());
    if (!(await injectFaults(cluster, method, target, request, response))) return;
    await route(cluster, request, response, method, target);
  } catch (error) {
    sendError(response, error);
  }
}

async function route(
  cluster: ClusterState,
  request: HttpRequest,
  response: HttpResponse,
  method: string,
  target: string,
): Promise<void> {
  const url = new URL(target, 'https://cluster.invalid');
  const exchange: Exchange = {
    request,
    response,
    method,
    path: url.pathname,
    query: url.searchParams,
    user: ANONYMOUS,
  };
  const path = parseResourcePath(url.pathname);
  const verb = path === undefined ? method.toLowerCase() : verbOf(exchange, path);
  const counted = path === undefined ? url.pathname : path.group === '' ? path.plural : `${path.plural}.${path.group}`;
  cluster.counters.count(
    verb,
    path !== undefined && path.subresource !== '' ? `${counted}/${path.subresource}` : counted,
  );

  const authenticated = { ...exchange, user: authenticate(cluster.authenticator, request) };
  if (path === undefined) {
    answerPath(cluster, authenticated);
    return;
  }
  const resource = cluster.registry.find(path.group, path.version, path.plural);
  if (resource !== undefined) {
    await handleResource(cluster, authenticated, path, resource);
    return;
  }
  const aggregated = aggregatedGroupVersions(cluster).find(
    (one) => one.group === path.group && one.version === path.version,
  );
  if (aggregated?.available === false) {
    sendUnavailable(response);
    return;
  }
  throw new PathNotFoundError();
}

const HEALTH_PATH = /^\/(?:healthz|livez|readyz)(?:\/.*)?$/;

function answerPath(cluster: ClusterState, exchange: Exchange): void {
  const { path, user, response } = exchange;
  const verb = exchange.method.toLowerCase();
  if (!cluster.authorizer.decidePath(user, verb, path).allowed) throw pathDenied(user, verb, path);
  if (HEALTH_PATH.test(path)) {
    sendText(response, 200, 'ok', { 'content-type': 'text/plain; charset=utf-8' });
    return;
  }
  if (path === '/version' || path === '/version/') {
    sendJson(response, 200, { ...VERSION_INFO });
    return;
  }
  answerDiscovery(cluster, exchange);
}

function answerDiscovery(cluster: ClusterState, exchange: Exchange): void {
  const source: DiscoverySource = { resources: cluster.registry.all(), aggregated: aggregatedGroupVersions(cluster) };
  const [prefix, ...rest] = exchange.path.split('/').filter((part) => part !== '');
  if (prefix === 'openapi') answerOpenApi(cluster, exchange);
  else if (prefix === 'api') answerCoreDiscovery(cluster, exchange, source, rest);
  else if (prefix === 'apis') answerGroupDiscovery(exchange, source, rest);
  else throw new PathNotFoundError();
}

function answerCoreDiscovery(
  cluster: ClusterState,
  exchange: Exchange,
  source: DiscoverySource,
  [version]: readonly string[],
): void {
  if (version !== undefined) sendFound(exchange.response, apiResourceList(source, '', version));
  else if (wantsAggregatedDiscovery(exchange)) sendAggregatedDiscovery(exchange, source, true);
  else sendJson(exchange.response, 200, apiVersions(cluster.authority));
}

function answerGroupDiscovery(exchange: Exchange, source: DiscoverySource, [group, version]: readonly string[]): void {
  const { response } = exchange;
  if (group === undefined) {
    if (wantsAggregatedDiscovery(exchange)) sendAggregatedDiscovery(exchange, source, false);
    else sendJson(response, 200, apiGroupList(source));
  } else if (version === undefined) {
    sendFound(response, apiGroup(source, group));
  } else if (source.aggregated.some((one) => one.group === group && one.version === version && !one.available)) {
    sendUnavailable(response);
  } else {
    sendFound(response, apiResourceList(source, group, version));
  }
}

/** What the aggregator answers for an API whose server cannot be reached. */
function sendUnavailable(response: HttpResponse): void {
  sendText(response, 503, 'service unavailable\n', { 'content-type': 'text/plain; charset=utf-8' });
}

function sendFound(response: HttpResponse, value: Parameters<typeof sendJson>[2] | undefined): void {
  if (value === undefined) throw new PathNotFoundError();
  sendJson(response, 200, value);
}

const PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

function answerOpenApi(cluster: ClusterState, exchange: Exchange): void {
  const { response, path } = exchange;
  const resources = cluster.registry.all();
  if (path === '/openapi/v3' || path === '/openapi/v3/') {
    sendJson(response, 200, openApiIndex(resources, cluster.registry.revision));
  } else if (path.startsWith('/openapi/v3/')) {
    sendFound(response, openApiDocument(resources, path.slice('/openapi/v3/'.length)));
  } else if (path === '/openapi/v2' && headerOf(exchange.request, 'accept').includes('protobuf')) {
    // An empty message is a valid document.
    sendText(response, 200, '', { 'content-type': PROTOBUF_V2 });
  } else if (path === '/openapi/v2') {
    sendJson(response, 200, OPENAPI_V2);
  } else {
    throw new PathNotFoundError();
  }
}

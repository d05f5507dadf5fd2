import { timestamp } from '../../src/base/clock.ts';
import { parseYaml } from '../../src/base/yaml.ts';
import { accessDenied } from '../access/authorization.ts';
import { checkEscalation } from '../access/escalation.ts';
import { reviewAdmission } from '../admission/webhooks.ts';
import type { Cluster } from '../cluster.ts';
import { isObject, type JsonObject, type JsonValue, numberAt, objectAt, stringAt, withValue } from '../json.ts';
import { jsonPatch, mergePatch, strategicMergePatch } from '../objects/patches.ts';
import type { PropagationPolicy, WriteOptions } from '../objects/object-service.ts';
import { qualifiedName, type ResourceDefinition } from '../resources/resource-definition.ts';
import {
  badRequest,
  expired,
  invalid,
  methodNotAllowed,
  notFound,
  PathNotFoundError,
  StatusError,
  tooManyRequests,
} from '../status-error.ts';
import { isBeingDeleted, labelsOf, type StoredObject } from '../store/stored-object.ts';
import { type Exchange, headerOf, parseBody, readBody, sendJson, sendText } from './exchange.ts';
import { represent, representationOf, representList } from './representation.ts';
import type { ResourcePath } from './request-path.ts';
import { decodeProtobuf } from './protobuf.ts';
import { review } from './reviews.ts';
import { readScale, writeScale } from './scale.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';
import { streamWatch } from './watch.ts';

/** A request for a resource that is known and allowed. */
interface ResourceRequest {
  readonly cluster: Cluster;
  readonly exchange: Exchange;
  readonly path: ResourcePath;
  readonly resource: ResourceDefinition;
  readonly verb: string;
}

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

/** Answers a request for a resource. @throws StatusError, PathNotFoundError */
export async function handleResource(
  cluster: Cluster,
  exchange: Exchange,
  path: ResourcePath,
  resource: ResourceDefinition,
): Promise<void> {
  const verb = verbOf(exchange, path);
  const { group, plural, subresource, name, namespace } = path;
  const attributes = { verb, group, resource: plural, subresource, name, namespace };
  if (!cluster.authorizer.decide(exchange.user, attributes).allowed) throw accessDenied(exchange.user, attributes);
  if (
    resource.namespaced === (namespace === '') &&
    (resource.namespaced ? path.name !== '' || verb === 'create' : true)
  ) {
    throw new PathNotFoundError();
  }
  const request = { cluster, exchange, path, resource, verb };
  if (resource.verbs.length === 1 && verb === 'create') return answerReview(request);
  if (subresource !== '') return handleSubresource(request);
  switch (verb) {
    case 'get':
      return answerObject(request, 200, cluster.objects.get(resource, namespace, name));
    case 'list':
      return answerList(request);
    case 'watch':
      return answerWatch(request);
    case 'create':
      return create(request);
    case 'update':
      return update(request);
    case 'patch':
      return patch(request);
    case 'delete':
      return remove(request);
    case 'deletecollection':
      return removeCollection(request);
    default:
      throw methodNotAllowed();
  }
}

function answerObject(request: ResourceRequest, code: number, stored: StoredObject): void {
  const { exchange, resource } = request;
  const text = represent(
    resource,
    stored,
    representationOf(exchange),
    exchange.query.get('includeObject') ?? 'Metadata',
  );
  sendText(exchange.response, code, text);
}

async function answerReview({ cluster, exchange, resource }: ResourceRequest): Promise<void> {
  const body = asObject(parse(await readBody(exchange.request), exchange));
  const context = { authorizer: cluster.authorizer, tokens: cluster.tokens, user: exchange.user };
  sendJson(exchange.response, 201, review(context, resource.kind, body));
}

// ---- reading

function matcherOf(request: ResourceRequest): (object: StoredObject) => boolean {
  const { exchange, cluster, resource, path } = request;
  const labels = parseLabelSelector(exchange.query.get('labelSelector') ?? '');
  const nameSelector = path.name === '' ? '' : `metadata.name=${path.name}`;
  const selector = [exchange.query.get('fieldSelector') ?? '', nameSelector].filter((part) => part !== '').join(',');
  const fields = parseFieldSelector(selector);
  return (object) =>
    (labels === undefined || labels(labelsOf(object))) &&
    (fields === undefined || fields(cluster.objects.read(resource, object)));
}

/** The position of a paged list. */
interface ContinueToken {
  readonly key: string;
  readonly version: number;
  /** `namespace/name` of the last item that was sent. */
  readonly after: string;
}

function readContinue(cluster: Cluster, text: string): ContinueToken {
  let value: JsonValue;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString()) as JsonValue;
  } catch {
    throw badRequest('continue key is not valid: the token cannot be decoded');
  }
  const version = numberAt(value, 'version') ?? 0;
  if (stringAt(value, 'key') !== cluster.continueKey) throw badRequest('continue key is not valid');
  if (cluster.store.changesSince(version) === undefined) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
  return { key: cluster.continueKey, version, after: stringAt(value, 'after') ?? '' };
}

function checkStorage({ cluster, resource }: ResourceRequest): void {
  if (resource.custom === undefined || !cluster.behaviour.storageInitialization) return;
  const name = qualifiedName(resource);
  if (cluster.initializedStorage.has(name)) return;
  cluster.initializedStorage.add(name);
  throw tooManyRequests('storage is (re)initializing', 1);
}

function answerList(request: ResourceRequest): void {
  const { cluster, exchange, resource, path } = request;
  checkStorage(request);
  const { query } = exchange;
  const token = query.get('continue') ?? '';
  const position = token === '' ? undefined : readContinue(cluster, token);
  const limit = Number(query.get('limit') ?? 0);
  const matches = matcherOf(request);
  const found = cluster.objects
    .list(resource, path.namespace)
    .filter((object) => matches(object) && (position === undefined || keyOf(object) > position.after));
  const page = limit > 0 ? found.slice(0, limit) : found;
  const version = position?.version ?? cluster.store.version;
  const last = page.at(-1);
  const rest = found.length - page.length;
  const next: ContinueToken = { key: cluster.continueKey, version, after: last === undefined ? '' : keyOf(last) };
  const metadata = {
    resourceVersion: String(version),
    ...(rest === 0
      ? {}
      : { continue: Buffer.from(JSON.stringify(next)).toString('base64url'), remainingItemCount: rest }),
  };
  const form = representationOf(exchange);
  const text = representList(resource, page, form, metadata, query.get('includeObject') ?? 'Metadata');
  sendText(exchange.response, 200, text);
}

function keyOf(object: StoredObject): string {
  return `${object.namespace}/${object.name}`;
}

/** The API server ends watches without a timeout after 30 to 60 minutes. */
const DEFAULT_WATCH_SECONDS = 1800;

function answerWatch(request: ResourceRequest): void {
  const { cluster, exchange, resource, path } = request;
  checkStorage(request);
  const { query } = exchange;
  const version = query.get('resourceVersion') ?? '';
  const initial = query.get('sendInitialEvents') === 'true';
  const since = version === '' || version === '0' ? undefined : Number(version);
  if (since !== undefined && !Number.isInteger(since)) {
    throw badRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing "${version}": invalid syntax`,
    );
  }
  cluster.counters.openWatches++;
  const options = {
    resource,
    namespace: path.namespace,
    matches: matcherOf(request),
    form: representationOf(exchange),
    includeObject: query.get('includeObject') ?? 'Metadata',
    since: initial ? undefined : since,
    sendInitialEvents: initial,
    bookmarks: query.get('allowWatchBookmarks') === 'true',
    timeoutMilliseconds: Number(query.get('timeoutSeconds') ?? DEFAULT_WATCH_SECONDS) * 1000,
    bookmarkIntervalMilliseconds: cluster.behaviour.bookmarkIntervalMilliseconds,
  };
  streamWatch(cluster.store, cluster.timers, exchange.response, options, () => cluster.counters.openWatches--);
}

// ---- writing

function parse(content: Buffer, exchange: Exchange): JsonValue {
  const type = headerOf(exchange.request, 'content-type').split(';')[0]?.trim() ?? '';
  if (type === 'application/vnd.kubernetes.protobuf') return decodeProtobuf(content);
  if (type.includes('cbor')) {
    const message = `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml`;
    throw new StatusError(415, message, { reason: 'UnsupportedMediaType' });
  }
  if (!type.endsWith('yaml') || /^\s*[{[]/.test(content.subarray(0, 64).toString())) return parseBody(content);
  try {
    return parseYaml(content.toString()) as JsonValue;
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : 'not YAML'}`);
  }
}

function asObject(value: JsonValue): JsonObject {
  if (!isObject(value)) throw badRequest('the body of the request is not an object');
  return value;
}

function isDryRun(exchange: Exchange): boolean {
  const value = exchange.query.get('dryRun');
  if (value !== null && value !== '' && value !== 'All') {
    throw new StatusError(
      422,
      `PatchOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: "${value}": supported values: "All"`,
      {
        reason: 'Invalid',
      },
    );
  }
  return value === 'All';
}

function writeOptions(request: ResourceRequest, isApply = false): WriteOptions {
  const { cluster, exchange, resource, path } = request;
  const agent = headerOf(exchange.request, 'user-agent').split('/')[0] ?? '';
  return {
    manager: exchange.query.get('fieldManager') ?? (isApply ? '' : agent === '' ? 'unknown' : agent),
    dryRun: isDryRun(exchange),
    subresource: path.subresource,
    check: (next) => checkEscalation(cluster.authorizer, exchange.user, resource, next),
  };
}

async function create(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  if (path.name !== '') throw methodNotAllowed();
  const body = asObject(parse(await readBody(exchange.request), exchange));
  checkDefinitionServesCreation(request);
  await reviewAdmission(cluster, 'CREATE', resource, path.namespace, body);
  const created = cluster.objects.create(resource, path.namespace, body, writeOptions(request));
  answerObject(request, 201, created);
}

/** While a definition is being deleted nothing new of its kind is accepted. */
function checkDefinitionServesCreation({ cluster, resource }: ResourceRequest): void {
  if (resource.custom === undefined) return;
  const definition = cluster.store.get(
    'customresourcedefinitions.apiextensions.k8s.io',
    '',
    resource.custom.definition,
  );
  if (definition === undefined || isBeingDeleted(definition)) throw new PathNotFoundError();
}

async function update(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  if (path.name === '') throw methodNotAllowed();
  const body = asObject(parse(await readBody(exchange.request), exchange));
  await reviewAdmission(cluster, 'UPDATE', resource, path.namespace, body);
  answerObject(request, 200, cluster.objects.update(resource, path.namespace, path.name, body, writeOptions(request)));
}

async function patch(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  if (path.name === '') throw methodNotAllowed();
  const type = headerOf(exchange.request, 'content-type').split(';')[0]?.trim();
  const body = parse(await readBody(exchange.request), exchange);
  if (type === 'application/apply-patch+yaml') return applyPatch(request, asObject(body));
  const change = patchFunction(type, body, resource);
  const live = cluster.objects.get(resource, path.namespace, path.name);
  await reviewAdmission(cluster, 'UPDATE', resource, path.namespace, cluster.objects.read(resource, live));
  const options = writeOptions(request);
  answerObject(request, 200, cluster.objects.modify(resource, path.namespace, path.name, change, options));
}

function patchFunction(
  type: string | undefined,
  body: JsonValue,
  resource: ResourceDefinition,
): (live: JsonObject) => JsonObject {
  switch (type) {
    case 'application/json-patch+json':
      return (live) => jsonPatch(live, body);
    case 'application/merge-patch+json':
      return (live) => asObject(mergePatch(live, asObject(body)));
    case 'application/strategic-merge-patch+json':
      if (resource.custom === undefined) return (live) => strategicMergePatch(live, asObject(body), resource.schema);
      break;
    default:
  }
  const message = `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`;
  throw new StatusError(415, message, { reason: 'UnsupportedMediaType' });
}

async function applyPatch(request: ResourceRequest, body: JsonObject): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  const exists = cluster.objects.find(resource, path.namespace, path.name) !== undefined;
  if (!exists) checkDefinitionServesCreation(request);
  await reviewAdmission(cluster, exists ? 'UPDATE' : 'CREATE', resource, path.namespace, body);
  const force = exchange.query.get('force') === 'true';
  const options = { ...writeOptions(request, true), force };
  const { object, created } = cluster.objects.apply(resource, path.namespace, path.name, body, options);
  answerObject(request, created ? 201 : 200, object);
}

async function deleteOptions(request: ResourceRequest): Promise<JsonObject> {
  const { exchange } = request;
  const content = await readBody(exchange.request);
  const body = content.length === 0 ? {} : asObject(parse(content, exchange));
  const policy = exchange.query.get('propagationPolicy');
  return policy === null ? body : { ...body, propagationPolicy: policy };
}

function isPolicy(value: string | undefined): value is PropagationPolicy | undefined {
  return value === undefined || value === 'Background' || value === 'Foreground' || value === 'Orphan';
}

async function remove(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  const options = await deleteOptions(request);
  const live = cluster.objects.get(resource, path.namespace, path.name);
  await reviewAdmission(cluster, 'DELETE', resource, path.namespace, cluster.objects.read(resource, live));
  const { object, gone } = removeOne(request, path.namespace, path.name, options);
  if (resource.kind === 'Job' && options['propagationPolicy'] === undefined) {
    const warning =
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';
    exchange.response.setHeader('warning', `299 - "${warning}"`);
  }
  if (!gone || resource.kind === 'Pod') return answerObject(request, 200, object);
  const group = resource.group === '' ? {} : { group: resource.group };
  const details = { name: path.name, ...group, kind: resource.plural, uid: object.uid };
  sendJson(exchange.response, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

function removeOne(
  request: ResourceRequest,
  namespace: string,
  name: string,
  options: JsonObject,
): { readonly object: StoredObject; readonly gone: boolean } {
  const { cluster, exchange, resource } = request;
  const policy = stringAt(options, 'propagationPolicy');
  if (!isPolicy(policy)) {
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
      {
        reason: 'FieldValueNotSupported',
        field: 'propagationPolicy',
        message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "Background", "Foreground", "Orphan"`,
      },
    ]);
  }
  const orphan = options['orphanDependents'] === true ? 'Orphan' : undefined;
  return cluster.objects.delete(resource, namespace, name, {
    dryRun: isDryRun(exchange) || Array.isArray(options['dryRun']),
    propagationPolicy: policy ?? orphan,
    preconditions: objectAt(options, 'preconditions'),
  });
}

async function removeCollection(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  if (path.namespace === '' && resource.namespaced) throw methodNotAllowed();
  const options = await deleteOptions(request);
  const matches = matcherOf(request);
  const found = cluster.objects.list(resource, path.namespace).filter(matches);
  for (const object of found) {
    await reviewAdmission(cluster, 'DELETE', resource, path.namespace, cluster.objects.read(resource, object));
    if (cluster.objects.find(resource, object.namespace, object.name) === undefined) continue;
    removeOne(request, object.namespace, object.name, options);
  }
  const metadata = { resourceVersion: String(cluster.store.version) };
  sendText(exchange.response, 200, representList(resource, found, 'object', metadata, 'None'));
}

// ---- subresources

async function handleSubresource(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path, verb } = request;
  if (!resource.subresources.has(path.subresource)) throw new PathNotFoundError();
  switch (path.subresource) {
    case 'status':
    case 'finalize':
      if (verb === 'get') return answerObject(request, 200, cluster.objects.get(resource, path.namespace, path.name));
      if (verb === 'patch') return patch(request);
      if (verb === 'update') return update(request);
      throw methodNotAllowed();
    case 'scale':
      return handleScale(request);
    case 'token':
      return requestToken(request);
    case 'log':
      cluster.objects.get(resource, path.namespace, path.name);
      return sendText(exchange.response, 200, 'simulated\n', { 'content-type': 'text/plain' });
    case 'eviction':
      removeOne(request, path.namespace, path.name, {});
      return sendJson(exchange.response, 201, {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        code: 201,
      });
    default:
      throw methodNotAllowed();
  }
}

async function handleScale(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path, verb } = request;
  const live = cluster.objects.read(resource, cluster.objects.get(resource, path.namespace, path.name));
  if (verb === 'get') return sendJson(exchange.response, 200, readScale(live));
  if (verb !== 'update' && verb !== 'patch') throw methodNotAllowed();
  const body = asObject(parse(await readBody(exchange.request), exchange));
  const scale = verb === 'update' ? body : asObject(mergePatch(readScale(live), body));
  const change = (current: JsonObject): JsonObject => writeScale(current, scale);
  const written = cluster.objects.modify(resource, path.namespace, path.name, change, writeOptions(request));
  sendJson(exchange.response, 200, readScale(cluster.objects.read(resource, written)));
}

const DEFAULT_TOKEN_SECONDS = 3600;
const MINIMUM_TOKEN_SECONDS = 600;
const MAXIMUM_TOKEN_SECONDS = 2 ** 32;

async function requestToken(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  if (request.verb !== 'create') throw methodNotAllowed();
  const body = asObject(parse(await readBody(exchange.request), exchange));
  const account = cluster.objects.get(resource, path.namespace, path.name);
  const asked = numberAt(body, 'spec', 'expirationSeconds') ?? DEFAULT_TOKEN_SECONDS;
  checkLifetime(path.name, asked);
  const maximum = cluster.behaviour.maximumTokenSeconds ?? MAXIMUM_TOKEN_SECONDS;
  const expirationSeconds = Math.min(asked, maximum);
  if (asked > maximum) {
    const text = `requested expiration of ${asked} seconds shortened to ${maximum} seconds`;
    exchange.response.setHeader('warning', `299 - "${text}"`);
  }
  const audiences = ['https://kubernetes.default.svc.cluster.local'];
  const bound = boundObject(cluster, path.namespace, objectAt(body, 'spec', 'boundObjectRef'));
  const subject = { namespace: path.namespace, name: path.name, uid: account.uid, audiences, expirationSeconds, bound };
  const { token, expiresAt } = isDryRun(exchange) ? { token: '', expiresAt: 0 } : cluster.tokens.issue(subject);
  const status = { token, expirationTimestamp: timestamp((expiresAt ?? 0) * 1000) };
  const spec = { ...objectAt(body, 'spec'), audiences, expirationSeconds };
  const metadata = { name: path.name, namespace: path.namespace, creationTimestamp: timestamp(Date.now()) };
  const answer = withValue(
    { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata, spec },
    ['status'],
    status,
  );
  sendJson(exchange.response, 201, answer);
}

function checkLifetime(name: string, seconds: number): void {
  const problem =
    seconds < MINIMUM_TOKEN_SECONDS
      ? 'may not specify a duration less than 10 minutes'
      : seconds > MAXIMUM_TOKEN_SECONDS
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined;
  if (problem === undefined) return;
  throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, [
    { reason: 'FieldValueInvalid', field: 'spec.expirationSeconds', message: `Invalid value: ${seconds}: ${problem}` },
  ]);
}

function boundObject(
  cluster: Cluster,
  namespace: string,
  reference: JsonObject | undefined,
): { kind: string; name: string; uid: string } | undefined {
  if (reference === undefined) return undefined;
  const [kind, name] = [stringAt(reference, 'kind') ?? '', stringAt(reference, 'name') ?? ''];
  const resource = kind === 'Secret' ? 'secrets' : kind === 'Pod' ? 'pods' : undefined;
  if (resource === undefined) {
    throw badRequest(`cannot bind token for serviceaccount to object of type ${kind}`);
  }
  const found = cluster.store.get(resource, namespace, name);
  if (found === undefined) throw notFound({ group: '', plural: resource }, name);
  const uid = stringAt(reference, 'uid');
  if (uid !== undefined && uid !== found.uid) {
    const text = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw new StatusError(409, `Operation cannot be fulfilled on ${resource} "${name}": ${text}`, {
      reason: 'Conflict',
    });
  }
  return { kind, name, uid: found.uid };
}

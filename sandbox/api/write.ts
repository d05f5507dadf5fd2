import { checkEscalation } from '../access/escalation.ts';
import { reviewAdmission } from '../admission/webhooks.ts';
import { type JsonObject, type JsonValue, objectAt, stringAt } from '../base/json.ts';
import { jsonPatch, mergePatch, strategicMergePatch } from '../objects/patches.ts';
import type { WriteOptions } from '../objects/object-rules.ts';
import type { PropagationPolicy } from '../objects/object-deletion.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { invalid, methodNotAllowed, PathNotFoundError, StatusError } from '../base/status-error.ts';
import { isBeingDeleted, type StoredObject } from '../store/stored-object.ts';
import { type Exchange, sendJson, sendText } from './exchange.ts';
import { headerOf } from '../base/http.ts';
import { asObject, optionalObject, requestData, requestObject } from './request-body.ts';
import { matcherOf } from './read.ts';
import { representList } from './representation.ts';
import { answerObject, type ResourceRequest } from './resource-request.ts';

export function isDryRun(exchange: Exchange): boolean {
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

export function writeOptions(request: ResourceRequest, isApply = false): WriteOptions {
  const { cluster, exchange, resource, path } = request;
  const agent = headerOf(exchange.request, 'user-agent').split('/')[0] ?? '';
  return {
    manager: exchange.query.get('fieldManager') ?? (isApply ? '' : agent === '' ? 'unknown' : agent),
    dryRun: isDryRun(exchange),
    subresource: path.subresource,
    check: (next) => checkEscalation(cluster.authorizer, exchange.user, resource, next),
  };
}

export async function create(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  if (path.name !== '') throw methodNotAllowed();
  const body = await requestObject(exchange);
  checkDefinitionServesCreation(request);
  await reviewAdmission(cluster, { operation: 'CREATE', resource, namespace: path.namespace, object: body });
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

export async function update(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  if (path.name === '') throw methodNotAllowed();
  const body = await requestObject(exchange);
  await reviewAdmission(cluster, { operation: 'UPDATE', resource, namespace: path.namespace, object: body });
  answerObject(request, 200, cluster.objects.update(resource, path.namespace, path.name, body, writeOptions(request)));
}

export async function patch(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  if (path.name === '') throw methodNotAllowed();
  const type = headerOf(exchange.request, 'content-type').split(';')[0]?.trim();
  const body = await requestData(exchange);
  if (type === 'application/apply-patch+yaml') return applyPatch(request, asObject(body));
  const change = patchFunction(type, body, resource);
  const live = cluster.objects.get(resource, path.namespace, path.name);
  await reviewAdmission(cluster, {
    operation: 'UPDATE',
    resource,
    namespace: path.namespace,
    object: cluster.objects.read(resource, live),
  });
  const options = writeOptions(request);
  answerObject(request, 200, cluster.objects.modify(resource, path.namespace, path.name, change, options));
}

function patchFunction(
  type: string | undefined,
  body: JsonValue,
  resource: ResourceDefinition,
): (live: JsonObject) => JsonObject {
  switch (type ?? '') {
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
  await reviewAdmission(cluster, {
    operation: exists ? 'UPDATE' : 'CREATE',
    resource,
    namespace: path.namespace,
    object: body,
  });
  const force = exchange.query.get('force') === 'true';
  const options = { ...writeOptions(request, true), force };
  const { object, created } = cluster.objects.apply(resource, path.namespace, path.name, body, options);
  answerObject(request, created ? 201 : 200, object);
}

async function deleteOptions(request: ResourceRequest): Promise<JsonObject> {
  const { exchange } = request;
  const body = await optionalObject(exchange);
  const policy = exchange.query.get('propagationPolicy');
  return policy === null ? body : { ...body, propagationPolicy: policy };
}

function isPolicy(value: string | undefined): value is PropagationPolicy | undefined {
  return value === undefined || value === 'Background' || value === 'Foreground' || value === 'Orphan';
}

export async function remove(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  const options = await deleteOptions(request);
  const live = cluster.objects.get(resource, path.namespace, path.name);
  await reviewAdmission(cluster, {
    operation: 'DELETE',
    resource,
    namespace: path.namespace,
    object: cluster.objects.read(resource, live),
  });
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

export function removeOne(
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

export async function removeCollection(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  if (path.namespace === '' && resource.namespaced) throw methodNotAllowed();
  const options = await deleteOptions(request);
  const matches = matcherOf(request);
  const found = cluster.objects.list(resource, path.namespace).filter(matches);
  for (const object of found) {
    await reviewAdmission(cluster, {
      operation: 'DELETE',
      resource,
      namespace: path.namespace,
      object: cluster.objects.read(resource, object),
    });
    if (cluster.objects.find(resource, object.namespace, object.name) === undefined) continue;
    removeOne(request, object.namespace, object.name, options);
  }
  const metadata = { resourceVersion: String(cluster.store.version) };
  sendText(exchange.response, 200, representList(resource, found, 'object', metadata, 'None'));
}

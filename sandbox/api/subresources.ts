import type { JsonObject } from '../base/json.ts';
import { mergePatch } from '../objects/patches.ts';
import { methodNotAllowed, PathNotFoundError } from '../base/status-error.ts';
import { sendJson, sendText } from './exchange.ts';
import { asObject, requestObject } from './request-body.ts';
import { answerObject, type ResourceRequest } from './resource-request.ts';
import { readScale, writeScale } from './scale.ts';
import { requestToken } from './token-request.ts';
import { patch, removeOne, update, writeOptions } from './write.ts';

/** Answers a request below an object. */
export async function handleSubresource(request: ResourceRequest): Promise<void> {
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
  const body = await requestObject(exchange);
  const scale = verb === 'update' ? body : asObject(mergePatch(readScale(live), body));
  const change = (current: JsonObject): JsonObject => writeScale(current, scale);
  const written = cluster.objects.modify(resource, path.namespace, path.name, change, writeOptions(request));
  sendJson(exchange.response, 200, readScale(cluster.objects.read(resource, written)));
}

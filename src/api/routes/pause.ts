import type { FastifyReply, FastifyRequest } from 'fastify';
import { defined } from '../../base/defined.ts';
import { operations } from '../../contract/operations.ts';
import { PauseBody } from '../../contract/schemas/queries.ts';
import { message } from '../../messages/message.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import { decodeBody } from '../decode/body.ts';
import { schemaViolations, validationError } from '../decode/violations.ts';
import { callOf } from '../http/call.ts';
import { clusterNameOf, type Route, textOf } from '../http/route.ts';
import { bodyOf, readIfMatch, sendSaved } from './clusters.ts';

/** Begins and ends the maintenance of clusters. */
export function pauseRoutes(registry: ClusterRegistry): readonly Route[] {
  const pause = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const name = clusterNameOf(request);
    const call = callOf(request);
    const ifMatch = readIfMatch(request.headers['if-match']);
    const options = { ...readBody(request), ...defined({ ifMatch }) };
    const result = await call.within(registry.pause(call.context, name, options));
    return sendSaved(request, reply, message('Paused.reply', { name }), result);
  };
  const resume = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const name = clusterNameOf(request);
    const call = callOf(request);
    const ifMatch = readIfMatch(request.headers['if-match']);
    const result = await call.within(registry.resume(call.context, name, defined({ ifMatch })));
    return sendSaved(request, reply, message('Resumed.reply', { name }), result);
  };
  return [
    { operation: operations.pauseCluster, handle: pause },
    { operation: operations.resumeCluster, handle: resume },
  ];
}

/** An empty body asks for a pause without an end. */
function readBody(request: FastifyRequest): { readonly until: string; readonly reason: string } {
  const bytes = bodyOf(request);
  if (bytes.length === 0) return { until: '', reason: '' };
  const { message: body } = decodeBody(bytes, request.headers['content-type'], PauseBody);
  const violations = schemaViolations(body, PauseBody);
  if (violations.length > 0) throw validationError(violations, []);
  return { until: textOf(body['until']), reason: textOf(body['reason']) };
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import { callOf } from '../http/call.ts';
import { operations } from '../../contract/operations.ts';
import { sendTexts } from '../http/replies.ts';
import { clusterNameOf, languageOf, type Route } from '../http/route.ts';
import { statusSummary } from '../../contract/status-summary.ts';
import { statusReply } from '../wire/status-reply.ts';
import { ClusterStatusReply, StatusListReply } from '../../contract/schemas/status.ts';

/** What is known about clusters now. */
export function statusRoutes(registry: ClusterRegistry): readonly Route[] {
  const status = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const call = callOf(request);
    const found = await call.within(registry.status(call.context, clusterNameOf(request)));
    const language = languageOf(request);
    return sendTexts(reply, language, 200, ClusterStatusReply, statusReply(found, language));
  };
  const statuses = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const call = callOf(request);
    const all = await call.within(registry.statuses(call.context));
    const language = languageOf(request);
    const items = all.map((each) => statusSummary(statusReply(each, language)));
    return sendTexts(reply, language, 200, StatusListReply, { items });
  };
  return [
    { operation: operations.getClusterStatus, handle: status },
    { operation: operations.listStatuses, handle: statuses },
  ];
}

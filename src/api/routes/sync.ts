import type { FastifyReply, FastifyRequest } from 'fastify';
import { operations } from '../../contract/operations.ts';
import { clusterPath, paths } from '../../contract/paths.ts';
import { SyncReply } from '../../contract/schemas/replies.ts';
import { NautesError } from '../../errors/errors.ts';
import { message, render } from '../../messages/message.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import { callOf } from '../http/call.ts';
import { CallerAllowance } from '../http/caller-allowance.ts';
import { sendTexts } from '../http/replies.ts';
import { clusterNameOf, languageOf, type Route } from '../http/route.ts';

/** Looks at clusters on request. */
export function syncRoutes(registry: ClusterRegistry, syncsPerMinute: number): readonly Route[] {
  const allowance = new CallerAllowance(syncsPerMinute);
  const sync = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const name = clusterNameOf(request);
    const call = callOf(request);
    const retryAfterMilliseconds = allowance.take(call.context.caller.id);
    if (retryAfterMilliseconds > 0) throw new NautesError('TooManySyncs', {}, { retryAfterMilliseconds });
    const { requestedAt } = await call.within(registry.sync(call.context, name));
    const language = languageOf(request);
    return sendTexts(reply, language, 200, SyncReply, {
      message: render(message('SyncRequested.reply', { name }), language),
      requested_at: requestedAt,
      status: clusterPath(paths.clusterStatus, name),
      events: clusterPath(paths.clusterEvents, name),
    });
  };
  return [{ operation: operations.syncCluster, handle: sync }];
}

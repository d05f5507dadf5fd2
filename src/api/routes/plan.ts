import { defined } from '../../base/defined.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import { callOf } from '../http/call.ts';
import { readSaveRequest } from '../decode/save-request.ts';
import { operations } from '../../contract/operations.ts';
import { sendTexts } from '../http/replies.ts';
import { clusterNameOf, languageOf, queryOf, type Route } from '../http/route.ts';
import { PlanReply } from '../../contract/schemas/plan.ts';
import { planReply } from '../wire/plan-reply.ts';
import { bodyOfWriter, readIfMatch } from './clusters.ts';

/** What a save would do, with everything that is wrong with it in one answer. */
export function planRoutes(registry: ClusterRegistry): readonly Route[] {
  const plan = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const name = clusterNameOf(request);
    const call = callOf(request);
    const read = readSaveRequest(
      name,
      await bodyOfWriter(registry, request),
      request.headers['content-type'],
      queryOf(request),
    );
    const ifMatch = readIfMatch(request.headers['if-match']);
    const options = { skipCheck: read.skipCheck, takeOver: read.takeOver, ...defined({ ifMatch }) };
    const result = await call.within(registry.plan(call.context, name, read.draft, options));
    const violations = [...read.ofSchema, ...read.others];
    const language = languageOf(request);
    const wire = planReply(name, result, { violations, warnings: read.warnings }, language);
    return sendTexts(reply, language, 200, PlanReply, wire);
  };
  return [{ operation: operations.planCluster, handle: plan }];
}

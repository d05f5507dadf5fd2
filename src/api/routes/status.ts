import { clusterKey } from '../../resources/cluster/cluster-key.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NautesError } from '../../errors/errors.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import type { OffboardingLedger } from '../../state/index.ts';
import { callOf } from '../http/call.ts';
import { operations } from '../../contract/operations.ts';
import { sendTexts } from '../http/replies.ts';
import { clusterNameOf, languageOf, mayRead, type Route } from '../http/route.ts';
import { statusSummary } from '../../contract/status-summary.ts';
import { receiptReply } from '../wire/receipt-reply.ts';
import { statusReply } from '../wire/status-reply.ts';
import { ClusterStatusReply, ReceiptReply, StatusListReply } from '../../contract/schemas/status.ts';

/** Where the routes read. */
export interface StatusSources {
  readonly receipts: Pick<OffboardingLedger, 'receipt'>;
}

/** What is known about a cluster now, and what was done when it was off-boarded. */
export function statusRoutes(registry: ClusterRegistry, { receipts }: StatusSources): readonly Route[] {
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
  const receipt = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await mayRead(registry, request);
    const cluster = clusterNameOf(request);
    const found = await callOf(request).within(receipts.receipt(clusterKey(cluster)));
    if (found === undefined) throw new NautesError('ReceiptNotFound', { cluster });
    const language = languageOf(request);
    return sendTexts(reply, language, 200, ReceiptReply, receiptReply(found, language));
  };
  return [
    { operation: operations.getClusterStatus, handle: status },
    { operation: operations.listStatuses, handle: statuses },
    { operation: operations.getClusterReceipt, handle: receipt },
  ];
}

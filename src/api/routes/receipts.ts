import type { FastifyReply, FastifyRequest } from 'fastify';
import { operations } from '../../contract/operations.ts';
import { ReceiptListReply } from '../../contract/schemas/details.ts';
import { ReceiptQuery, ReceiptsQuery } from '../../contract/schemas/queries.ts';
import { ReceiptReply } from '../../contract/schemas/status.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import { CLUSTER_KIND, clusterKey } from '../../resources/cluster/cluster-key.ts';
import type { Receipt } from '../../resources/cluster/receipt.ts';
import type { OffboardingLedger, ReceiptPlace } from '../../state/index.ts';
import { codecError } from '../decode/codec-error.ts';
import { callOf } from '../http/call.ts';
import { sendJson, sendTexts } from '../http/replies.ts';
import { clusterNameOf, languageOf, mayRead, readQuery, type Route, textOf } from '../http/route.ts';
import { readPageLimit } from '../wire/paging.ts';
import { receiptReply } from '../wire/receipt-reply.ts';

/** Where receipts are read. */
export type ReceiptSource = Pick<OffboardingLedger, 'receipt' | 'receiptsOf' | 'receipts'>;

/** Receipts in one page; each is read as a whole. */
const MAXIMUM_RECEIPTS_PAGE = 100;

/** What was done when clusters were off-boarded. */
export function receiptRoutes(registry: ClusterRegistry, receipts: ReceiptSource): readonly Route[] {
  const one = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await mayRead(registry, request);
    const cluster = clusterNameOf(request);
    const incarnation = textOf(readQuery(request, ReceiptQuery)['incarnation']);
    const found = await callOf(request).within(findReceipt(receipts, cluster, incarnation));
    if (found === undefined) throw new NautesError('ReceiptNotFound', { cluster });
    const language = languageOf(request);
    return sendTexts(reply, language, 200, ReceiptReply, receiptReply(found, language));
  };
  const ofName = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await mayRead(registry, request);
    const found = await callOf(request).within(receipts.receiptsOf(clusterKey(clusterNameOf(request))));
    return sendJson(reply, 200, ReceiptListReply, { items: found.map(receiptSummary) });
  };
  const all = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await mayRead(registry, request);
    const query = readQuery(request, ReceiptsQuery);
    const limit = readPageLimit(textOf(query['limit']), MAXIMUM_RECEIPTS_PAGE);
    const token = textOf(query['continue']);
    const place = token === '' ? {} : { after: readPlace(token) };
    const found = await callOf(request).within(receipts.receipts(CLUSTER_KIND, { limit: limit + 1, ...place }));
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    const next = last === undefined ? {} : { continue: writePlace(last) };
    return sendJson(reply, 200, ReceiptListReply, { items: items.map(receiptSummary), ...next });
  };
  return [
    { operation: operations.getClusterReceipt, handle: one },
    { operation: operations.listClusterReceipts, handle: ofName },
    { operation: operations.listReceipts, handle: all },
  ];
}

async function findReceipt(
  receipts: ReceiptSource,
  cluster: string,
  incarnation: string,
): Promise<Receipt | undefined> {
  if (incarnation === '') return await receipts.receipt(clusterKey(cluster));
  return (await receipts.receiptsOf(clusterKey(cluster))).find((receipt) => receipt.incarnation === incarnation);
}

function receiptSummary(receipt: Receipt) {
  const { cluster, incarnation, outcome, forced, commit } = receipt;
  return {
    cluster,
    incarnation,
    outcome,
    requested_by: receipt.requestedBy,
    requested_at: receipt.requestedAt,
    completed_at: receipt.completedAt,
    forced,
    commit,
    created: receipt.created.length,
    removed: receipt.removed.length,
    left: receipt.left.length,
    lost: receipt.lostTotal ?? receipt.lost?.length ?? 0,
    remaining: receipt.remaining.length,
  };
}

/** Longest token of a page that is read. */
const MAXIMUM_PLACE_LENGTH = 200;

function writePlace({ completedAt, incarnation }: ReceiptPlace): string {
  return Buffer.from(`receipt:${completedAt} ${incarnation}`).toString('base64url');
}

function readPlace(token: string): ReceiptPlace {
  const text = token.length > MAXIMUM_PLACE_LENGTH ? '' : Buffer.from(token, 'base64url').toString();
  const [, completedAt, incarnation] = /^receipt:(\S+) (.*)$/.exec(text) ?? [];
  if (completedAt === undefined || incarnation === undefined) throw codecError(message('Codec.continue'));
  return { completedAt, incarnation };
}

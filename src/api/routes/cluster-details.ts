import type { FastifyReply, FastifyRequest } from 'fastify';
import { defined } from '../../base/defined.ts';
import { operations } from '../../contract/operations.ts';
import {
  FileChangeReply,
  FileReply,
  HistoryReply,
  ObjectsReply,
  RepairsReply,
} from '../../contract/schemas/details.ts';
import { NodePortsReply } from '../../contract/schemas/server.ts';
import { HistoryQuery, NodePortsQuery, ObjectsQuery } from '../../contract/schemas/queries.ts';
import { message, render } from '../../messages/message.ts';
import type { Language } from '../../messages/text.ts';
import type { ClusterRegistry, CommitInfo, HeldObject } from '../../registry/cluster-registry.ts';
import { clusterKind } from '../../resources/cluster/cluster-kind.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { codecError } from '../decode/codec-error.ts';
import { callOf } from '../http/call.ts';
import { sendJson, sendTexts } from '../http/replies.ts';
import { clusterNameOf, languageOf, readQuery, type Route, textOf } from '../http/route.ts';
import { messageReply } from '../wire/message-reply.ts';
import { page, readPageLimit } from '../wire/paging.ts';
import { resourceReply } from '../wire/resource-reply.ts';

/** Commits in one page of a history; each is read. */
const MAXIMUM_HISTORY_PAGE = 100;

/** Objects in one page. */
const MAXIMUM_OBJECTS_PAGE = 1000;

/** A commit by its id, SHA-1 or SHA-256. */
const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/** What there is to read of one cluster besides its status: its file and what became of it, its objects, what was repaired. */
export function clusterDetailRoutes(registry: ClusterRegistry): readonly Route[] {
  return [
    { operation: operations.getClusterHistory, handle: (request, reply) => history(registry, request, reply) },
    { operation: operations.getClusterChange, handle: (request, reply) => change(registry, request, reply) },
    { operation: operations.getClusterFile, handle: (request, reply) => file(registry, request, reply) },
    { operation: operations.getClusterObjects, handle: (request, reply) => objects(registry, request, reply) },
    { operation: operations.getClusterNodePorts, handle: (request, reply) => nodePorts(registry, request, reply) },
    { operation: operations.getClusterRepairs, handle: (request, reply) => repairs(registry, request, reply) },
  ];
}

async function history(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const query = readQuery(request, HistoryQuery);
  const limit = readPageLimit(textOf(query['limit']), MAXIMUM_HISTORY_PAGE);
  const before = textOf(query['before']);
  if (before !== '' && !COMMIT.test(before)) throw codecError(message('Codec.commit', { field: 'before' }));
  const call = callOf(request);
  const options = { limit: limit + 1, ...(before !== '' && { before }) }; // one more tells whether there is a next page
  const commits = await call.within(registry.history(call.context, clusterNameOf(request), options));
  const items = commits.slice(0, limit);
  const last = commits.length > limit ? items.at(-1)?.id : undefined;
  return sendJson(reply, 200, HistoryReply, { items: items.map(historyEntry), ...defined({ before: last }) });
}

function historyEntry({ id, author, time, subject, trailers }: CommitInfo) {
  return {
    commit: id,
    author,
    time,
    subject,
    operation: trailers.get('Operation') ?? '',
    request_id: trailers.get('Request-Id') ?? '',
    skipped_check: trailers.has('Skipped-Check'),
    forced: trailers.has('Forced'),
  };
}

async function change(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { commit = '' } = request.params as { readonly commit?: string };
  if (!COMMIT.test(commit)) throw codecError(message('Codec.commit', { field: 'commit' }));
  const call = callOf(request);
  const files = await call.within(registry.filesAt(call.context, clusterNameOf(request), commit));
  const { before = '', after = '', cluster } = files;
  const known = { commit, before, after };
  return sendJson(reply, 200, FileChangeReply, {
    ...known,
    ...(cluster && { cluster: resourceReply(clusterKind, cluster) }),
  });
}

async function file(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const call = callOf(request);
  return sendJson(reply, 200, FileReply, await call.within(registry.file(call.context, clusterNameOf(request))));
}

async function objects(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const query = readQuery(request, ObjectsQuery);
  const limit = readPageLimit(textOf(query['limit']), MAXIMUM_OBJECTS_PAGE);
  const call = callOf(request);
  const component = textOf(query['component']);
  const entries = await call.within(registry.objects(call.context, clusterNameOf(request), component));
  const listed = entries.map((held) => ({ name: placeOf(held.entry), version: '', held }));
  listed.sort((left, right) => (left.name < right.name ? -1 : 1));
  const { items, continue: next } = page(listed, String(limit), textOf(query['continue']));
  const language = languageOf(request);
  return sendTexts(reply, language, 200, ObjectsReply, {
    items: items.map(({ held }) => objectReply(held, language)),
    total: entries.length,
    ...(next !== '' && { continue: next }),
  });
}

/** By what objects are in order. */
function placeOf({ component, kind, namespace, name, apiVersion }: InventoryEntry): string {
  return [component, kind, namespace, name, apiVersion].join('\n');
}

function objectReply({ entry, look }: HeldObject, language: Language) {
  const { apiVersion, kind, namespace, name, component, uid, foreign } = entry;
  const state = uid === '' ? ('intended' as const) : ('applied' as const);
  const known = { apiVersion, kind, namespace, name, component, state, foreign };
  if (look === undefined) return known;
  if (look === 'ready') return { ...known, ready: true };
  return { ...known, ready: false, reason: look.reason, ...messageReply(look.message, language) };
}

/** Free node ports that are looked for, each with a request to the cluster. */
const MAXIMUM_FREE_PORTS = 20;
const DEFAULT_FREE_PORTS = '3';

async function nodePorts(
  registry: ClusterRegistry,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = textOf(readQuery(request, NodePortsQuery)['count']);
  const count = readPageLimit(asked || DEFAULT_FREE_PORTS, MAXIMUM_FREE_PORTS);
  const call = callOf(request);
  const { range, free, taken } = await call.within(registry.nodePorts(call.context, clusterNameOf(request), count));
  const language = languageOf(request);
  return sendTexts(reply, language, 200, NodePortsReply, {
    range,
    free: [...free],
    taken: taken.map(({ port, holder }) => ({ port, by: render(holder, language) })),
  });
}

async function repairs(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const call = callOf(request);
  const { repairs: kept = [] } = await call.within(registry.status(call.context, clusterNameOf(request)));
  const items = kept.toReversed().map(({ fields, ...repair }) => ({ ...repair, fields: [...fields] }));
  return sendJson(reply, 200, RepairsReply, { items });
}

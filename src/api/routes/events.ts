import { defined } from '../../base/defined.ts';
import { message } from '../../messages/message.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import type { EventFilter, EventLog, EventScope } from '../../state/index.ts';
import { CLUSTER_KIND, clusterKey } from '../../resources/cluster/cluster-key.ts';
import { callOf } from '../http/call.ts';
import { codecError } from '../decode/codec-error.ts';
import type { EventHub } from '../events/event-hub.ts';
import { operations } from '../../contract/operations.ts';
import type { OpenStreams } from '../events/open-streams.ts';
import { sendTexts } from '../http/replies.ts';
import { clusterNameOf, languageOf, mayRead, readQuery, type Route, textOf } from '../http/route.ts';
import { beginStream } from './event-streams.ts';
import { eventReply } from '../wire/event-reply.ts';
import { EventsQuery } from '../../contract/schemas/queries.ts';
import { EventPageReply } from '../../contract/schemas/status.ts';

/** Events in one page of `GET …/events` as JSON. */
const MAXIMUM_EVENT_PAGE = 1000;

export interface EventParts {
  readonly registry: ClusterRegistry;
  readonly log: EventLog;
  readonly hub: EventHub;
  readonly open: OpenStreams;
}

/** What happens to one cluster or to all, as a stream or, with `Accept: application/json`, as pages. */
export function eventRoutes(parts: EventParts): readonly Route[] {
  const { registry, log } = parts;
  const serve = async (request: FastifyRequest, reply: FastifyReply, scope: EventScope) => {
    await mayRead(registry, request);
    return wantsPage(request) ? sendPage(log, request, reply, scope) : sendStream(parts, request, reply, scope);
  };
  return [
    { operation: operations.watchClusters, handle: (request, reply) => serve(request, reply, { kind: CLUSTER_KIND }) },
    {
      operation: operations.watchCluster,
      handle: (request, reply) => serve(request, reply, clusterKey(clusterNameOf(request))),
    },
  ];
}

function wantsPage(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? '';
  return accept.includes('application/json') && !accept.includes('text/event-stream');
}

async function sendPage(
  log: EventLog,
  request: FastifyRequest,
  reply: FastifyReply,
  scope: EventScope,
): Promise<FastifyReply> {
  const query = readQuery(request, EventsQuery);
  const last = readNumber('last', textOf(query.last));
  if (last !== undefined) return await sendLatest(log, request, reply, { scope, last });
  const limit = readNumber('limit', textOf(query.limit)) ?? MAXIMUM_EVENT_PAGE;
  const after = readNumber('after', textOf(query.after)) ?? 0;
  const page = await log.after(after, scope, Math.min(Math.max(limit, 1), MAXIMUM_EVENT_PAGE));
  const { events, complete, latest } = page;
  const language = languageOf(request);
  const items = events.map((event) => eventReply(event, language));
  return sendTexts(reply, language, 200, EventPageReply, { items, complete, latest });
}

interface LatestRequest {
  readonly scope: EventScope;
  readonly last: number;
}

/** The newest events, newest first. */
async function sendLatest(
  log: EventLog,
  request: FastifyRequest,
  reply: FastifyReply,
  { scope, last }: LatestRequest,
): Promise<FastifyReply> {
  const query = readQuery(request, EventsQuery);
  const reason = textOf(query['reason']) || undefined;
  const filter: EventFilter = defined({ type: readType(textOf(query['type'])), reason });
  const { latest } = await log.after(Number.MAX_SAFE_INTEGER, scope, 1);
  const events = await log.latest(scope, filter, Math.min(Math.max(last, 1), MAXIMUM_EVENT_PAGE));
  const language = languageOf(request);
  const items = events.map((event) => eventReply(event, language));
  return sendTexts(reply, language, 200, EventPageReply, { items, complete: true, latest });
}

async function sendStream(
  { registry, hub, open }: EventParts,
  request: FastifyRequest,
  reply: FastifyReply,
  scope: EventScope,
): Promise<void> {
  const query = readQuery(request, EventsQuery);
  const lastEventId = request.headers['last-event-id'];
  const known = typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : textOf(query.after);
  const after = readNumber('after', known);
  open.checkRoom(callOf(request).context.caller.id);
  const { response, reader, language } = beginStream(registry, request, reply);
  await hub.serve(response, reader, { scope, after, language });
}

function readType(value: string): EventFilter['type'] {
  if (value === '' || value === 'Normal' || value === 'Warning') return value || undefined;
  throw codecError(message('Codec.eventType'));
}

function readNumber(name: string, value: string): number | undefined {
  if (value === '') return undefined;
  const number = Number(value);
  if (!/^[0-9]{1,16}$/.test(value) || !Number.isSafeInteger(number)) {
    throw codecError(message('Codec.number', { field: name }));
  }
  return number;
}

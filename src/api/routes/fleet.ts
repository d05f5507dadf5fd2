import type { FastifyReply, FastifyRequest } from 'fastify';
import { operations } from '../../contract/operations.ts';
import { FleetQuery } from '../../contract/schemas/queries.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import type { FleetReader } from '../../registry/fleet/fleet.ts';
import type { OpenStreams } from '../events/open-streams.ts';
import type { FleetHub } from '../fleet/fleet-hub.ts';
import { callOf } from '../http/call.ts';
import { acceptsGzip, markCompressed } from '../http/compression.ts';
import { textHeaders } from '../http/replies.ts';
import { languageOf, mayRead, readQuery, type Route, textOf } from '../http/route.ts';
import { entityTag, readEntityTags } from '../wire/paging.ts';
import { beginStream } from './event-streams.ts';

/** Longest revision that is read. */
const MAXIMUM_REVISION_LENGTH = 40;

export interface FleetParts {
  readonly registry: ClusterRegistry;
  readonly fleet: FleetReader;
  readonly hub: FleetHub;
  readonly open: OpenStreams;
}

/** All clusters in short, as a snapshot or, with `Accept: text/event-stream`, as a stream of what changes. */
export function fleetRoutes(parts: FleetParts): readonly Route[] {
  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | void> => {
    await mayRead(parts.registry, request);
    const isStream = (request.headers.accept ?? '').includes('text/event-stream');
    if (isStream) parts.open.checkRoom(callOf(request).context.caller.id);
    await parts.fleet.ready(callOf(request).signal);
    return isStream ? sendStream(parts, request, reply) : sendSnapshot(parts, request, reply);
  };
  return [{ operation: operations.getFleet, handle: serve }];
}

async function sendSnapshot({ hub }: FleetParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const language = languageOf(request);
  const snapshot = hub.texts.snapshot(language);
  const tag = `${snapshot.revision}-${language}`;
  const headers = textHeaders(language);
  void reply.headers({
    ...headers,
    vary: `${headers['vary']}, Accept-Encoding`,
    etag: entityTag(tag),
    'cache-control': 'private, no-cache',
  });
  if (readEntityTags(request.headers['if-none-match'] ?? '').includes(tag)) return reply.code(304).send();
  void reply.header('content-type', 'application/json');
  if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(snapshot.json());
  markCompressed(reply);
  return reply.send(await snapshot.gzip());
}

async function sendStream(
  { registry, hub, open }: FleetParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const query = readQuery(request, FleetQuery);
  const last = request.headers['last-event-id'];
  const after = (typeof last === 'string' && last !== '' ? last : textOf(query.after)).slice(
    0,
    MAXIMUM_REVISION_LENGTH,
  );
  open.checkRoom(callOf(request).context.caller.id); // others came meanwhile
  const { response, reader, language } = beginStream(registry, request, reply);
  hub.serve(response, reader, { language, after });
}

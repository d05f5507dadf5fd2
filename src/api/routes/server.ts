import type { FastifyReply, FastifyRequest } from 'fastify';
import { CatalogView } from '../../contract/schemas/catalog.ts';
import type { Language } from '../../messages/text.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import type { CatalogVersion } from '../../registry/fleet/fleet-views.ts';
import { ServerReply } from '../../contract/schemas/server.ts';
import type { View } from '../../contract/views.ts';
import type { ApiLimits } from '../http/limits.ts';
import { readinessParts } from '../wire/server-reply.ts';
import type { Readiness } from './health.ts';
import { callOf } from '../http/call.ts';
import { operations } from '../../contract/operations.ts';
import { sendJson, sendTexts } from '../http/replies.ts';
import { languageOf, mayRead, type Route } from '../http/route.ts';
import { CallerReply } from '../../contract/schemas/replies.ts';

/** The text of a metrics endpoint and its content type. */
export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** What the server tells about itself to those who may read. */
export interface ServerViews {
  readonly catalog: (language: Language) => Promise<CatalogView>;
  readonly metrics: () => Promise<MetricsText>;
  readonly version: string;
  /** What the catalogue has of each component. */
  readonly components: readonly CatalogVersion[];
  /** How long an off-boarding waits for a cluster that does not answer. */
  readonly graceSeconds: number;
  /** How the server is set up. */
  readonly setup: ServerSetup;
  /** Identity of the installation. */
  readonly installation: string;
}

/** How the server is set up, as readers may know it. */
export type ServerSetup = Omit<View<'server'>, 'version' | 'installation' | 'limits' | 'ready' | 'parts'>;

export interface ServerParts {
  readonly registry: ClusterRegistry;
  readonly views: ServerViews;
  readonly readiness: () => Promise<Readiness>;
  readonly limits: ApiLimits;
}

export function serverRoutes({ registry, views, readiness, limits }: ServerParts): readonly Route[] {
  const server = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await mayRead(registry, request);
    const { ready, ...found } = await callOf(request).within(readiness());
    const language = languageOf(request);
    return sendTexts(reply, language, 200, ServerReply, {
      version: views.version,
      installation: views.installation,
      ...views.setup,
      catalog_files: [...views.setup.catalog_files],
      limits: {
        body_bytes: limits.bodyBytes,
        event_streams: limits.eventStreams,
        event_streams_per_caller: limits.eventStreamsPerCaller,
        syncs_per_minute: limits.syncsPerMinute,
      },
      ready,
      parts: readinessParts(found, language),
    });
  };
  const catalog = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await mayRead(registry, request);
    const language = languageOf(request);
    return sendTexts(reply, language, 200, CatalogView, await callOf(request).within(views.catalog(language)));
  };
  const caller = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const call = callOf(request);
    const { id, name } = call.context.caller;
    const role = await call.within(registry.roleOf(call.context));
    const { version: server_version, installation } = views;
    const end = call.sessionEndsAt;
    const session = end === undefined ? {} : { session_expires_at: new Date(end).toISOString() };
    return sendJson(reply, 200, CallerReply, { id, name, role, server_version, installation, ...session });
  };
  const metrics = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await mayRead(registry, request);
    const { contentType, text } = await callOf(request).within(views.metrics());
    return reply.header('content-type', contentType).send(text);
  };
  return [
    { operation: operations.getServer, handle: server },
    { operation: operations.getCaller, handle: caller },
    { operation: operations.getCatalog, handle: catalog },
    { operation: operations.getMetrics, handle: metrics },
  ];
}

import { defined } from '../../base/defined.ts';
import { negotiateLanguage } from '../../messages/language.ts';
import type { Language } from '../../messages/text.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { callOf } from './call.ts';
import type { MessageSchema, WireMessage } from '../decode/message.ts';
import { bindQuery, parseQuery, type QueryValues } from '../decode/query.ts';
import { splitTarget } from './request-target.ts';
import type { Operation } from '../../contract/operation.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';

/** An operation and what serves it. */
export interface Route {
  readonly operation: Operation;
  /** What has to hold before the body is read. */
  readonly before?: (request: FastifyRequest) => Promise<void>;
  /** Largest body in bytes, where that is less than the limit of the server. */
  readonly bodyLimit?: number;
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | void>;
}

/** Serves the routes; those of one application are all open or all need a token. */
export function serveRoutes(app: FastifyInstance, routes: readonly Route[]): void {
  for (const { operation, before, bodyLimit, handle } of routes) {
    const url = operation.path.replace(/\{(\w+)\}/g, ':$1');
    const hooks = before === undefined ? {} : { onRequest: (request: FastifyRequest) => before(request) };
    app.route({ method: operation.method, url, handler: handle, ...hooks, ...defined({ bodyLimit }) });
  }
}

/** The path of a served route as the API description has it. */
export function describedPath(url: string): string {
  return url.replace(/:(\w+)/g, '{$1}');
}

/** The path variable `cluster_name`. */
export function clusterNameOf(request: FastifyRequest): string {
  const { cluster_name: name } = request.params as { readonly cluster_name?: string };
  if (name === undefined) throw new Error('the path of the route has no name of a cluster');
  return name;
}

/** @throws NoAuthorization unless the caller may read */
export async function mayRead(registry: ClusterRegistry, request: FastifyRequest): Promise<void> {
  const call = callOf(request);
  await call.within(registry.authorizeRead(call.context));
}

/** The language of the texts in the reply. */
export function languageOf(request: FastifyRequest): Language {
  return negotiateLanguage(request.headers['accept-language']);
}

export function queryOf(request: FastifyRequest): QueryValues {
  return parseQuery(splitTarget(request.raw.url ?? '').query.slice(1));
}

/** The parameters of the query that the schema names. @throws Codec */
export function readQuery(request: FastifyRequest, schema: MessageSchema): WireMessage {
  const message: WireMessage = {};
  bindQuery(message, schema, queryOf(request));
  return message;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

import { message } from '../messages/message.ts';
import { randomUUID } from 'node:crypto';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import { asNautesError, NautesError } from '../errors/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type Metrics, noMetrics } from '../base/metrics.ts';
import type { Secret } from '../base/secret.ts';
import type { ClusterRegistry } from '../registry/cluster-registry.ts';
import type { EventLog } from '../state/index.ts';
import { authenticator } from './http/call.ts';
import { compressed } from './http/compression.ts';
import { codecError } from './decode/codec-error.ts';
import { FleetHub } from './fleet/fleet-hub.ts';
import { fleetRoutes } from './routes/fleet.ts';
import type { FleetReader } from '../registry/fleet/fleet.ts';
import { OpenStreams } from './events/open-streams.ts';
import { EventHub } from './events/event-hub.ts';
import { type ApiLimits, defaultLimits } from './http/limits.ts';
import { pageNotFound, sendError } from './http/replies.ts';
import { cleanedTarget, hasEscapedSlash, splitTarget } from './http/request-target.ts';
import { type Route, serveRoutes } from './http/route.ts';
import { clusterDetailRoutes } from './routes/cluster-details.ts';
import { fleetViewRoutes } from './routes/fleet-views.ts';
import { type ReceiptSource, receiptRoutes } from './routes/receipts.ts';
import { clusterRoutes } from './routes/clusters.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes, type Readiness } from './routes/health.ts';
import { docsRoutes } from './routes/docs.ts';
import { refuseOriginalKinds } from './routes/original-kinds.ts';
import { pauseRoutes } from './routes/pause.ts';
import { planRoutes } from './routes/plan.ts';
import { type ServerViews, serverRoutes } from './routes/server.ts';
import { sessionRoutes } from './routes/session.ts';
import { type BrowserLogin, oauthRoutes } from './routes/oauth.ts';
import { type TokenAdministration, tokenRoutes } from './routes/tokens.ts';
import { LoginLinks } from './session/login-links.ts';
import { Sessions } from './session/sessions.ts';
import { paths } from '../contract/paths.ts';
import { statusRoutes } from './routes/status.ts';
import { syncRoutes } from './routes/sync.ts';
import { type WebhookReceiver, webhookRoutes } from './routes/webhooks.ts';
import { defaultTokenGuardLimits, TokenGuard, type TokenGuardLimits } from './http/token-guard.ts';
import { type ApiTls, createNodeServer, refuseConnection, secureOptions } from './http/node-server.ts';
import { UnusedConnections } from './http/unused-connections.ts';
import { serveConsole } from './console/console-routes.ts';
import { countRequest, logRequest } from './answered-request.ts';

export interface ApiServerOptions {
  readonly registry: ClusterRegistry;
  readonly events: EventLog;
  readonly fleet: FleetReader;
  readonly receipts: ReceiptSource;
  readonly logger: Logger;
  readonly readiness: () => Promise<Readiness>;
  readonly views: ServerViews;
  /** Absent when hooks are not served. */
  readonly webhooks?: WebhookReceiver;
  /** Proxies that are believed when they say whom they ask for: addresses and networks. */
  readonly trustedProxies?: readonly string[];
  readonly tokenGuard?: Partial<TokenGuardLimits>;
  /** Absent where callers have tokens of GitLab or Gitea. */
  readonly tokens?: TokenAdministration;
  /** Login of browsers by GitLab or Gitea; absent when it is not configured. */
  readonly oauth?: BrowserLogin;
  /** Root key of the sessions of browsers, made at its first use. */
  readonly sessionKey: () => Promise<Secret<Uint8Array>>;
  /** Awaited before each request of a caller with a token: takes in what another server has answered already. */
  readonly settle?: () => Promise<void>;
  readonly metrics?: Metrics;
  readonly limits?: Partial<ApiLimits>;
  /** What was built of the web console; absent where it is not served. */
  readonly consoleDirectory?: string;
  /** Plain HTTP when absent. */
  readonly tls?: ApiTls;
}

export interface ApiServer {
  /** Starts accepting requests. Resolves with the URL. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** The URL once it listens, empty before. */
  readonly url: string;
  /** Method and path of everything that is served, as in the API description. */
  readonly served: readonly string[];
  /** Clients that follow events now. */
  readonly eventStreams: number;
  /** Connections that are open now. */
  readonly openConnections: number;
  /** Serves new connections with another certificate. */
  renewTls(tls: ApiTls): void;
  /** Ends the event streams, finishes the requests that are running and closes. What hangs is cut after some seconds. */
  close(): Promise<void>;
}

/** Requests that are still running when the server closes have this long, in milliseconds. */
const CLOSE_GRACE = 6000;

/** Kept connections whose request has just ended are closed this soon, in milliseconds. */
const CLOSE_SWEEP = 50;

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const;

/** The HTTP side of the registry. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const limits = { ...defaultLimits, ...options.limits };
  const open = new OpenStreams(limits, options.logger);
  const app = createApp(options, limits);
  const unused = new UnusedConnections(app.server);
  const newGuard = () => new TokenGuard({ ...defaultTokenGuardLimits, ...options.tokenGuard }, options.logger);
  const guard = newGuard();
  const sessions = new Sessions(options.sessionKey);
  const links = new LoginLinks();
  const login = { ...options, guard, sessions, links, deadlineMilliseconds: limits.handlerDeadline };
  const routes = [
    ...allRoutes(options, open, limits),
    ...sessionRoutes(login),
    ...oauthRoutes(login, options.oauth),
    ...webhookRoutes(options.webhooks, newGuard()), // guesses at hooks use up nothing of the tokens' allowance
  ];
  const served = routes.map(({ operation: { method, path } }) => `${method} ${path}`);
  const needsToken = ({ operation: { access } }: Route): boolean => access === 'reader' || access === 'maintainer';
  serveRoutes(
    app,
    routes.filter((route) => !needsToken(route)),
  );
  if (options.consoleDirectory !== undefined) serveConsole(app, options.consoleDirectory);
  void app.register(async (api) => {
    const { registry } = options;
    const byToken = authenticator({ registry, guard, deadlineMilliseconds: limits.handlerDeadline });
    const byTokenOrSession = authenticator(login);
    api.addHook('onRequest', (request, reply) =>
      request.routeOptions.url === paths.metrics /* read by programs */
        ? byToken(request, reply)
        : byTokenOrSession(request, reply),
    );
    const { settle } = options;
    if (settle !== undefined) {
      api.addHook('preHandler', () => settle());
    }
    serveRoutes(api, routes.filter(needsToken));
    refuseOriginalKinds(api);
  });
  let url = '';
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    async listen({ host, port }) {
      const origin = new URL(await app.listen({ host, port }));
      url = `${options.tls === undefined ? 'http' : 'https'}://${origin.host}`;
      return url;
    },
    get url() {
      return url;
    },
    served,
    get eventStreams() {
      return open.size;
    },
    get openConnections() {
      return sockets.size;
    },
    renewTls(tls) {
      const { server } = app;
      if ('setSecureContext' in server) (server as SecureServer).setSecureContext(secureOptions(tls));
    },
    async close() {
      open.close();
      const { server } = app;
      const sweep = setInterval(() => {
        server.closeIdleConnections();
        unused.close();
      }, CLOSE_SWEEP);
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE);
      await app.close();
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
}

function allRoutes(options: ApiServerOptions, open: OpenStreams, limits: ApiLimits): readonly Route[] {
  const { registry, events, fleet, receipts, logger, readiness, views } = options;
  return [
    ...clusterRoutes(registry, views),
    ...clusterDetailRoutes(registry),
    ...receiptRoutes(registry, receipts),
    ...statusRoutes(registry),
    ...eventRoutes({ registry, log: events, hub: new EventHub(events, open, logger), open }),
    ...fleetViewRoutes({ registry, fleet, components: views.components }),
    ...fleetRoutes({ registry, fleet, hub: new FleetHub(fleet, open), open }),
    ...planRoutes(registry),
    ...pauseRoutes(registry),
    ...syncRoutes(registry, limits.syncsPerMinute),
    ...serverRoutes({ registry, views, readiness, limits }),
    ...tokenRoutes(registry, options.tokens),
    ...healthRoutes(readiness),
    ...docsRoutes(),
  ];
}

function createApp(options: ApiServerOptions, limits: ApiLimits): FastifyInstance {
  const app: FastifyInstance = fastify({
    bodyLimit: limits.bodyBytes,
    exposeHeadRoutes: false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    return503OnClosing: false,
    trustProxy: [...(options.trustedProxies ?? [])],
    routerOptions: { maxParamLength: limits.headerBytes, querystringParser: () => ({}) },
    rewriteUrl: ({ url }) => cleanedTarget(url ?? ''),
    clientErrorHandler: refuseConnection,
    frameworkErrors: (_error, request, reply) => {
      const error = codecError(message('Codec.path'));
      void sendError(reply.headers(commonHeaders(request.id)), error, request.id);
    },
    serverFactory: (handler) => createNodeServer(handler, options.tls, limits),
  });
  readBodiesAsBytes(app);
  app.decorateRequest('call', undefined);
  app.decorateRequest('failure', undefined);
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(commonHeaders(request.id));
    return hasEscapedSlash(splitTarget(request.raw.url ?? '').path) ? pageNotFound(reply) : undefined;
  });
  app.addHook('onSend', compressed);
  app.setNotFoundHandler((_request, reply) => pageNotFound(reply));
  app.setErrorHandler((thrown, request, reply) => {
    const error = requestError(thrown, request, limits);
    request.failure = error.reason;
    if (error.status >= 500) options.logger.error({ requestId: request.id, error }, 'request failed');
    return sendError(reply, error, request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    logRequest(options.logger, request, reply.statusCode, reply.elapsedTime);
    countRequest(options.metrics ?? noMetrics, request, reply.statusCode, reply.elapsedTime);
  });
  return app;
}

function commonHeaders(requestId: string): Record<string, string> {
  return { ...SECURITY_HEADERS, 'x-request-id': requestId };
}

/** Bodies are decoded by the handlers, after authentication; only a POST has one, as in the original. */
function readBodiesAsBytes(app: FastifyInstance): void {
  app.addHttpMethod('DELETE', { hasBody: false, overrideExisting: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** What the framework or a use case threw as the error that the caller gets. */
function requestError(thrown: unknown, request: FastifyRequest, limits: ApiLimits): NautesError {
  const { code, statusCode } = thrown as { readonly code?: unknown; readonly statusCode?: unknown };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new NautesError('BodyTooLarge', { limit: limits.bodyBytes });
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return codecError(message('Codec.contentType', { type: request.headers['content-type'] ?? '' }));
  }
  if (typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' && statusCode < 500) {
    return codecError(message('Codec.http'));
  }
  return asNautesError(thrown);
}

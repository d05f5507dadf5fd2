export { apiMetrics } from './metrics.ts';
export { defaultLimits } from './http/limits.ts';
export type { ApiLimits } from './http/limits.ts';
export type { Readiness } from './routes/health.ts';
export type { TokenAdministration } from './routes/tokens.ts';
export type { MetricsText, ServerSetup, ServerViews } from './routes/server.ts';
export type { AnnouncedPush, WebhookReceiver } from './routes/webhooks.ts';
export { createApiServer } from './server.ts';
export type { ApiServer, ApiServerOptions, ApiTls } from './server.ts';

import type { FastifyInstance } from 'fastify';
import { sendJson } from '../replies.ts';

/** Whether requests can be served, and the parts that decide it, e.g. `{"repository": "ok"}`. No secrets: it is open. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** For load balancers and probes; open to everybody. */
export function healthRoutes(app: FastifyInstance, readiness: () => Promise<Readiness>): void {
  app.get('/healthz', (_request, reply) => sendJson(reply, 200, { status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const { ready, checks } = await readiness();
    return sendJson(reply, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks });
  });
}

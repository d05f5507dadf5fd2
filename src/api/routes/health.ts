import { operations } from '../../contract/operations.ts';
import { sendJson } from '../http/replies.ts';
import type { Route } from '../http/route.ts';
import type { Reply } from '../../contract/reply.ts';
import type { Message } from '../../messages/text.ts';
import { HealthReply, ReadinessReply } from '../../contract/schemas/replies.ts';

/** Whether requests can be served, and the parts that decide it. Names of reasons alone are open to everybody. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Reply<typeof ReadinessReply>['checks'];
  /** Of parts that are not ok. */
  readonly reasons: Reply<typeof ReadinessReply>['reasons'];
  /** What is wrong with them, for those who may read; it may name addresses. */
  readonly said?: Readonly<Record<string, Message>>;
}

/** For load balancers and probes; open to everybody. */
export function healthRoutes(readiness: () => Promise<Readiness>): readonly Route[] {
  return [
    {
      operation: operations.getHealth,
      handle: async (_request, reply) => sendJson(reply, 200, HealthReply, { status: 'ok' }),
    },
    {
      operation: operations.getReadiness,
      handle: async (_request, reply) => {
        const { ready, checks, reasons } = await readiness();
        const status = ready ? 'ready' : 'not ready';
        return sendJson(reply, ready ? 200 : 503, ReadinessReply, { status, checks, reasons });
      },
    },
  ];
}

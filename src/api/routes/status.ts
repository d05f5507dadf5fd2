import type { FastifyInstance } from 'fastify';
import { NautesError } from '../../base/errors.ts';
import type { ClusterStatus } from '../../model/status.ts';
import type { CallerContext, ClusterRegistry } from '../../registry/cluster-registry.ts';
import type { StatusStore } from '../../status/status-store.ts';
import { callOf } from '../call.ts';
import { sendJson } from '../replies.ts';
import { CLUSTERS_PATH } from './clusters.ts';

interface NameParameter {
  readonly cluster_name: string;
}

/** What is known about a cluster now, and what was done when it was taken away. */
export function statusRoutes(api: FastifyInstance, registry: ClusterRegistry, store: StatusStore): void {
  api.get<{ Params: NameParameter }>(`${CLUSTERS_PATH}/:cluster_name/status`, async (request, reply) => {
    const call = callOf(request);
    await call.within(registry.authorizeRead(call.context));
    const status = await call.within(statusOf(registry, store, call.context, request.params.cluster_name));
    return sendJson(reply, 200, status);
  });

  api.get<{ Params: NameParameter }>(`${CLUSTERS_PATH}/:cluster_name/receipt`, async (request, reply) => {
    const call = callOf(request);
    await call.within(registry.authorizeRead(call.context));
    const cluster = request.params.cluster_name;
    const receipt = await call.within(store.receipt(cluster));
    if (receipt === undefined) throw new NautesError('ReceiptNotFound', { cluster });
    return sendJson(reply, 200, receipt);
  });
}

/** A cluster that is registered and that no controller has looked at yet is pending. @throws ClusterNotFound */
async function statusOf(
  registry: ClusterRegistry,
  store: StatusStore,
  context: CallerContext,
  name: string,
): Promise<ClusterStatus> {
  const status = await store.status(name);
  if (status !== undefined) return status;
  const { cluster } = await registry.get(context, name);
  return {
    name,
    incarnation: cluster.incarnation,
    phase: 'Pending',
    observedGeneration: '',
    conditions: [],
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: '', uid: '' },
    entryPoints: [],
    commit: '',
  };
}

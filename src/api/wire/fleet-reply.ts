import type { FleetRowView } from '../../contract/views.ts';
import type { Language } from '../../messages/text.ts';
import type { FleetRow } from '../../registry/fleet/fleet-row.ts';
import { messageReply, remedyReply } from './message-reply.ts';

export function fleetRowReply(row: FleetRow, language: Language): FleetRowView {
  const notReady = row.components.filter(({ phase }) => phase !== 'Ready').map(({ name }) => name);
  const total = row.components.length;
  return {
    name: row.name,
    incarnation: row.incarnation,
    cluster_type: row.clusterType,
    usage: row.usage,
    worker_type: row.workerType,
    host_cluster: row.hostCluster,
    api_server: row.apiServer,
    phase: row.phase,
    reason: row.reason,
    ...saidOf(row, language),
    ...remedyReply(row.action, language),
    since: row.since,
    kubernetes_version: row.kubernetesVersion,
    components: { total, ready: total - notReady.length, not_ready: notReady },
    credential_expires_at: row.credentialExpiresAt,
    ...(row.paused && { paused: row.paused }),
    ...(row.repairs > 0 && { repairs_24h: row.repairs }),
    ...(row.isContested && { contested: true }),
    generation: row.generation,
    changed_at: row.changedAt,
    changed_by: row.changedBy,
    commit: row.commit,
  };
}

/** The text with its name, and without what fills it: rows are many. */
function saidOf({ message }: FleetRow, language: Language): Pick<FleetRowView, 'message' | 'messageId'> {
  if (message === undefined) return { message: '' };
  const { message: text, messageId } = messageReply(message, language);
  return { message: text, messageId };
}

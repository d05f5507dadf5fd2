import type { FleetRowView } from '../../contract/views.ts';
import type { Language } from '../../messages/text.ts';
import type { FleetRow } from '../../registry/fleet/fleet-row.ts';
import { messageReply, remedyReply } from './message-reply.ts';

/** Digits of a commit in a row, as many as Git shows of a large repository: all 40 would be a third of a compressed list. */
const ABBREVIATED_COMMIT = 12;

export function fleetRowReply(row: FleetRow, language: Language): FleetRowView {
  const notReady = row.components.filter(({ phase }) => phase !== 'Ready').map(({ name }) => name);
  const total = row.components.length;
  return {
    name: row.name,
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
    ...(row.registeredAt !== undefined && { registered_at: row.registeredAt }),
    kubernetes_version: row.kubernetesVersion,
    components: { total, ready: total - notReady.length, not_ready: notReady },
    credential_expires_at: row.credentialExpiresAt,
    ...(row.paused && { paused: row.paused }),
    ...(row.repairs > 0 && { repairs_24h: row.repairs }),
    ...(row.isContested && { contested: true }),
    changed_at: row.changedAt,
    changed_by: row.changedBy,
    commit: row.commit.slice(0, ABBREVIATED_COMMIT),
  };
}

/** The text with its name, and without what fills it: rows are many. */
function saidOf({ message }: FleetRow, language: Language): Pick<FleetRowView, 'message' | 'messageId'> {
  if (message === undefined) return { message: '' };
  const { message: text, messageId } = messageReply(message, language);
  return { message: text, messageId };
}

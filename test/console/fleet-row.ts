import type { FleetRowView } from '../../src/contract/views.ts';

/** A row of the list as the API gives it. */
export function row(name: string, more: Partial<FleetRowView> = {}): FleetRowView {
  return {
    name,
    cluster_type: 'physical',
    usage: 'worker',
    worker_type: 'deployment',
    host_cluster: '',
    api_server: `https://${name}.example:6443`,
    phase: 'Ready',
    reason: 'Ready',
    message: 'everything is as declared',
    remedy: '',
    since: '',
    kubernetes_version: 'v1.36.4',
    components: { total: 2, ready: 2, not_ready: [] },
    credential_expires_at: '',
    changed_at: '',
    changed_by: 'ada',
    commit: '',
    ...more,
  };
}

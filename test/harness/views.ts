/** Replies of a server as a test needs them: complete, with what the test is about put in. */
import type {
  ClusterView,
  DeletionPlanView,
  PlanView,
  SavedView,
  StatusSummaryView,
  StatusView,
} from '../../src/contract/views.ts';

export function clusterView(content: Partial<ClusterView> = {}): ClusterView {
  return {
    name: 'one',
    cluster_kind: 'kubernetes',
    cluster_type: 'physical',
    usage: 'worker',
    host_cluster: '',
    primary_domain: '',
    worker_type: 'deployment',
    api_server: 'https://203.0.113.7:6443',
    components_list: {
      multi_tenant: null,
      secret_sync: null,
      gateway: null,
      deployment: null,
      progressive_delivery: null,
      pipeline: null,
      event_listener: null,
    },
    reserved_namespaces_allowed_products: {},
    product_allowed_cluster_resources: {},
    ...content,
  };
}

export function statusView(content: Partial<StatusView> = {}): StatusView {
  return {
    name: 'one',
    incarnation: 'incarnation-1',
    phase: 'Ready',
    observedGeneration: '',
    conditions: [],
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: '', uid: '' },
    entryPoints: [],
    commit: '',
    ...content,
  };
}

export function summaryView(content: Partial<StatusSummaryView> = {}): StatusSummaryView {
  return {
    name: 'one',
    phase: 'Ready',
    reason: '',
    message: '',
    kubernetes_version: '',
    components: { total: 0, ready: 0 },
    credential_expires_at: '',
    ...content,
  };
}

export function savedView(content: Partial<SavedView> = {}): SavedView {
  return {
    message: 'Successfully saved one cluster',
    commit: '',
    changed: true,
    generation: '',
    status: '',
    events: '',
    warnings: [],
    ...content,
  };
}

/** Of a deletion that takes one object and nothing of its users. */
export function deletionPlanView(content: Partial<DeletionPlanView> = {}): DeletionPlanView {
  const service = { apiVersion: 'v1', kind: 'Service', namespace: 'argocd', name: 'argocd-server' };
  return {
    name: 'one',
    findings: [],
    components: [{ name: 'argocd', objects: 1 }],
    removed: [{ ...service, component: 'argocd' }],
    lost: [],
    left: [],
    ...content,
  };
}

/** Of a save that would register the cluster. */
export function planView(content: Partial<PlanView> = {}): PlanView {
  return { name: 'one', changed: true, diff: [], components: [], findings: [], file: '', generation: '', ...content };
}

import { groupOf } from './kube-object.ts';

/** A kind as the API server serves it. */
export interface ResourceType {
  readonly apiVersion: string;
  readonly kind: string;
  /** The plural in the path, e.g. `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly listable: boolean;
}

function coreType(kind: string, plural: string, namespaced: boolean): ResourceType {
  return { apiVersion: 'v1', kind, plural, namespaced, listable: true };
}

function clusterType(apiVersion: string, kind: string, plural: string): ResourceType {
  return { apiVersion, kind, plural, namespaced: false, listable: true };
}

/** Kinds that every supported Kubernetes version serves in this version, usable without discovery. */
export const wellKnown = {
  namespace: coreType('Namespace', 'namespaces', false),
  serviceAccount: coreType('ServiceAccount', 'serviceaccounts', true),
  secret: coreType('Secret', 'secrets', true),
  configMap: coreType('ConfigMap', 'configmaps', true),
  service: coreType('Service', 'services', true),
  pod: coreType('Pod', 'pods', true),
  event: coreType('Event', 'events', true),
  lease: { ...coreType('Lease', 'leases', true), apiVersion: 'coordination.k8s.io/v1' },
  clusterRoleBinding: clusterType('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings'),
  customResourceDefinition: clusterType(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
  ),
  mutatingWebhookConfiguration: clusterType(
    'admissionregistration.k8s.io/v1',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
  ),
  validatingWebhookConfiguration: clusterType(
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
  ),
  apiService: clusterType('apiregistration.k8s.io/v1', 'APIService', 'apiservices'),
} as const satisfies Record<string, ResourceType>;

/** The path of a collection (`namespace` empty: across all namespaces) or, with a name, of one object. */
export function resourcePath(type: ResourceType, namespace: string, name?: string): string {
  const root = type.apiVersion.includes('/') ? '/apis/' : '/api/';
  const scope = type.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const item = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${type.apiVersion}${scope}/${type.plural}${item}`;
}

/** Where an object stands in the order of creation; removal goes the other way round. */
export const applyPhases = ['namespace', 'definition', 'regular', 'gate'] as const;
export type ApplyPhase = (typeof applyPhases)[number];

/**
 * Namespaces and CRDs first; what other requests pass through (admission webhooks, aggregated APIs) last,
 * and first at removal: a gate whose backend is gone blocks writes and keeps namespaces from ending.
 */
export function applyPhaseOf(reference: { readonly apiVersion: string; readonly kind: string }): ApplyPhase {
  const group = groupOf(reference.apiVersion);
  if (group === '' && reference.kind === 'Namespace') return 'namespace';
  if (group === 'apiextensions.k8s.io') return 'definition';
  if (group === 'apiregistration.k8s.io') return 'gate';
  if (group === 'admissionregistration.k8s.io') return 'gate';
  return 'regular';
}

/** Within a phase, what others refer to goes first. */
const KIND_ORDER: readonly string[] = [
  'ResourceQuota',
  'LimitRange',
  'PriorityClass',
  'ServiceAccount',
  'ClusterRole',
  'Role',
  'ClusterRoleBinding',
  'RoleBinding',
  'ConfigMap',
  'Secret',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Service',
];

export function kindRank(kind: string): number {
  const rank = KIND_ORDER.indexOf(kind);
  return rank < 0 ? KIND_ORDER.length : rank;
}

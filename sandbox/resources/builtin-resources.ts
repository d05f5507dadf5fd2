import { builtinSchema } from '../apply/builtin-schemas.ts';
import type { ResourceDefinition } from './resource-definition.ts';

interface Row {
  readonly kind: string;
  readonly plural?: string;
  readonly shortNames?: readonly string[];
  readonly all?: boolean;
  readonly cluster?: boolean;
  readonly generation?: boolean;
  /** Besides the resource itself. */
  readonly subresources?: readonly string[];
  /** Only create: reviews. */
  readonly review?: boolean;
}

const STATUS = ['status'];
const SCALED = ['status', 'scale'];

/** The built-in API: by group and version. One version a group is served. */
const TABLE: Readonly<Record<string, readonly Row[]>> = {
  v1: [
    { kind: 'ConfigMap', shortNames: ['cm'] },
    { kind: 'Endpoints', plural: 'endpoints', shortNames: ['ep'] },
    { kind: 'Event', shortNames: ['ev'] },
    { kind: 'LimitRange', shortNames: ['limits'] },
    { kind: 'Namespace', shortNames: ['ns'], cluster: true, subresources: ['status', 'finalize'] },
    { kind: 'Node', shortNames: ['no'], cluster: true, subresources: STATUS },
    { kind: 'PersistentVolumeClaim', shortNames: ['pvc'], subresources: STATUS },
    { kind: 'PersistentVolume', shortNames: ['pv'], cluster: true, subresources: STATUS },
    { kind: 'Pod', shortNames: ['po'], all: true, generation: true, subresources: ['status', 'log', 'eviction'] },
    { kind: 'PodTemplate' },
    { kind: 'ReplicationController', shortNames: ['rc'], all: true, generation: true, subresources: SCALED },
    { kind: 'ResourceQuota', plural: 'resourcequotas', shortNames: ['quota'], subresources: STATUS },
    { kind: 'Secret' },
    { kind: 'ServiceAccount', shortNames: ['sa'], subresources: ['token'] },
    { kind: 'Service', shortNames: ['svc'], all: true, subresources: STATUS },
  ],
  'apps/v1': [
    { kind: 'ControllerRevision' },
    { kind: 'DaemonSet', shortNames: ['ds'], all: true, generation: true, subresources: STATUS },
    { kind: 'Deployment', shortNames: ['deploy'], all: true, generation: true, subresources: SCALED },
    { kind: 'ReplicaSet', shortNames: ['rs'], all: true, generation: true, subresources: SCALED },
    { kind: 'StatefulSet', shortNames: ['sts'], all: true, generation: true, subresources: SCALED },
  ],
  'batch/v1': [
    { kind: 'CronJob', shortNames: ['cj'], all: true, generation: true, subresources: STATUS },
    { kind: 'Job', all: true, generation: true, subresources: STATUS },
  ],
  'autoscaling/v2': [{ kind: 'HorizontalPodAutoscaler', shortNames: ['hpa'], all: true, subresources: STATUS }],
  'networking.k8s.io/v1': [
    { kind: 'Ingress', plural: 'ingresses', shortNames: ['ing'], generation: true, subresources: STATUS },
    { kind: 'IngressClass', plural: 'ingressclasses', cluster: true, generation: true },
    { kind: 'NetworkPolicy', plural: 'networkpolicies', shortNames: ['netpol'], generation: true },
  ],
  'policy/v1': [
    {
      kind: 'PodDisruptionBudget',
      shortNames: ['pdb'],
      generation: true,
      subresources: STATUS,
    },
  ],
  'rbac.authorization.k8s.io/v1': [
    { kind: 'ClusterRoleBinding', cluster: true },
    { kind: 'ClusterRole', cluster: true },
    { kind: 'RoleBinding' },
    { kind: 'Role' },
  ],
  'storage.k8s.io/v1': [{ kind: 'StorageClass', plural: 'storageclasses', shortNames: ['sc'], cluster: true }],
  'scheduling.k8s.io/v1': [
    { kind: 'PriorityClass', plural: 'priorityclasses', shortNames: ['pc'], cluster: true, generation: true },
  ],
  'coordination.k8s.io/v1': [{ kind: 'Lease' }],
  'discovery.k8s.io/v1': [{ kind: 'EndpointSlice', generation: true }],
  'apiextensions.k8s.io/v1': [
    {
      kind: 'CustomResourceDefinition',
      shortNames: ['crd', 'crds'],
      cluster: true,
      generation: true,
      subresources: STATUS,
    },
  ],
  'apiregistration.k8s.io/v1': [{ kind: 'APIService', cluster: true, subresources: STATUS }],
  'admissionregistration.k8s.io/v1': [
    { kind: 'MutatingWebhookConfiguration', cluster: true, generation: true },
    { kind: 'ValidatingWebhookConfiguration', cluster: true, generation: true },
    {
      kind: 'ValidatingAdmissionPolicy',
      plural: 'validatingadmissionpolicies',
      cluster: true,
      generation: true,
      subresources: STATUS,
    },
    { kind: 'ValidatingAdmissionPolicyBinding', cluster: true, generation: true },
  ],
  'authentication.k8s.io/v1': [
    { kind: 'SelfSubjectReview', cluster: true, review: true },
    { kind: 'TokenReview', cluster: true, review: true },
  ],
  'authorization.k8s.io/v1': [
    { kind: 'LocalSubjectAccessReview', review: true },
    { kind: 'SelfSubjectAccessReview', cluster: true, review: true },
    { kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews', cluster: true, review: true },
    { kind: 'SubjectAccessReview', cluster: true, review: true },
  ],
};

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

function definition(groupVersion: string, row: Row): ResourceDefinition {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  const singular = row.kind.toLowerCase();
  return {
    group: group ?? '',
    version: version ?? '',
    kind: row.kind,
    listKind: `${row.kind}List`,
    plural: row.plural ?? `${singular}s`,
    singular,
    shortNames: row.shortNames ?? [],
    categories: row.all === true ? ['all'] : [],
    namespaced: row.cluster !== true,
    verbs: row.review === true ? ['create'] : ALL_VERBS,
    subresources: new Set(row.subresources ?? []),
    hasGeneration: row.generation === true,
    schema: builtinSchema(group ?? '', row.kind),
    custom: undefined,
  };
}

export const BUILTIN_RESOURCES: readonly ResourceDefinition[] = Object.entries(TABLE).flatMap(([groupVersion, rows]) =>
  rows.map((row) => definition(groupVersion, row)),
);

/** A built-in resource that is known to exist. */
export function builtinResource(group: string, plural: string): ResourceDefinition {
  const found = BUILTIN_RESOURCES.find((resource) => resource.group === group && resource.plural === plural);
  if (found === undefined) throw new Error(`no built-in resource ${plural} in group "${group}"`);
  return found;
}

import { ATOMIC, closedMap, DEDUCED, list, map, type MergeSchema, SET } from './schema.ts';

/**
 * Merge schemas of the built-in kinds: list keys and atomic types as the Kubernetes OpenAPI declares them.
 * Only what differs from the deduced behaviour is written down.
 */

export const METADATA: MergeSchema = map({ ownerReferences: list(['uid'], ATOMIC), finalizers: SET });

const CONDITIONS = list(['type']);
const NAMED = list(['name']);
const LABEL_SELECTOR = ATOMIC;
const PROTOCOL_TCP = { protocol: 'TCP' };

const PROBE = map({ exec: map({ command: ATOMIC }), httpGet: map({ httpHeaders: ATOMIC }) });

const CAPABILITIES = map({ add: ATOMIC, drop: ATOMIC });

const HANDLER = map({ exec: map({ command: ATOMIC }), httpGet: map({ httpHeaders: ATOMIC }) });

const RESOURCES = map({ claims: NAMED });

const CONTAINER = map({
  args: ATOMIC,
  command: ATOMIC,
  env: list(
    ['name'],
    map({
      valueFrom: map({ configMapKeyRef: ATOMIC, fieldRef: ATOMIC, resourceFieldRef: ATOMIC, secretKeyRef: ATOMIC }),
    }),
  ),
  envFrom: ATOMIC,
  lifecycle: map({ postStart: HANDLER, preStop: HANDLER }),
  livenessProbe: PROBE,
  ports: list(['containerPort', 'protocol'], DEDUCED, PROTOCOL_TCP),
  readinessProbe: PROBE,
  resizePolicy: ATOMIC,
  resources: RESOURCES,
  securityContext: map({ capabilities: CAPABILITIES }),
  startupProbe: PROBE,
  volumeDevices: list(['devicePath']),
  volumeMounts: list(['mountPath']),
});

const VOLUME = map({
  configMap: map({ items: ATOMIC }),
  secret: map({ items: ATOMIC }),
  downwardAPI: map({ items: ATOMIC }),
  projected: map({ sources: ATOMIC }),
  csi: map({ nodePublishSecretRef: ATOMIC }),
});

const NODE_AFFINITY = map({
  preferredDuringSchedulingIgnoredDuringExecution: ATOMIC,
  requiredDuringSchedulingIgnoredDuringExecution: ATOMIC,
});

const POD_AFFINITY = NODE_AFFINITY;

const POD_SPEC = map({
  affinity: map({ nodeAffinity: NODE_AFFINITY, podAffinity: POD_AFFINITY, podAntiAffinity: POD_AFFINITY }),
  containers: list(['name'], CONTAINER),
  dnsConfig: map({ nameservers: ATOMIC, options: ATOMIC, searches: ATOMIC }),
  ephemeralContainers: list(['name'], CONTAINER),
  hostAliases: list(['ip'], map({ hostnames: ATOMIC })),
  imagePullSecrets: list(['name'], ATOMIC, { name: '' }),
  initContainers: list(['name'], CONTAINER),
  nodeSelector: ATOMIC,
  readinessGates: ATOMIC,
  resourceClaims: NAMED,
  resources: RESOURCES,
  schedulingGates: NAMED,
  securityContext: map({ supplementalGroups: ATOMIC, sysctls: ATOMIC }),
  tolerations: ATOMIC,
  topologySpreadConstraints: list(['topologyKey', 'whenUnsatisfiable'], map({ labelSelector: LABEL_SELECTOR })),
  volumes: list(['name'], VOLUME),
});

const POD_TEMPLATE = map({ metadata: METADATA, spec: POD_SPEC });

function workload(fields: Record<string, MergeSchema>): Record<string, MergeSchema> {
  return {
    spec: map({ selector: LABEL_SELECTOR, template: POD_TEMPLATE, ...fields }),
    status: map({ conditions: CONDITIONS }),
  };
}

const JOB_SPEC = map({ selector: LABEL_SELECTOR, template: POD_TEMPLATE });
const SUBJECTS_AND_ROLE = { roleRef: ATOMIC, subjects: ATOMIC };
const CLAIM_SPEC = map({ accessModes: ATOMIC, dataSource: ATOMIC, selector: LABEL_SELECTOR, resources: DEDUCED });

const WEBHOOKS = list(
  ['name'],
  map({
    admissionReviewVersions: ATOMIC,
    matchConditions: NAMED,
    namespaceSelector: LABEL_SELECTOR,
    objectSelector: LABEL_SELECTOR,
    rules: ATOMIC,
  }),
);

const NAMES = map({ categories: ATOMIC, shortNames: ATOMIC });

/** Fields beside `apiVersion`, `kind` and `metadata`, by `<kind>.<group>` (the core group is empty). */
const FIELDS: Readonly<Record<string, Readonly<Record<string, MergeSchema>>>> = {
  'Pod.': { spec: POD_SPEC, status: map({ conditions: CONDITIONS, podIPs: list(['ip']), containerStatuses: ATOMIC }) },
  'PodTemplate.': { template: POD_TEMPLATE },
  'ReplicationController.': workload({}),
  'Service.': {
    spec: map({
      clusterIPs: ATOMIC,
      externalIPs: ATOMIC,
      ipFamilies: ATOMIC,
      loadBalancerSourceRanges: ATOMIC,
      ports: list(['port', 'protocol'], DEDUCED, PROTOCOL_TCP),
      selector: ATOMIC,
    }),
    status: map({ conditions: CONDITIONS, loadBalancer: map({ ingress: ATOMIC }) }),
  },
  'ServiceAccount.': { automountServiceAccountToken: DEDUCED, imagePullSecrets: ATOMIC, secrets: NAMED },
  'ConfigMap.': { data: DEDUCED, binaryData: DEDUCED, immutable: DEDUCED },
  'Secret.': { data: DEDUCED, stringData: DEDUCED, type: DEDUCED, immutable: DEDUCED },
  'Namespace.': { spec: map({ finalizers: ATOMIC }), status: map({ conditions: CONDITIONS }) },
  'Node.': {
    spec: map({ podCIDRs: SET, taints: ATOMIC }),
    status: map({ addresses: ATOMIC, conditions: CONDITIONS, images: ATOMIC }),
  },
  'PersistentVolume.': { spec: map({ accessModes: ATOMIC, mountOptions: ATOMIC, claimRef: DEDUCED }), status: DEDUCED },
  'PersistentVolumeClaim.': { spec: CLAIM_SPEC, status: map({ accessModes: ATOMIC, conditions: CONDITIONS }) },
  'Endpoints.': { subsets: ATOMIC },
  'LimitRange.': { spec: map({ limits: ATOMIC }) },
  'ResourceQuota.': { spec: map({ scopes: ATOMIC, scopeSelector: ATOMIC }), status: DEDUCED },
  'Deployment.apps': workload({}),
  'StatefulSet.apps': workload({ volumeClaimTemplates: ATOMIC }),
  'DaemonSet.apps': workload({}),
  'ReplicaSet.apps': workload({}),
  'ControllerRevision.apps': { data: DEDUCED, revision: DEDUCED },
  'Job.batch': { spec: JOB_SPEC, status: map({ conditions: ATOMIC }) },
  'CronJob.batch': { spec: map({ jobTemplate: map({ metadata: METADATA, spec: JOB_SPEC }) }), status: DEDUCED },
  'HorizontalPodAutoscaler.autoscaling': {
    spec: map({ metrics: ATOMIC }),
    status: map({ conditions: CONDITIONS, currentMetrics: ATOMIC }),
  },
  'NetworkPolicy.networking.k8s.io': {
    spec: map({ egress: ATOMIC, ingress: ATOMIC, podSelector: LABEL_SELECTOR, policyTypes: ATOMIC }),
  },
  'Ingress.networking.k8s.io': { spec: map({ rules: ATOMIC, tls: ATOMIC }), status: DEDUCED },
  'IngressClass.networking.k8s.io': { spec: DEDUCED },
  'PodDisruptionBudget.policy': { spec: map({ selector: LABEL_SELECTOR }), status: map({ conditions: CONDITIONS }) },
  'Role.rbac.authorization.k8s.io': { rules: ATOMIC },
  'ClusterRole.rbac.authorization.k8s.io': { rules: ATOMIC, aggregationRule: map({ clusterRoleSelectors: ATOMIC }) },
  'RoleBinding.rbac.authorization.k8s.io': SUBJECTS_AND_ROLE,
  'ClusterRoleBinding.rbac.authorization.k8s.io': SUBJECTS_AND_ROLE,
  'EndpointSlice.discovery.k8s.io': { addressType: DEDUCED, endpoints: ATOMIC, ports: ATOMIC },
  'CustomResourceDefinition.apiextensions.k8s.io': {
    spec: map({ names: NAMES, versions: ATOMIC }),
    status: map({ acceptedNames: NAMES, conditions: CONDITIONS, storedVersions: ATOMIC }),
  },
  'APIService.apiregistration.k8s.io': {
    spec: map({ caBundle: ATOMIC }),
    status: map({ conditions: CONDITIONS }),
  },
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': { webhooks: WEBHOOKS },
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': { webhooks: WEBHOOKS },
};

const schemas = new Map<string, MergeSchema>();

/** The merge schema of a built-in kind; a kind without declared fields is deduced. */
export function builtinSchema(group: string, kind: string): MergeSchema {
  const key = `${kind}.${group}`;
  const known = schemas.get(key);
  if (known !== undefined) return known;
  const fields = FIELDS[key];
  const type = { apiVersion: DEDUCED, kind: DEDUCED, metadata: METADATA };
  const schema = fields === undefined ? map(type) : closedMap({ ...type, ...fields });
  schemas.set(key, schema);
  return schema;
}

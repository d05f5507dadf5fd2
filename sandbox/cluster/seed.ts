import { type JsonObject, stringsOf } from '../base/json.ts';
import type { ClusterState } from './cluster-state.ts';
import { KUBERNETES_VERSION } from '../base/version.ts';

export const NODE_NAME = 'sandbox-node-1';

const RBAC = 'rbac.authorization.k8s.io/v1';
const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const NAMESPACED_GROUPS = ['', 'apps', 'batch', 'autoscaling', 'networking.k8s.io', 'policy'];

function clusterRole(name: string, rules: readonly JsonObject[]): JsonObject {
  return { apiVersion: RBAC, kind: 'ClusterRole', metadata: { name, labels: BOOTSTRAPPING }, rules };
}

function groupBinding(name: string, role: string, groups: readonly string[]): JsonObject {
  return {
    apiVersion: RBAC,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: BOOTSTRAPPING },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: groups.map((group) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group })),
  };
}

const BOOTSTRAPPING = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

const DISCOVERY_PATHS = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', '/version', '/version/'];
const PUBLIC_PATHS = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const REVIEWS = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'];

const ROLES: readonly JsonObject[] = [
  clusterRole('cluster-admin', [
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    { nonResourceURLs: ['*'], verbs: ['*'] },
  ]),
  clusterRole('admin', [
    { apiGroups: [...NAMESPACED_GROUPS, 'rbac.authorization.k8s.io'], resources: ['*'], verbs: [...READ, ...WRITE] },
  ]),
  clusterRole('edit', [{ apiGroups: NAMESPACED_GROUPS, resources: ['*'], verbs: [...READ, ...WRITE] }]),
  clusterRole('view', [{ apiGroups: NAMESPACED_GROUPS, resources: ['*'], verbs: READ }]),
  clusterRole('system:discovery', [{ nonResourceURLs: DISCOVERY_PATHS, verbs: ['get'] }]),
  clusterRole('system:public-info-viewer', [{ nonResourceURLs: PUBLIC_PATHS, verbs: ['get'] }]),
  clusterRole('system:basic-user', [
    { apiGroups: ['authorization.k8s.io'], resources: REVIEWS, verbs: ['create'] },
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ]),
  clusterRole('system:auth-delegator', [
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ]),
  groupBinding('cluster-admin', 'cluster-admin', ['system:masters']),
  groupBinding('system:discovery', 'system:discovery', ['system:authenticated']),
  groupBinding('system:basic-user', 'system:basic-user', ['system:authenticated']),
  groupBinding('system:public-info-viewer', 'system:public-info-viewer', [
    'system:authenticated',
    'system:unauthenticated',
  ]),
];

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
}));

const CAPACITY = { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '1Ti' };

const NODE: JsonObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: NODE_NAME, labels: { 'kubernetes.io/hostname': NODE_NAME, 'kubernetes.io/os': 'linux' } },
  spec: {},
  status: {
    capacity: CAPACITY,
    allocatable: CAPACITY,
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }],
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    nodeInfo: {
      kubeletVersion: KUBERNETES_VERSION,
      operatingSystem: 'linux',
      architecture: 'amd64',
      containerRuntimeVersion: 'sandbox://1',
      osImage: 'sandbox',
      kernelVersion: 'sandbox',
    },
  },
};

const KUBERNETES_SERVICE: JsonObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
};

const STORAGE_CLASS: JsonObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'sandbox.local/memory',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
};

const SEED_MANAGER = 'kube-apiserver';

/** Creates the objects of a new cluster. */
export function seedCluster(cluster: ClusterState): void {
  const storage = cluster.behaviour.storageClass ? [STORAGE_CLASS] : [];
  const objects = [...NAMESPACES, ...ROLES, NODE, KUBERNETES_SERVICE, ...storage];
  for (const object of objects) create(cluster, object);
}

function create({ registry, objects }: ClusterState, object: JsonObject): void {
  const { apiVersion = '', kind = '' } = stringsOf(object);
  const resource = registry.findType(apiVersion, kind);
  if (resource === undefined) throw new Error(`unknown kind ${apiVersion} ${kind}`);
  const { name = '', namespace = '' } = stringsOf(object['metadata']);
  objects.create(resource, namespace, object, { manager: SEED_MANAGER });
  if (object['status'] === undefined || !resource.subresources.has('status')) return;
  objects.update(resource, namespace, name, object, { manager: SEED_MANAGER, subresource: 'status' });
}

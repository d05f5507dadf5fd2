/** A Kubernetes cluster to register, of whatever kind; what the end-to-end suites know of it. */
export interface TargetCluster {
  /** `https://127.…` */
  readonly server: string;
  /** Kubeconfig of an administrator, as people upload it. */
  readonly kubeconfig: string;
  /** A request as administrator, past Nautes: to look and to interfere. */
  request(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<{ status: number; body: unknown }>;
  /** Cuts the cluster off, or brings it back. */
  setReachable(reachable: boolean): Promise<void>;
  /** Gives the API server another certificate of the same authority; connections may break. */
  replaceServerCertificate(): Promise<void>;
  /** Gives it a certificate of another authority, and its administrator a new {@link kubeconfig}. */
  replaceAuthority(): Promise<void>;
  /** Server-side applies so far, also refused ones, without dry runs (the simulator: patches of any kind). */
  applyRequests(): Promise<number>;
  /** Requests so far whose credential or rights were not enough. */
  refusedRequests(): Promise<number>;
}

export interface TargetOptions {
  /** The longest life that a cluster gives a token. */
  readonly maximumTokenSeconds?: number;
}

/** Makes clusters for a suite. */
export interface TargetClusterSource {
  readonly name: string;
  /** Quotas, admission policies and Pod security are enforced. */
  readonly enforcesPolicies: boolean;
  /** Why there are none, or `undefined` when there are. */
  readonly unavailable: string | undefined;
  /** Catalogue files that fit these clusters. */
  readonly catalogFiles: readonly string[];
  /** A fresh cluster. */
  create(): Promise<TargetCluster>;
  /** A fresh cluster on which vCluster workloads come up. */
  createHost(): Promise<TargetCluster>;
  close(): Promise<void>;
}

/** The body of a save for a physical worker. */
export function workerBody(
  cluster: Pick<TargetCluster, 'server' | 'kubeconfig'>,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    api_server: cluster.server,
    cluster_kind: 'kubernetes',
    cluster_type: 'physical',
    usage: 'worker',
    kubeconfig: cluster.kubeconfig,
    ...more,
  };
}

/** Names of all objects of the kinds that components consist of, to compare before and after. */
export async function inventoryOf(cluster: TargetCluster): Promise<string[]> {
  return [...(await revisionsOf(cluster)).keys()].sort();
}

/**
 * What changes of an object when somebody writes what it should be, by its name: the generation where its kind has one
 * (a change of its status does not count), the resource version otherwise.
 */
export async function revisionsOf(cluster: TargetCluster): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const path of LISTED) {
    const { status, body } = await cluster.request('GET', path);
    if (status !== 200) continue;
    for (const { metadata } of (body as { items?: ListedObject[] }).items ?? []) {
      const name = `${path} ${metadata.namespace ?? ''}/${metadata.name}`;
      const revision = isApiService(path) ? '' : (metadata.generation ?? metadata.resourceVersion);
      if (!DERIVED.test(name)) found.set(name, `${metadata.uid} ${revision}`);
    }
  }
  return found;
}

interface ListedObject {
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly uid: string;
    readonly generation?: number;
    readonly resourceVersion: string;
  };
}

/** Their status changes by itself and they have no generation. */
function isApiService(path: string): boolean {
  return path.endsWith('/apiservices');
}

const LISTED = [
  '/api/v1/namespaces',
  '/api/v1/serviceaccounts',
  '/api/v1/services',
  '/api/v1/configmaps',
  '/api/v1/secrets',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/statefulsets',
  '/apis/rbac.authorization.k8s.io/v1/roles',
  '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  '/apis/networking.k8s.io/v1/ingresses',
  '/apis/networking.k8s.io/v1/ingressclasses',
  '/apis/networking.k8s.io/v1/networkpolicies',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  '/apis/apiregistration.k8s.io/v1/apiservices',
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
];

/** What a cluster makes and updates by itself in its own namespaces. */
const DERIVED = /(kube-system|kube-public|kube-node-lease)\//;

import { Secret } from '../../src/base/secret.ts';
import type { ClusterDraft } from '../../src/resources/cluster/cluster-draft.ts';

/** Where to register: a simulated cluster has all of it. */
export interface RegisteredServer {
  readonly server: string;
  kubeconfig(): string;
}

/** What a draft says otherwise than the default one; the kubeconfig as text. */
export type DraftChanges = Partial<Omit<ClusterDraft, 'kubeconfig'>> & { readonly kubeconfig?: string | undefined };

/** A draft of a worker, unless the changes say otherwise. */
export function draftOf(cluster: RegisteredServer, changes: DraftChanges): ClusterDraft {
  const kubeconfig = 'kubeconfig' in changes ? changes.kubeconfig : cluster.kubeconfig();
  return {
    ...workerDraft,
    apiServer: cluster.server,
    ...changes,
    kubeconfig: kubeconfig === undefined ? undefined : new Secret(kubeconfig),
  };
}

const workerDraft: Omit<ClusterDraft, 'apiServer' | 'kubeconfig'> = {
  clusterKind: 'kubernetes',
  clusterType: 'physical',
  usage: 'worker',
  hostCluster: '',
  workerType: 'deployment',
  primaryDomain: '',
  vclusterNodePort: '',
  components: {},
  withoutComponents: undefined,
  adoptComponents: undefined,
  cloneOf: '',
  reservedNamespacesAllowedProducts: {},
  productAllowedClusterResources: {},
};

/** The draft changes for a host, which has a gateway and nothing else: the quickest cluster. */
export const hostDraft = { usage: 'host', workerType: '' } as const;

import { kubeconfigYaml } from '../../kube/index.ts';
import { type KubeObject, ownershipLabels } from '../../kube-objects/kube-object.ts';
import { factAnnotations, factLabels } from '../facts.ts';
import type { PublishedCluster } from '../publication.ts';
import { type ConsumerCredential, KUBECONFIG_KEY } from '../consumer-credential.ts';

/** The cluster that a kubeconfig of Cluster API belongs to. */
const CLUSTER_API_LABEL = 'cluster.x-k8s.io/cluster-name';
const CLUSTER_API_TYPE = 'cluster.x-k8s.io/secret';

/** Name of the Secret in which Cluster API and those who know its contract look for a cluster's kubeconfig. */
export function clusterApiSecretName(cluster: string): string {
  return `${cluster}-kubeconfig`;
}

/** The kubeconfig of the cluster as Cluster API publishes it. */
export function clusterApiSecret(
  cluster: PublishedCluster,
  namespace: string,
  credential: ConsumerCredential,
): KubeObject {
  const { owner } = cluster;
  const own = { ...ownershipLabels(owner, 'kubeconfig-secret'), [CLUSTER_API_LABEL]: owner.cluster };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: clusterApiSecretName(owner.cluster),
      namespace,
      labels: { ...own, ...factLabels(cluster) },
      annotations: factAnnotations(cluster),
    },
    type: CLUSTER_API_TYPE,
    data: { [KUBECONFIG_KEY]: base64(kubeconfigYaml(credential).reveal()) },
  };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

import { kubeconfigYaml } from '../../kube/index.ts';
import { type KubeObject, ownershipLabels } from '../../kube-objects/kube-object.ts';
import { type ConsumerCredential, KUBECONFIG_KEY } from '../consumer-credential.ts';
import type { PublishedCluster } from '../publication.ts';
import { profileSecretName, TOKEN_KEY } from './access-providers.ts';

/** What both reference plugins read for the profile of that namespace. */
export function profileSecret(
  { owner }: PublishedCluster,
  namespace: string,
  credential: ConsumerCredential,
): KubeObject {
  const material = credential.material.reveal();
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: profileSecretName(owner.cluster),
      namespace,
      labels: ownershipLabels(owner, 'cluster-profiles'),
    },
    type: 'Opaque',
    data: {
      [KUBECONFIG_KEY]: base64(kubeconfigYaml(credential).reveal()),
      ...(material.kind === 'token' ? { [TOKEN_KEY]: base64(material.token) } : {}),
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

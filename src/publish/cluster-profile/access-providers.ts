import { defined } from '../../base/defined.ts';
import { KUBECONFIG_KEY } from '../consumer-credential.ts';
import type { PublishedCluster } from '../publication.ts';

/** What an exec plugin is given of a cluster: the reserved extension of client-go. */
const EXEC_EXTENSION = 'client.authentication.k8s.io/exec';

/** Key that `secretreader` looks for. */
export const TOKEN_KEY = 'token';

/**
 * Name of the Secret with the credential of those who read a profile, in the profile's namespace. Cluster API's Secret
 * of the same cluster, which may be there too, has another name and another type.
 */
export function profileSecretName(cluster: string): string {
  return `${cluster}-clusterprofile`;
}

/** A cluster of a kubeconfig with what the plugin of its provider needs (clientcmd v1 `Cluster`). */
export interface AccessProvider {
  readonly name: string;
  readonly cluster: {
    readonly server: string;
    readonly 'certificate-authority-data'?: string;
    readonly 'tls-server-name'?: string;
    readonly 'proxy-url'?: string;
    readonly extensions: readonly { readonly name: string; readonly extension: Readonly<Record<string, string>> }[];
  };
}

/**
 * How to reach the cluster by the two reference plugins of the cluster inventory. Both read one Secret, `secretreader` in
 * the namespace of its consumer. A consumer takes the first of its own list that is offered.
 */
export function accessProviders(
  cluster: string,
  namespace: string,
  { server, certificateAuthority, tlsServerName, proxyUrl }: PublishedCluster['binding'],
): readonly AccessProvider[] {
  const address = {
    server,
    ...(certificateAuthority === ''
      ? {}
      : { 'certificate-authority-data': Buffer.from(certificateAuthority, 'utf8').toString('base64') }),
    ...defined({ 'tls-server-name': tlsServerName, 'proxy-url': proxyUrl }),
  };
  const provider = (name: string, extension: Readonly<Record<string, string>>): AccessProvider => ({
    name,
    cluster: { ...address, extensions: [{ name: EXEC_EXTENSION, extension }] },
  });
  const secret = profileSecretName(cluster);
  return [
    provider('secretreader', { clusterName: secret }),
    provider('kubeconfig-secretreader', { name: secret, key: KUBECONFIG_KEY, namespace }),
  ];
}

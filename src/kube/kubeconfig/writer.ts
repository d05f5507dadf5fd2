import { defined } from '../../base/defined.ts';
import { Secret } from '../../base/secret.ts';
import { stringifyYaml } from '../../base/yaml.ts';
import type { CredentialMaterial, StoredCredential } from '../../resources/credential.ts';

/** A kubeconfig with one cluster, one user and one context, as kubectl and other tools read it. */
export function kubeconfigYaml(credential: Pick<StoredCredential, 'binding' | 'material'>): Secret {
  const { cluster, server, certificateAuthority, tlsServerName, proxyUrl } = credential.binding;
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: cluster,
        cluster: {
          server,
          ...(certificateAuthority === '' ? {} : { 'certificate-authority-data': base64(certificateAuthority) }),
          ...defined({ 'tls-server-name': tlsServerName, 'proxy-url': proxyUrl }),
        },
      },
    ],
    users: [{ name: 'nautes', user: userOf(credential.material.reveal()) }],
    contexts: [{ name: cluster, context: { cluster, user: 'nautes' } }],
    'current-context': cluster,
  };
  return new Secret(stringifyYaml(document));
}

function userOf(material: CredentialMaterial): Record<string, string> {
  if (material.kind === 'token') return { token: material.token };
  if (material.kind === 'basic') return { username: material.username, password: material.password };
  return {
    'client-certificate-data': base64(material.certificate),
    'client-key-data': base64(material.privateKey),
  };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

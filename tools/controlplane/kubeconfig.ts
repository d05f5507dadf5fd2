import type { CertificateWithKey } from '../../src/base/tls/x509.ts';

/** What a client shows the API server. */
export type ClientCredential = { readonly certificate: CertificateWithKey } | { readonly token: string };

export interface KubeconfigOptions {
  readonly server: string;
  /** PEM. */
  readonly caCertificate: string;
  readonly credential: ClientCredential;
}

/** A kubeconfig of one context with everything inline. */
export function kubeconfig(options: KubeconfigOptions): string {
  return `apiVersion: v1
kind: Config
current-context: default
clusters:
  - name: default
    cluster:
      server: ${options.server}
      certificate-authority-data: ${base64(options.caCertificate)}
users:
  - name: default
    user:
${userLines(options.credential)}
contexts:
  - name: default
    context:
      cluster: default
      user: default
`;
}

function userLines(credential: ClientCredential): string {
  if ('token' in credential) return `      token: ${credential.token}`;
  const { certificate, privateKey } = credential.certificate;
  return `      client-certificate-data: ${base64(certificate)}
      client-key-data: ${base64(privateKey.reveal())}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

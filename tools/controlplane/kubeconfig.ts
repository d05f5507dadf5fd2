import type { CertificateWithKey } from '../../src/base/x509.ts';

export interface KubeconfigOptions {
  readonly server: string;
  /** PEM. */
  readonly caCertificate: string;
  readonly client: CertificateWithKey;
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
      client-certificate-data: ${base64(options.client.certificate)}
      client-key-data: ${base64(options.client.privateKey.reveal())}
contexts:
  - name: default
    context:
      cluster: default
      user: default
`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

import { stringifyYaml } from '../src/base/yaml.ts';

export interface KubeconfigOptions {
  readonly name: string;
  readonly server: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly credential:
    | { readonly token: string }
    | { /** PEM. */ readonly certificate: string /** PEM. */; readonly privateKey: string };
}

/** A kubeconfig with everything inline, in YAML. */
export function kubeconfig(options: KubeconfigOptions): string {
  const { name, server, credential } = options;
  const user =
    'token' in credential
      ? { token: credential.token }
      : {
          'client-certificate-data': base64(credential.certificate),
          'client-key-data': base64(credential.privateKey),
        };
  return stringifyYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(options.certificateAuthority) } }],
    users: [{ name: 'admin', user }],
    contexts: [{ name, context: { cluster: name, user: 'admin' } }],
    'current-context': name,
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

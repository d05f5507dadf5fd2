import type { CatalogueEntry } from './catalogue-entry.ts';

/** Errors of an address or a kubeconfig, found before a connection is made. Part of the one catalogue. */
export const kubeconfigErrors = {
  ApiServerInvalid: {
    status: 400,
    next: 'stalled',
    message: 'the address of the API server is not usable: {problem}',
    remedy: 'Give https://host[:port] and nothing else, e.g. https://203.0.113.7:6443.',
  },
  ClusterAddressRefused: {
    status: 400,
    next: 'stalled',
    message: 'the API server has the address {address}, which is {class} and not allowed here',
    remedy:
      'Register it under an address that reaches the cluster from outside, or allow such addresses in the configuration (the keys below `addresses`).',
  },
  KubeconfigTooLarge: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig has {size} bytes, at most {limit} are possible',
    remedy: 'Make one that holds only this cluster: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigEncodingInvalid: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig looks like base64 and cannot be decoded to text',
    remedy: 'Send the YAML text itself or encode the whole file: base64 -w0 kubeconfig.',
  },
  KubeconfigNotYaml: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig is not YAML: {problem}',
    remedy: 'Send the file as kubectl writes it: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigAliases: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig uses YAML aliases',
    remedy: 'Write every value out: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigInvalid: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig does not have the form of one: {problem}',
    remedy: 'Make it with kubectl config view --minify --flatten --raw.',
  },
  KubeconfigReferenceDangling: {
    status: 400,
    next: 'stalled',
    message: '{reference} of the kubeconfig names no entry',
    remedy: 'Name an entry that is there, or make the file anew: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigContextUnclear: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig has several contexts and no current-context',
    remedy: 'Choose one: kubectl config use-context NAME.',
  },
  KubeconfigExecRefused: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig gets its credential by running a program (exec), which is never done here',
    remedy: 'Create a ServiceAccount with a token and use that: kubectl create token NAME --duration=24h.',
  },
  KubeconfigAuthProviderRefused: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig uses an auth-provider, which is not supported',
    remedy: 'Create a ServiceAccount with a token and use that: kubectl create token NAME --duration=24h.',
  },
  KubeconfigFileReference: {
    status: 400,
    next: 'stalled',
    message: '{field} of the kubeconfig is a path of a file that is not here',
    remedy: 'Put the content into the kubeconfig: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigProxyRefused: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig asks for a proxy (proxy-url), which is not supported',
    remedy: 'Remove proxy-url and make the API server reachable directly.',
  },
  KubeconfigInsecureRefused: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig turns verification of the API server off (insecure-skip-tls-verify)',
    remedy: 'Remove that and give the certificate-authority-data of the cluster.',
  },
  KubeconfigImpersonationRefused: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig acts as somebody else (as, as-groups), which is not supported',
    remedy: 'Use a credential that has the rights itself.',
  },
  KubeconfigServerInsecure: {
    status: 400,
    next: 'stalled',
    message: 'the server in the kubeconfig is plain http',
    remedy: 'Use the https address of the API server.',
  },
  KubeconfigWithoutCredential: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig holds no credential',
    remedy: 'Give client-certificate-data with client-key-data, or a token.',
  },
  KubeconfigDataInvalid: {
    status: 400,
    next: 'stalled',
    message: '{field} of the kubeconfig is not what it should be: {problem}',
    remedy: 'Make the file anew: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigKeyMismatch: {
    status: 400,
    next: 'stalled',
    message: 'the client key of the kubeconfig does not belong to its client certificate',
    remedy: 'Give the key that the certificate was made for.',
  },
  CredentialExpired: {
    status: 400,
    next: 'stalled',
    message: 'the {credential} of the kubeconfig expired at {notAfter}',
    remedy: 'Get a new one from the cluster and save the cluster with it.',
  },
  CredentialNotYetValid: {
    status: 400,
    next: 'stalled',
    message: 'the {credential} of the kubeconfig is valid only from {notBefore}',
    remedy: 'Wait until then, or check the clocks of this server and of the cluster.',
  },
} as const satisfies Record<string, CatalogueEntry>;

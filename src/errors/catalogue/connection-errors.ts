import type { CatalogueEntry } from './catalogue-entry.ts';

/** Errors of reaching the API server of a cluster. Part of the one catalogue. */
export const connectionErrors = {
  ClusterNameUnknown: {
    status: 503,
    next: 'transient',
    message: 'the name {host} of the API server cannot be resolved',
    remedy: 'Check the name and the DNS of this server.',
  },
  ClusterConnectionRefused: {
    status: 503,
    next: 'transient',
    message: 'nothing accepts connections at {address}',
    remedy: 'Check that the API server runs and that the address and port are right.',
  },
  ClusterUnreachable: {
    status: 503,
    next: 'transient',
    message: 'no connection to {address} ({code})',
    remedy: 'Check the network between this server and the cluster.',
  },
  ClusterTimeout: {
    status: 503,
    next: 'transient',
    message: '{address} did not answer within {seconds} s',
    remedy: 'Check that the API server is healthy and that no firewall drops the packets.',
  },
  ClusterConnectionLost: {
    status: 503,
    next: 'transient',
    message: 'the connection to {address} broke off',
    remedy: 'Check that the API server is healthy; it is tried again.',
  },
  ClusterCertificateUntrusted: {
    status: 400,
    next: 'stalled',
    message: 'the certificate of {address} does not chain to the certificate authority given ({code})',
    remedy:
      'Give a kubeconfig with the certificate-authority-data that belongs to this API server; when its authority was ' +
      'replaced, save the cluster again with a new kubeconfig.',
  },
  ClusterCertificateNameMismatch: {
    status: 400,
    next: 'stalled',
    message: 'the certificate of {address} is not made out for that name',
    remedy:
      'Use an address that the certificate names, add this one to it (--tls-san), or set tls-server-name in the kubeconfig.',
  },
  ClusterCertificateExpired: {
    status: 400,
    next: 'stalled',
    message: 'the certificate of {address} is expired or not yet valid',
    remedy: 'Renew the certificate of the API server; check the clocks.',
  },
  ClusterClientCertificateRefused: {
    status: 400,
    next: 'stalled',
    message: '{address} does not accept the client certificate',
    remedy: 'Save the cluster again with a kubeconfig whose client certificate this cluster has issued.',
  },
  ClusterTlsFailed: {
    status: 400,
    next: 'stalled',
    message: 'no TLS connection to {address} ({code})',
    remedy: 'Check that the address is that of an API server with HTTPS.',
  },
  ClusterCircuitOpen: {
    status: 503,
    next: 'waiting',
    message: '{address} has failed {failures} times in a row and is left alone for a while',
    remedy: 'It is tried again by itself; check the cluster.',
  },
  ClusterConnectionClosed: {
    status: 503,
    next: 'transient',
    message: 'the connection to the cluster was closed here',
    remedy: 'It is opened again when it is needed.',
  },
  ClusterUnauthorized: {
    status: 400,
    next: 'stalled',
    message: 'the API server does not accept the credential (401)',
    remedy: 'Save the cluster again with a kubeconfig that is valid.',
  },
  ClusterForbidden: {
    status: 400,
    next: 'stalled',
    message: 'the credential lacks a right on the cluster (403 {reason})',
    remedy: 'Use a credential with the ClusterRole cluster-admin.',
  },
  ClusterThrottled: {
    status: 503,
    next: 'transient',
    message: 'the API server asks to come back later (429 {reason})',
    remedy: 'It is tried again by itself.',
  },
  ClusterStarting: {
    status: 503,
    next: 'transient',
    message: 'the API server answers and is not ready yet',
    remedy: 'It is asked again by itself; if it stays so, look at its /readyz?verbose.',
  },
  ClusterServerError: {
    status: 503,
    next: 'transient',
    message: 'the API server failed with {status} {reason}',
    remedy: "Look at the API server's log; it is tried again by itself.",
  },
  ClusterRequestRefused: {
    status: 502,
    next: 'stalled',
    message: 'the API server refused a request with {status} {reason}',
    remedy: 'Check that the address is that of a Kubernetes API server of a supported version.',
  },
  ClusterRedirects: {
    status: 400,
    next: 'stalled',
    message: '{address} answers with a redirect ({status}), which is never followed',
    remedy: 'Give the address of the API server itself.',
  },
  ClusterResponseInvalid: {
    status: 502,
    next: 'stalled',
    message: '{address} did not answer as a Kubernetes API server does ({problem})',
    remedy: 'Check that the address is that of a Kubernetes API server.',
  },
  ClusterResponseTooLarge: {
    status: 502,
    next: 'stalled',
    message: '{address} answered with more than {limit} bytes',
    remedy: 'Check that the address is that of a Kubernetes API server.',
  },
} as const satisfies Record<string, CatalogueEntry>;

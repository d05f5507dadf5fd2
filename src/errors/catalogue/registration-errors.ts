import type { CatalogueEntry } from './catalogue-entry.ts';

/** Errors of saving, following and removing clusters. Part of the one catalogue. */
export const registrationErrors = {
  // --- registry ------------------------------------------------------------------------------------------------
  ClusterInvalid: {
    status: 400,
    next: 'stalled',
    message: 'the cluster {cluster} cannot be saved like this: {problem}',
    remedy: 'The metadata names every field that is wrong; correct them all and send the request again.',
  },
  PreflightFailed: {
    status: 400,
    next: 'stalled',
    message: 'the cluster {cluster} is not ready to be registered: {problem}',
    remedy:
      'The metadata names every finding with its remedy; ?insecure_skip_check=true saves without asking the cluster.',
  },
  HostUnknown: {
    status: 400,
    next: 'stalled',
    message: 'the host cluster {host} is not registered',
    remedy: 'Register it first, or correct host_cluster.',
  },
  HostIsWorker: {
    status: 400,
    next: 'stalled',
    message: 'the cluster {host} is a worker, virtual clusters need a host',
    remedy: 'Name a cluster with usage "host" as host_cluster.',
  },
  HostNotReady: {
    status: 409,
    next: 'waiting',
    message: 'the host cluster {host} is not ready yet',
    remedy: 'Wait for it; GET /api/v1/clusters/{host}/status says what it waits for.',
  },
  HostUnreachable: {
    status: 503,
    next: 'transient',
    message: 'the host cluster {host} is the cause: {problem}',
    remedy: 'See to the host; GET /api/v1/clusters/{host}/status says what is wrong with it.',
  },
  HostPortTaken: {
    status: 400,
    next: 'stalled',
    message: 'node port {port} of the host cluster {host} is taken by {holder}',
    remedy: 'Choose another port.',
  },
  KubeconfigRequired: {
    status: 400,
    next: 'stalled',
    message: 'a kubeconfig is needed: {why}',
    remedy: 'Put the kubeconfig of the cluster into the field kubeconfig.',
  },
  ClusterChanged: {
    status: 412,
    next: 'stalled',
    message: 'the cluster {cluster} is no longer as you saw it',
    remedy: 'Read it again and repeat your change on what is there now.',
  },
  ClusterRegisteredTwice: {
    status: 409,
    next: 'stalled',
    message: 'this Kubernetes cluster is registered as {other} already',
    remedy: 'Use that registration, or delete it first.',
  },
  ClusterIsHost: {
    status: 409,
    next: 'stalled',
    message: 'the cluster {cluster} is the host of {others}',
    remedy: 'Delete the virtual clusters first.',
  },
  VarietyLocked: {
    status: 409,
    next: 'stalled',
    message: 'the {field} of {cluster} cannot be changed while virtual clusters stand on it',
    remedy: 'Delete the virtual clusters first.',
  },
  ClusterInUse: {
    status: 409,
    next: 'stalled',
    message: 'deleting {cluster} would destroy what its users made ({count}): {objects}',
    remedy: 'Remove them first, or delete with ?force=true to lose them.',
  },
  VarietyInUse: {
    status: 409,
    next: 'stalled',
    message: 'this change of {cluster} would destroy what its users made ({count}): {objects}',
    remedy: 'Remove them first; nothing was changed.',
  },
  TooManyRestarts: {
    status: 409,
    next: 'transient',
    message: 'the cluster {cluster} is being changed by others at the same time',
    remedy: 'Send the request again.',
  },
  ClusterNotFound: {
    status: 404,
    next: 'stalled',
    message: 'the cluster {cluster} is not found',
    remedy: 'Check the name; `GET /api/v1/clusters` lists the clusters.',
  },

  // --- controllers ---------------------------------------------------------------------------------------------
  CredentialMismatch: {
    status: 409,
    next: 'stalled',
    message: 'the file of {cluster} names {what} that the stored credential was not made for; nothing is sent there',
    remedy: 'Undo the change in the repository, or save the cluster again with its kubeconfig.',
  },
  CredentialMissing: {
    status: 409,
    next: 'stalled',
    message: 'no credential is stored for {cluster}',
    remedy: 'Save the cluster again with its kubeconfig.',
  },
  OwnCredentialExpired: {
    status: 409,
    next: 'stalled',
    message: 'our credential for {cluster} expired on {date} before it could be renewed',
    remedy: 'Save the cluster again with any valid kubeconfig, also the one you used before.',
  },
  ClusterIdentityChanged: {
    status: 409,
    next: 'stalled',
    message: 'another Kubernetes cluster answers at the address of {cluster} than the one that was registered',
    remedy: 'Correct the address, or delete the cluster and register the new one.',
  },
  IncarnationChanged: {
    status: 409,
    next: 'stalled',
    message: 'the incarnation of {cluster} was changed in the repository by hand',
    remedy: 'Restore the annotation cluster.nautes.io/incarnation, or delete the cluster and register it again.',
  },
  PlaceChanged: {
    status: 409,
    next: 'stalled',
    message: '{cluster} was made as {made} and its file was changed by hand to {declared}: that is another cluster',
    remedy: 'Restore its file, or save the cluster as it shall be: what was made is then taken away first.',
  },
  OffboardingGraceOver: {
    status: 504,
    next: 'stalled',
    message: '{cluster} did not answer in time while it was taken away',
    remedy: 'The receipt lists what is left on it and the commands that remove it.',
  },

  // --- status --------------------------------------------------------------------------------------------------
  StatusStoreTooNew: {
    status: 500,
    next: 'stalled',
    message: 'the status database {file} has version {version}, this program knows versions up to {known}',
    remedy: 'Start the newer program again, or bring back the database from before the upgrade.',
  },
  StatusStoreDamaged: {
    status: 500,
    next: 'stalled',
    message: 'the status database {file} is damaged: {problem}',
    remedy:
      'Bring it back from a backup. Without one move it away together with the files of the same name that end in -wal and -shm: status is observed anew; receipts, events and what a running deletion has still to remove are lost.',
  },
  StatusStoreForeign: {
    status: 500,
    next: 'stalled',
    message: 'the file {file} is not a status database of Nautes',
    remedy: 'Move it away or give another --data-dir.',
  },
  StatusStoreUnavailable: {
    status: 503,
    next: 'transient',
    message: 'the status database cannot be used: {problem}',
    remedy: 'Look whether the data directory is there, writable and not full; it is tried again.',
  },
} as const satisfies Record<string, CatalogueEntry>;

import type { ClusterConnection, KubeClient } from '../kube/index.ts';

/**
 * The management cluster as this server reaches it. Its credential may change while the server runs: ask for the client
 * before each piece of work, and do not keep it.
 */
export interface ManagementCluster {
  /** Where it is, for logs and `nautes status`: `https://host:port (management.kubeconfig)`. */
  readonly describe: string;
  /** Namespace of the objects that belong to this installation. */
  readonly namespace: string;
  /** The client with the credential of now. @throws NautesError `ManagementAccessUnusable` */
  readonly client: (signal: AbortSignal) => Promise<KubeClient>;
  /** The same with its discovery. */
  readonly connection: (signal: AbortSignal) => Promise<ClusterConnection>;
  /** Ends every connection and request at once. */
  readonly close: () => void;
}

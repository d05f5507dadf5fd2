import type { Resource, SpecOf } from '../kind.ts';
import type { clusterFields } from './fields.ts';

/** The registered spec of a cluster; {@link clusterFields} describes each field. */
export type ClusterSpec = SpecOf<typeof clusterFields>;

export type ClusterType = ClusterSpec['clusterType'];
export type ClusterUsage = ClusterSpec['usage'];
export type WorkerType = NonNullable<ClusterSpec['workerType']>;

/** A registered cluster: the data of its file in the tenant configuration repository. */
export interface Cluster extends Resource<ClusterSpec> {
  /** A DNS-1123 label, see {@link clusterNameProblem}. */
  readonly name: string;
  /** Version of the uploaded credential in the secret store; absent for virtual clusters. */
  readonly credentialVersion?: string;
  /** Id of the last request to rotate the own credential, or to start again with the uploaded one. */
  readonly rotationRequest?: string;
  /** UID of the namespace kube-system as the preflight saw it; absent when the preflight was skipped. */
  readonly kubernetesUid?: string;
  /** When this registration was made, RFC 3339; absent where that is not known, as in files of the original. */
  readonly registeredAt?: string;
  /** The holder from which the cluster is taken over, or was; see `holderIdentity`. */
  readonly takeOver?: string;
}

import type { VersionedCredential } from '../../../cluster-access/index.ts';
import type { ClusterConnection, NamespaceList, OwnedObjectIndex } from '../../../kube/index.ts';
import type { ObjectOwner } from '../../../kube-objects/kube-object.ts';
import type { Cluster } from '../../../resources/cluster/cluster.ts';
import type { Pause } from '../../../resources/cluster/pause.ts';
import type { ClusterHolder } from '../../../resources/cluster/holder.ts';
import type { CredentialScope } from '../../../resources/credential.ts';
import type { ActivePointer } from '../../../secrets/index.ts';
import type { ClusterMemory } from './cluster-memory.ts';
import type { SettledState } from './settled-state.ts';
import type { ClusterReporter, ControllerServices } from './services.ts';

/** A cluster that answered in this run. */
export interface ReachedCluster {
  /** Accepted in this run. */
  readonly credential: VersionedCredential;
  /** Such as `v1.36.4`. */
  readonly version: string;
  readonly uid: string;
  /** The cluster's clock minus ours. */
  readonly clockDifferenceMilliseconds: number;
}

/** The host of a virtual cluster, with the credential by which it is asked. */
export interface HostAccess {
  readonly cluster: Cluster;
  readonly credential: VersionedCredential;
}

/** What the stages of one run share. A stage writes only what is documented as its own. */
export interface StageContext {
  readonly cluster: Cluster;
  readonly scope: CredentialScope;
  /** Whose the objects are that the stages make. */
  readonly owner: ObjectOwner;
  readonly services: ControllerServices;
  readonly reporter: ClusterReporter;
  readonly memory: ClusterMemory;
  /** The run gives up when the cluster has not answered by then; `undefined`: it has all the time that requests have. */
  readonly contactMilliseconds: number | undefined;
  /** The host as it is declared; absent for physical clusters, and where the host's file is missing or unreadable. */
  readonly hostCluster: Cluster | undefined;
  /** The pause in force: nothing but our own access is written. */
  readonly paused: Pause | undefined;
  /** Written by `provision`: absent for physical clusters, and while the host is not known or not ready. */
  host: HostAccess | undefined;
  /** Written by `connect`: who holds the cluster, or has objects there, as it says itself. */
  holder: ClusterHolder | undefined;
  /** Which version is in use, as read by `provision` or `connect` and moved by `credential`. */
  active: ActivePointer | undefined;
  /** Written by `connect` where the cluster is new: the Namespaces that it has. */
  namespaces: NamespaceList | undefined;
  /** Written by `components`: the lists of what the registration has there. */
  objects: OwnedObjectIndex | undefined;
  /** Written by `connect`: the cluster is as it was in this state, and later stages have nothing to look into. */
  settled: SettledState | undefined;
  /** Written by `components`: nothing on the cluster differed from what is declared. */
  isAsDeclared: boolean;
  /** Written by the run: an earlier stage is not done. */
  isHeldUp: boolean;
  /** Written by `connect`; its credential is replaced by `credential`. */
  reached: ReachedCluster | undefined;
}

/** The cluster as `connect` found it; stages after it only run when it is there. */
export function reachedCluster(context: StageContext): ReachedCluster {
  if (context.reached === undefined) throw new Error('the stage runs before the cluster was reached');
  return context.reached;
}

/** Runs the action with a connection to the host. */
export function useHost<T>(
  { services }: StageContext,
  { credential }: HostAccess,
  action: (connection: ClusterConnection) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return services.access.useShared(credential, action, signal);
}

/** The time by the cluster's clock, in milliseconds since the epoch. */
export function clusterNow(context: StageContext): number {
  return context.services.clock.now() + reachedCluster(context).clockDifferenceMilliseconds;
}

/** Runs the action with a connection that presents the accepted credential. */
export function useCluster<T>(
  context: StageContext,
  action: (connection: ClusterConnection) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { credential } = reachedCluster(context);
  return context.services.access.useShared(credential, action, signal);
}

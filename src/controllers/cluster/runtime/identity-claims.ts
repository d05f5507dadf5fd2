import { NautesError } from '../../../errors/errors.ts';
import type { Snapshot } from '../../../git-store/index.ts';
import { clusterFiles, type RegisteredClusters } from '../../../resources/cluster/cluster-files.ts';
import { areCopies } from '../../../resources/cluster/clone.ts';
import type { Cluster } from '../../../resources/cluster/cluster.ts';
import type { ClusterStatus } from '../../../resources/cluster/cluster-status.ts';

export interface Claim {
  readonly name: string;
  readonly incarnation: string;
}

/**
 * Which registration has which Kubernetes cluster. One cluster has one name: who was registered with a UID that the
 * preflight saw, or has reached the cluster first, keeps it. Of copies, each claims the UID in its turn. Read from the status at the start, kept here since then.
 */
export class IdentityClaims {
  readonly #claims = new Map<string, Claim>();
  readonly #uids = new Map<string, string>();

  /** @param statuses of all clusters, as the process starts */
  restore(statuses: readonly ClusterStatus[]): void {
    for (const { name, incarnation, kubernetes } of statuses) {
      if (kubernetes.uid !== '') this.#set(kubernetes.uid, { name, incarnation });
    }
  }

  /**
   * Takes the UID for the cluster.
   * @throws NautesError `ClusterRegisteredTwice` when another registration has it
   */
  claim(cluster: Cluster, uid: string, head: Snapshot): void {
    const { name, incarnation } = cluster;
    const holder = this.#claims.get(uid);
    if (holder?.name === name && holder.incarnation === incarnation) return;
    const clusters = head.of(clusterFiles);
    const others = cluster.kubernetesUid === undefined ? clusters.namesBy('kubernetesUid', uid) : [];
    const held = holder !== undefined && isRegistered(holder, clusters) ? [holder.name] : [];
    for (const other of [...held, ...others]) {
      const resource = clusters.get(other)?.resource;
      const isCopy = resource !== undefined && areCopies(cluster, resource);
      if (other !== name && !isCopy) throw new NautesError('ClusterRegisteredTwice', { other });
    }
    this.#set(uid, { name, incarnation });
  }

  /** Which registration had the cluster last. */
  holderOf(uid: string): Claim | undefined {
    return this.#claims.get(uid);
  }

  /** Nothing of that name is registered any more. */
  forget(name: string): void {
    const uid = this.#uids.get(name);
    this.#uids.delete(name);
    if (uid !== undefined && this.#claims.get(uid)?.name === name) this.#claims.delete(uid);
  }

  #set(uid: string, claim: Claim): void {
    const earlier = this.#uids.get(claim.name) ?? uid;
    // Of one registration one is kept: a cluster could name another one each time.
    if (earlier !== uid && this.#claims.get(earlier)?.incarnation === claim.incarnation) this.#claims.delete(earlier);
    this.#claims.set(uid, claim);
    this.#uids.set(claim.name, uid);
  }
}

/** A file that cannot be read counts as that of the registration. */
function isRegistered({ name, incarnation }: Claim, clusters: RegisteredClusters): boolean {
  const entry = clusters.get(name);
  return entry !== undefined && (entry.resource?.incarnation ?? incarnation) === incarnation;
}

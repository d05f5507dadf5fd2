import type { NautesError } from '../errors/errors.ts';
import type { Cluster } from '../resources/cluster/cluster.ts';

/**
 * A cluster's file at some commit. Exactly one of `cluster` and `problem` is there: a file that cannot be
 * understood has a problem. Files whose name is no cluster name are not seen at all.
 */
export interface ClusterEntry {
  readonly name: string;
  /** Blob id of the file: the generation of the cluster. */
  readonly generation: string;
  readonly cluster?: Cluster;
  readonly problem?: NautesError;
}

/** The clusters of a commit by name, and by what the rules among them ask for; so that no rule looks at all of them. */
export interface RegisteredClusters extends ReadonlyMap<string, ClusterEntry> {
  /** Names of the clusters registered at the address. */
  at(apiServer: string): readonly string[];
  /** Names of the clusters with the UID. */
  withUid(kubernetesUid: string): readonly string[];
  /** Names of the virtual clusters on the host. */
  on(host: string): readonly string[];
}

/** Registered clusters in the making. */
export class ClusterMap extends Map<string, ClusterEntry> implements RegisteredClusters {
  #addresses = new NamesByKey();
  #uids = new NamesByKey();
  #hosts = new NamesByKey();

  private constructor() {
    super(); // given entries it would call `set` before there are fields
  }

  static of(entries: Iterable<readonly [string, ClusterEntry]> = []): ClusterMap {
    const clusters = new ClusterMap();
    for (const [name, entry] of entries) clusters.set(name, entry);
    return clusters;
  }

  static copyOf(clusters: RegisteredClusters): ClusterMap {
    if (!(clusters instanceof ClusterMap)) return ClusterMap.of(clusters);
    const copy = new ClusterMap();
    for (const [name, entry] of clusters) copy.#put(name, entry);
    copy.#addresses = clusters.#addresses.copy();
    copy.#uids = clusters.#uids.copy();
    copy.#hosts = clusters.#hosts.copy();
    return copy;
  }

  at(apiServer: string): readonly string[] {
    return this.#addresses.get(apiServer);
  }

  withUid(kubernetesUid: string): readonly string[] {
    return this.#uids.get(kubernetesUid);
  }

  on(host: string): readonly string[] {
    return this.#hosts.get(host);
  }

  override set(name: string, entry: ClusterEntry): this {
    this.#forget(name);
    this.#addresses.add(entry.cluster?.spec.apiServer, name);
    this.#uids.add(entry.cluster?.kubernetesUid, name);
    this.#hosts.add(entry.cluster?.spec.hostCluster, name);
    return this.#put(name, entry);
  }

  override delete(name: string): boolean {
    this.#forget(name);
    return super.delete(name);
  }

  override clear(): void {
    for (const name of this.keys()) this.delete(name);
  }

  #put(name: string, entry: ClusterEntry): this {
    return super.set(name, entry);
  }

  #forget(name: string): void {
    const cluster = this.get(name)?.cluster;
    if (cluster === undefined) return;
    this.#addresses.remove(cluster.spec.apiServer, name);
    this.#uids.remove(cluster.kubernetesUid, name);
    this.#hosts.remove(cluster.spec.hostCluster, name);
  }
}

/** Lists are replaced and never changed, so that a copy may share them. */
class NamesByKey {
  #names = new Map<string, readonly string[]>();

  copy(): NamesByKey {
    const copy = new NamesByKey();
    copy.#names = new Map(this.#names);
    return copy;
  }

  get(key: string): readonly string[] {
    return this.#names.get(key) ?? [];
  }

  add(key: string | undefined, name: string): void {
    if (key !== undefined) this.#names.set(key, [...this.get(key), name]);
  }

  remove(key: string | undefined, name: string): void {
    if (key === undefined) return;
    const left = this.get(key).filter((each) => each !== name);
    if (left.length === 0) this.#names.delete(key);
    else this.#names.set(key, left);
  }
}

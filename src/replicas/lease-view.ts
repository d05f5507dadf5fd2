import type { ReplicaView, SeenBucket, SeenMember } from './decide.ts';
import { bucketLeaseName, bucketOfLease, type Lease, WORKS_ANNOTATION } from './lease.ts';

/** Leases as one replica has seen them last, and since when by its own clock. */
export class LeaseView {
  readonly #leases = new Map<string, Lease>();
  readonly #since = new Map<string, number>();
  readonly #absentSince = new Map<string, number>();
  /** The highest epoch of each bucket ever seen here: a restored data base of the API server may have a lower one. */
  readonly #epochs = new Map<number, number>();

  /**
   * What was read past the watch. An earlier state than what the watch has told does not count: nothing would be told of
   * the later one again. Versions of one kind can be compared as numbers (Kubernetes 1.35, KEP-5504).
   */
  putRead(lease: Lease, now: number): void {
    const known = this.#leases.get(lease.name);
    if (known !== undefined && Number(lease.resourceVersion) < Number(known.resourceVersion)) return;
    this.put(lease, now);
  }

  /** What the watch tells: in order, so that the latest state comes last. */
  put(lease: Lease, now: number): void {
    if (this.#leases.get(lease.name)?.resourceVersion !== lease.resourceVersion) this.#since.set(lease.name, now);
    this.#leases.set(lease.name, lease);
    this.#absentSince.delete(lease.name);
    const bucket = bucketOfLease(lease.name);
    if (bucket === undefined) return;
    this.#epochs.set(bucket, Math.max(lease.epoch, this.epochOf(bucket)));
    if (lease.holder !== '') this.#noteAbsence(lease.holder, now);
  }

  /** There is no such Lease. */
  remove(name: string, now: number): void {
    this.#leases.delete(name);
    this.#since.delete(name);
    for (const lease of this.#leases.values()) if (lease.holder === name) this.#noteAbsence(name, now);
  }

  /** These are all that there are. */
  replaceAll(leases: readonly Lease[], now: number): void {
    const names = new Set(leases.map(({ name }) => name));
    for (const name of this.#leases.keys()) if (!names.has(name)) this.remove(name, now);
    for (const lease of leases) this.put(lease, now);
  }

  /** What was seen until now says nothing: the replica itself has not been able to look. */
  restart(now: number): void {
    for (const name of this.#since.keys()) this.#since.set(name, now);
    for (const name of this.#absentSince.keys()) this.#absentSince.set(name, now);
  }

  find(name: string): Lease | undefined {
    return this.#leases.get(name);
  }

  /** Who has the bucket. */
  holderOf(bucket: number): string | undefined {
    return this.#leases.get(bucketLeaseName(bucket))?.holder;
  }

  get leases(): Iterable<Lease> {
    return this.#leases.values();
  }

  /** The highest epoch of a bucket that was ever seen, 0 for none. */
  epochOf(bucket: number): number {
    return this.#epochs.get(bucket) ?? 0;
  }

  /** Replicas and buckets, as {@link decide} wants them. */
  get replicas(): Pick<ReplicaView, 'members' | 'buckets' | 'absentSince'> {
    const members = new Map<string, SeenMember>();
    const buckets = new Map<number, SeenBucket>();
    for (const { name, role, holder, annotations } of this.#leases.values()) {
      const bucket = bucketOfLease(name);
      if (bucket !== undefined) buckets.set(bucket, { holder });
      if (role !== 'member') continue;
      const [hasEnded, works] = [holder === '', annotations[WORKS_ANNOTATION] === 'yes'];
      members.set(name, { name, hasEnded, works, since: this.#since.get(name) ?? 0 });
    }
    return { members, buckets, absentSince: this.#absentSince };
  }

  #noteAbsence(holder: string, now: number): void {
    if (!this.#leases.has(holder) && !this.#absentSince.has(holder)) this.#absentSince.set(holder, now);
  }
}

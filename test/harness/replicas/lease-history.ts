import { inspect } from 'node:util';
import { leaseApi } from '../../../src/replicas/index.ts';
import type { Lease } from '../../../src/replicas/lease.ts';
import { bucketOf } from '../../../src/replicas/bucket.ts';
import { bucketLeaseName } from '../../../src/replicas/lease.ts';
import type { ManagementCluster } from '../../../src/management/index.ts';
import { clusterKey } from '../../../src/resources/cluster/cluster-key.ts';

interface Tenure {
  readonly holder: string;
  readonly epoch: number;
  /** Milliseconds, when it was seen. */
  readonly from: number;
}

/** Who had which bucket from when on, as a watch of the management cluster tells it. */
export class LeaseHistory implements AsyncDisposable {
  readonly #tenures = new Map<string, Tenure[]>();
  readonly #leases = new Map<string, Lease>();
  readonly #ending = new AbortController();
  #following: Promise<void> = Promise.resolve();
  #problem: unknown;
  #toldAt = 0;

  static follow(cluster: ManagementCluster): LeaseHistory {
    const history = new LeaseHistory();
    history.#following = history.#follow(cluster).catch((error: unknown) => {
      history.#problem = error;
    });
    return history;
  }

  /** Leases as they were seen last. */
  get leases(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  /** Members that have not ended. */
  get members(): readonly string[] {
    return this.leases.filter(({ role, holder }) => role === 'member' && holder !== '').map(({ name }) => name);
  }

  /** How many buckets each member has; those that nobody has under the empty name. */
  get shares(): ReadonlyMap<string, number> {
    const shares = new Map<string, number>();
    for (const { role, holder } of this.leases) {
      if (role === 'bucket') shares.set(holder, (shares.get(holder) ?? 0) + 1);
    }
    return shares;
  }

  ownerOf(cluster: string): string {
    return this.#leases.get(bucketLeaseName(bucketOf(clusterKey(cluster))))?.holder ?? '';
  }

  /** Every holder that a cluster has had, in their order. */
  tenuresOf(cluster: string): readonly Tenure[] {
    return this.#tenures.get(bucketLeaseName(bucketOf(clusterKey(cluster)))) ?? [];
  }

  /** Who is a member and who has what, since when nothing was told, and why nothing is told any more. */
  describe(): string {
    const members = this.leases
      .filter(({ role }) => role === 'member')
      .map(({ name, holder, renewTime }) => `${name} ${holder === '' ? 'ended' : 'lives'}, renewed ${renewTime}`);
    const shares = JSON.stringify(Object.fromEntries(this.shares));
    const ended = this.#problem === undefined ? '' : `; the watch has ended: ${inspect(this.#problem)}`;
    return `${members.join('; ')}; shares ${shares}; told ${Date.now() - this.#toldAt} ms ago${ended}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }

  async #follow(cluster: ManagementCluster): Promise<void> {
    const note = (lease: Lease): void => {
      this.#toldAt = Date.now();
      const before = this.#leases.get(lease.name);
      this.#leases.set(lease.name, lease);
      if (lease.role !== 'bucket' || (before?.holder === lease.holder && before.epoch === lease.epoch)) return;
      const tenures = this.#tenures.get(lease.name) ?? [];
      tenures.push({ holder: lease.holder, epoch: lease.epoch, from: Date.now() });
      this.#tenures.set(lease.name, tenures);
    };
    const { signal } = this.#ending;
    await leaseApi({ cluster }).follow(
      {
        all: (leases) => {
          const names = new Set(leases.map(({ name }) => name));
          for (const name of this.#leases.keys()) if (!names.has(name)) this.#leases.delete(name);
          leases.forEach(note);
        },
        changed: note,
        gone: (name) => this.#leases.delete(name),
      },
      signal,
    );
  }
}

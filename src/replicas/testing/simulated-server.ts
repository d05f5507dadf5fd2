import { type Lease, LeaseConflict } from '../lease.ts';

/** The Leases of an API server as replicas read and write them: a write counts only for what it has seen. */
export class SimulatedServer {
  #leases = new Map<string, Lease>();
  #version = 0;
  readonly #watchers = new Set<(name: string, lease: Lease | undefined) => void>();
  writes = 0;

  get leases(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  get(name: string): Lease | undefined {
    return this.#leases.get(name);
  }

  create(lease: Lease): Lease {
    if (this.#leases.has(lease.name)) throw new LeaseConflict(lease.name);
    return this.#put(lease);
  }

  replace(lease: Lease): Lease {
    this.#check(lease);
    return this.#put(lease);
  }

  remove(lease: Lease): void {
    this.#check(lease);
    this.#leases.delete(lease.name);
    this.#tell(lease.name, undefined);
  }

  /** Without looking at the version, as somebody with other rights does. */
  destroy(name: string): void {
    this.#leases.delete(name);
    this.#tell(name, undefined);
  }

  watch(watcher: (name: string, lease: Lease | undefined) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Everything as it is, for {@link restore}. */
  backup(): () => void {
    const [leases, version] = [new Map(this.#leases), this.#version];
    return () => {
      this.#leases = new Map(leases);
      this.#version = version;
    };
  }

  #check({ name, resourceVersion }: Lease): void {
    if (this.#leases.get(name)?.resourceVersion !== resourceVersion) throw new LeaseConflict(name);
  }

  #put(lease: Lease): Lease {
    this.#version += 1;
    this.writes += 1;
    const stored = { ...lease, resourceVersion: String(this.#version) };
    this.#leases.set(lease.name, stored);
    this.#tell(lease.name, stored);
    return stored;
  }

  #tell(name: string, lease: Lease | undefined): void {
    for (const watcher of this.#watchers) watcher(name, lease);
  }
}

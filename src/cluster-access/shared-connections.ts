import type { ClusterConnection } from '../kube/index.ts';
import type { StoredCredential } from '../resources/credential.ts';
import type { ClusterAction, VersionedCredential } from './cluster-access.ts';

/** A connection that has not been used for this long is closed: at rest no connection is held. */
const IDLE_MILLISECONDS = 15_000;

interface Held {
  readonly connection: ClusterConnection;
  timer: NodeJS.Timeout | undefined;
  users: number;
}

/** One connection for each credential version in use, kept only while it is used, whichever way it is opened. */
export class SharedConnections {
  readonly #open: (credential: StoredCredential) => ClusterConnection;
  readonly #held = new Map<string, Held>();

  constructor(open: (credential: StoredCredential) => ClusterConnection) {
    this.#open = open;
  }

  async use<T>({ stored, version }: VersionedCredential, action: ClusterAction<T>): Promise<T> {
    const key = `${stored.binding.cluster}/${stored.binding.incarnation}/${version}`;
    const held = this.#take(key, stored);
    try {
      return await action(held.connection);
    } finally {
      this.#giveBack(key, held);
    }
  }

  drop(cluster: string, incarnation?: string): void {
    const prefix = incarnation === undefined ? `${cluster}/` : `${cluster}/${incarnation}/`;
    for (const [key, held] of this.#held) if (key.startsWith(prefix)) this.#close(key, held);
  }

  get size(): number {
    return this.#held.size;
  }

  close(): void {
    for (const [key, held] of this.#held) this.#close(key, held);
  }

  #take(key: string, credential: StoredCredential): Held {
    const known = this.#held.get(key);
    const held = known ?? { connection: this.#open(credential), timer: undefined, users: 0 };
    clearTimeout(held.timer);
    held.timer = undefined;
    held.users += 1;
    this.#held.set(key, held);
    return held;
  }

  #giveBack(key: string, held: Held): void {
    held.users -= 1;
    if (held.users > 0 || this.#held.get(key) !== held) return;
    held.timer = setTimeout(() => this.#close(key, held), IDLE_MILLISECONDS);
    held.timer.unref();
  }

  #close(key: string, held: Held): void {
    clearTimeout(held.timer);
    this.#held.delete(key);
    held.connection.close();
  }
}

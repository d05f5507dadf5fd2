import type { StoredCredential } from '../resources/credential.ts';
import { type AddressPolicy, type ClusterConnection, connectionOptions, openConnection } from '../kube/index.ts';

/** A connection that nobody has used for this long is closed: at rest no connection is held. */
const IDLE_MILLISECONDS = 15_000;

interface Held {
  readonly connection: ClusterConnection;
  timer: NodeJS.Timeout | undefined;
  users: number;
}

/** Connections to clusters, one for each credential version in use, kept only while they are used. */
export class Connections {
  readonly #addresses: AddressPolicy;
  readonly #held = new Map<string, Held>();

  constructor(addresses: AddressPolicy) {
    this.#addresses = addresses;
  }

  /** Runs the action with a connection that presents the credential to the server it is sealed to, and to no other. */
  async use<T>(
    credential: StoredCredential,
    version: string,
    action: (connection: ClusterConnection) => Promise<T>,
  ): Promise<T> {
    const key = `${credential.binding.cluster}/${credential.binding.incarnation}/${version}`;
    const held = this.#take(key, credential);
    try {
      return await action(held.connection);
    } finally {
      this.#giveBack(key, held);
    }
  }

  /** Closes the connections of a registration, or of every registration of the name: it is gone, or it hangs. */
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
    const held = known ?? {
      connection: openConnection(connectionOptions(credential, this.#addresses)),
      timer: undefined,
      users: 0,
    };
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

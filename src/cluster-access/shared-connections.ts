import type { ClusterConnection, ConnectionMemory } from '../kube/index.ts';
import type { StoredCredential } from '../resources/credential.ts';
import type { ClusterAction, VersionedCredential } from './cluster-access.ts';

/** A connection that has not been used for this long is closed: at rest no connection is held. */
const IDLE_MILLISECONDS = 15_000;

interface Held {
  readonly connection: ClusterConnection;
  timer: NodeJS.Timeout | undefined;
  users: number;
}

/** What is kept of a registration whose connection was closed. */
interface Remembered {
  readonly version: string;
  readonly memory: ConnectionMemory;
}

/** How connections are made. */
export interface ConnectionMaker {
  readonly open: (credential: StoredCredential, memory: ConnectionMemory) => ClusterConnection;
  /** For a credential that was not used before. */
  readonly newMemory: (credential: StoredCredential) => ConnectionMemory;
}

/** One connection for each credential version in use, kept only while it is used, whichever way it is opened. */
export class SharedConnections {
  readonly #make: ConnectionMaker;
  readonly #held = new Map<string, Held>();
  /** By registration: of the credential version that was used last. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(make: ConnectionMaker) {
    this.#make = make;
  }

  async use<T>(credential: VersionedCredential, action: ClusterAction<T>): Promise<T> {
    const key = `${registrationOf(credential)}${credential.version}`;
    const held = this.#take(key, credential);
    try {
      return await action(held.connection);
    } finally {
      this.#giveBack(key, held);
    }
  }

  drop(cluster: string, incarnation?: string): void {
    const prefix = incarnation === undefined ? `${cluster}/` : `${cluster}/${incarnation}/`;
    for (const [key, held] of this.#held) if (key.startsWith(prefix)) this.#close(key, held);
    for (const key of this.#remembered.keys()) if (key.startsWith(prefix)) this.#remembered.delete(key);
  }

  get size(): number {
    return this.#held.size;
  }

  close(): void {
    this.#remembered.clear();
    for (const [key, held] of this.#held) this.#close(key, held);
  }

  #take(key: string, credential: VersionedCredential): Held {
    const known = this.#held.get(key);
    const held = known ?? { connection: this.#connect(credential), timer: undefined, users: 0 };
    clearTimeout(held.timer);
    held.timer = undefined;
    held.users += 1;
    this.#held.set(key, held);
    return held;
  }

  #connect(credential: VersionedCredential): ClusterConnection {
    const registration = registrationOf(credential);
    const { version, stored } = credential;
    const known = this.#remembered.get(registration);
    const memory = known?.version === version ? known.memory : this.#make.newMemory(stored);
    this.#remembered.set(registration, { version, memory });
    return this.#make.open(stored, memory);
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

function registrationOf({ stored: { binding } }: VersionedCredential): string {
  return `${binding.cluster}/${binding.incarnation}/`;
}

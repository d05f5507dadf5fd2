import { CLUSTER_LIES } from '../hostile/cluster/kinds.ts';
import { type HostileCluster, startHostileCluster } from '../hostile/cluster/cluster.ts';
import { startHostileDoor } from '../hostile/door.ts';
import type { HostilePeer } from '../hostile/peer.ts';
import { REMOTE_LIES } from '../hostile/remote/kinds.ts';
import type { RunHistory } from './history.ts';
import type { Random } from './random.ts';

const KINDS = Object.keys(CLUSTER_LIES);

/** What each of the hostile clusters is registered as begins with this. */
const PREFIX = 'hostile-';

export function isHostile(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** How one of them is registered: a target as those that a run plays with. */
export interface HostileTarget {
  readonly name: string;
  readonly alias: string;
  readonly bodies: readonly (Readonly<Record<string, unknown>> & { readonly api_server: string })[];
  readonly cluster: undefined;
}

/** Lies of a Git remote that are over at once; the others take up a fetch until its deadline. */
const REMOTE_KINDS = Object.keys(REMOTE_LIES).filter(
  (kind) => !['asks-for-password', 'huge-pause'].includes(kind), // after these nothing is asked for a while
);

/** A Git remote that lies from time to time, in front of the one that a run plays with. */
export class RemoteWeather {
  readonly #door: HostilePeer;

  private constructor(door: HostilePeer) {
    this.#door = door;
  }

  /** @param url of a repository of the honest remote */
  static async start(url: string): Promise<RemoteWeather> {
    return new RemoteWeather(await startHostileDoor(new URL(url).origin));
  }

  /** Where the repository is through the door. */
  urlOf(repository: string): string {
    return `${this.#door.url}/${repository}`;
  }

  /** Two in three times it is honest: otherwise nothing would ever be saved. */
  step(step: number, random: Random, history: RunHistory): void {
    const kind = random.integer(3) === 0 ? random.pick(REMOTE_KINDS) : 'honest';
    history.begin('hostile', step, `remote: ${kind}`).outcome = 'done';
    this.#door.misbehave(...(REMOTE_LIES[kind] ?? []));
  }

  calm(): void {
    this.#door.misbehave();
  }

  async close(): Promise<void> {
    await this.#door.close();
  }
}

/** Clusters that lie, each in another way from time to time, beside those that a run plays with. */
export class HostileWeather {
  readonly targets: readonly HostileTarget[];
  readonly #clusters: readonly HostileCluster[];

  private constructor(clusters: readonly HostileCluster[]) {
    this.#clusters = clusters;
    this.targets = clusters.map((cluster, index) => {
      const name = `${PREFIX}${index}`;
      const kubeconfig = cluster.kubeconfig();
      const place = { api_server: cluster.url, cluster_kind: 'kubernetes', cluster_type: 'physical', usage: 'worker' };
      return { name, alias: name, bodies: [{ ...place, kubeconfig }], cluster: undefined };
    });
  }

  static async start(count: number): Promise<HostileWeather> {
    return new HostileWeather(await Promise.all(Array.from({ length: count }, () => startHostileCluster())));
  }

  get kubeconfigs(): readonly string[] {
    return this.#clusters.map((cluster) => cluster.kubeconfig());
  }

  /** One of them changes what it says. */
  step(step: number, random: Random, history: RunHistory): void {
    const index = random.integer(this.#clusters.length);
    const kind = random.pick(KINDS);
    history.begin('hostile', step, `${PREFIX}${index}: ${kind}`).outcome = 'done';
    this.#clusters[index]?.misbehave(...(CLUSTER_LIES[kind] ?? []));
  }

  /** All of them are honest from now on. */
  calm(): void {
    for (const cluster of this.#clusters) cluster.misbehave();
  }

  async close(): Promise<void> {
    await Promise.all(this.#clusters.map((cluster) => cluster.close()));
  }
}

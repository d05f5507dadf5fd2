import type { Fault } from '../../sandbox/cluster/faults.ts';
import type { SandboxCluster } from '../../sandbox/index.ts';
import type { RunHistory } from './history.ts';
import type { Random } from './random.ts';
import type { Target } from './targets.ts';
import type { World } from './world.ts';

/** Injects faults into everything that the server depends on, ends them again, and kills it now and then. */
export class Faults {
  readonly #world: World;
  readonly #random: Random;
  readonly #history: RunHistory;
  readonly #targets: readonly Target[];

  constructor(world: World, random: Random, history: RunHistory, targets: readonly Target[]) {
    this.#world = world;
    this.#random = random;
    this.#history = history;
    this.#targets = targets;
  }

  async step(step: number): Promise<void> {
    const kind = this.#random.weighted([
      [50, 'cluster'],
      [22, 'remote'],
      [10, 'replies'],
      [12, 'disk'],
      [8, 'kill'],
      [this.#world.management === undefined ? 0 : 8, 'pause'],
      [this.#world.management === undefined ? 0 : 8, 'management'],
    ] as const);
    const random = this.#random;
    switch (kind) {
      case 'cluster': {
        const target = random.pick(this.#targets);
        const faults = this.#clusterFaults();
        this.#note(step, `${target.name}: ${JSON.stringify(faults)}`);
        const cluster = this.#clusterOf(target);
        cluster?.faults.set(faults);
        return cluster?.settled();
      }
      case 'remote': {
        const fault = random.weighted([
          [70, 'fine'],
          [6, 'refuse'],
          [10, 'slow'],
          [8, 'unreachable'],
          [4, 'hanging'],
        ] as const);
        this.#note(step, `remote: ${fault}`);
        return this.#world.setRemote(fault);
      }
      case 'replies':
        this.#note(step, 'replies to pushes are lost');
        return this.#world.loseReplies(1 + random.integer(2));
      case 'disk': {
        const failing = random.pick([0, 0, 0, 0.05, 0.5]);
        this.#note(step, `disk: ${failing}`);
        return this.#world.setDisk(failing);
      }
      case 'kill': {
        const down = Math.round(random.between(0, 300));
        const index = this.#server();
        this.#note(step, `kill ${index}, and start after ${down} ms`);
        void this.#world.restart(down, index); // the faults continue: it may be what keeps the server from starting
        return;
      }
      case 'pause': {
        const milliseconds = Math.round(random.between(500, 14_000));
        const index = this.#server();
        this.#note(step, `stop ${index} for ${milliseconds} ms`);
        return this.#world.pause(index, milliseconds);
      }
      case 'management': {
        const faults = this.#managementFaults();
        this.#note(step, `management cluster: ${JSON.stringify(faults)}`);
        return this.#world.management?.cluster.faults.set(faults);
      }
    }
  }

  /** A virtual one is there only while it runs. */
  #clusterOf({ cluster, bodies }: Target): SandboxCluster | undefined {
    const servers = bodies.map(({ api_server }) => api_server);
    return cluster ?? this.#world.clusters.find(({ server }) => servers.includes(server));
  }

  #clusterFaults(): Fault[] {
    const random = this.#random;
    return random.weighted<() => Fault[]>([
      [60, () => []],
      [10, () => [{ kind: 'unreachable' }]],
      [5, () => [{ kind: 'hang' }]],
      [8, () => [{ kind: 'slow', milliseconds: 200 + random.integer(1500), probability: 0.5 }]],
      [6, () => [{ kind: 'status', code: 401, probability: 0.5 }]],
      [4, () => [{ kind: 'status', code: 403, probability: 0.3 }]],
      [8, () => [{ kind: 'status', code: 429, probability: 0.3, retryAfterSeconds: 1 }]],
      [10, () => [{ kind: 'status', code: random.pick([500, 503, 504]), probability: 0.3 }]],
      [8, () => [{ kind: 'reset', probability: 0.2 }]],
      // Writes take longer than anybody expects, and the server may be killed in the middle of one.
      [4, () => [{ kind: 'slow', milliseconds: 4000, match: '^(POST|PATCH|DELETE) ', times: 5 }]],
    ])();
  }

  /** Which server is meant; the only one where there is one. */
  #server(): number {
    const { length } = this.#world.servers;
    return length === 1 ? 0 : this.#random.integer(length);
  }

  #managementFaults(): Fault[] {
    const random = this.#random;
    return random.weighted<() => Fault[]>([
      [50, () => []],
      [10, () => [{ kind: 'unreachable' }]],
      [15, () => [{ kind: 'slow', milliseconds: 100 + random.integer(1_000), probability: 0.5 }]],
      [15, () => [{ kind: 'status', code: random.pick([500, 503, 429]), probability: 0.2 }]],
      [10, () => [{ kind: 'reset', probability: 0.1 }]],
    ])();
  }

  #note(step: number, what: string): void {
    this.#history.begin('faults', step, what).outcome = 'done';
  }
}

import type { RunHistory } from './history.ts';
import type { Random } from './random.ts';
import { outcomeOf, type RecordingClient } from './recording-client.ts';
import type { SaveBody, Target } from './targets.ts';
import type { World } from './world.ts';

type Request = readonly [what: string, method: 'POST' | 'DELETE' | 'GET', path: string, body?: unknown];

/** Somebody who uses the API: saves, changes, deletes, makes mistakes and looks. */
export class Caller {
  readonly #name: string;
  readonly #world: World;
  readonly #random: Random;
  readonly #client: RecordingClient;
  readonly #history: RunHistory;
  readonly #targets: readonly Target[];

  constructor(options: {
    readonly name: string;
    readonly world: World;
    readonly random: Random;
    readonly client: RecordingClient;
    readonly history: RunHistory;
    /** What callers play with. */
    readonly targets: readonly Target[];
  }) {
    this.#name = options.name;
    this.#world = options.world;
    this.#random = options.random;
    this.#client = options.client;
    this.#history = options.history;
    this.#targets = options.targets;
  }

  async step(step: number): Promise<void> {
    const index = this.#random.integer(this.#targets.length);
    const target = this.#target(index);
    const name = this.#random.chance(0.9) ? target.name : target.alias;
    const [what, method, path, body] = this.#request(name, index);
    await this.#world.up(); // a server that is away tells us nothing; one that is killed meanwhile does
    const deed = this.#history.begin(this.#name, step, what);
    const answer = await this.#client.ask(method, path, body);
    deed.outcome = outcomeOf(answer);
    if (answer.status !== 200 || method === 'GET') return;
    const { commit, changed } = answer.body;
    this.#history.acknowledged.push({
      operation: method === 'POST' ? 'save' : 'delete',
      cluster: name,
      commit: String(commit),
      requestId: answer.requestId,
      changed: typeof changed === 'boolean' ? changed : undefined,
      apiServer: method === 'POST' ? (body as SaveBody).api_server : '',
    });
  }

  #target(index: number): Target {
    const target = this.#targets[index % this.#targets.length];
    if (target === undefined) throw new Error('there is nothing to play with');
    return target;
  }

  /** Usually where it usually is. */
  #body({ bodies }: Target): SaveBody {
    const [usual, ...others] = bodies;
    if (usual === undefined) throw new Error('there is no place for it');
    return others.length > 0 && this.#random.chance(0.2) ? this.#random.pick(others) : usual;
  }

  #request(name: string, index: number): Request {
    const random = this.#random;
    const target = this.#target(index);
    const body = this.#body(target);
    const path = `/api/v1/clusters/${name}`;
    const skip = random.chance(0.4) ? '?insecure_skip_check=true' : '';
    const domain = `d${random.integer(4)}.example.org`;
    const kind = random.weighted<() => Request>([
      [30, () => [`save ${name}${skip}`, 'POST', path + skip, body]],
      [15, () => [`change ${name}`, 'POST', path + skip, { ...body, primary_domain: domain }]],
      [
        8,
        () => [
          `change ${name} without a kubeconfig`,
          'POST',
          path + skip,
          { ...body, primary_domain: domain, kubeconfig: '' },
        ],
      ],
      [5, () => [`save ${name} with a wrong token`, 'POST', path, this.#withWrongToken(body, target)]],
      [
        4,
        () => [`save ${name} with a broken kubeconfig`, 'POST', path + skip, this.#withBrokenKubeconfig(body, target)],
      ],
      [3, () => [`save ${name} with the address of another`, 'POST', path + skip, this.#body(this.#target(index + 1))]],
      [16, () => [`delete ${name}`, 'DELETE', path]],
      [5, () => [`delete ${name} by force`, 'DELETE', `${path}?force=true`]],
      [4, () => ['list', 'GET', '/api/v1/clusters']],
      [4, () => [`status of ${name}`, 'GET', `${path}/status`]],
      [3, () => [`events of ${name}`, 'GET', `${path}/events`]],
      [3, () => [`receipt of ${name}`, 'GET', `${path}/receipt`]],
    ]);
    return kind();
  }

  /** A token of the right form that nobody has. It is a secret all the same: it may work elsewhere. */
  #withWrongToken(body: SaveBody, target: Target): SaveBody {
    const token = this.#canary('a wrong token');
    return { ...body, kubeconfig: this.#kubeconfig(target).replace(/token: \S+/, `token: ${token}`) };
  }

  /** A virtual cluster needs none; one that is sent for it is anybody's. */
  #kubeconfig({ cluster = this.#world.cluster(0) }: Target): string {
    return cluster.kubeconfig('token');
  }

  /** Mistakes that errors must not repeat to everybody. */
  #withBrokenKubeconfig(body: SaveBody, target: Target): SaveBody {
    const canary = this.#canary('a broken kubeconfig');
    const kubeconfig = this.#kubeconfig(target);
    const broken = this.#random.pick([
      kubeconfig.replace('current-context:', `current-context: "${canary}" :`),
      kubeconfig.replace(/token: \S+/, `tokn: ${canary}`),
      kubeconfig.replace(/token: \S+/, `exec: { command: "${canary}" }`),
      kubeconfig.replace(/certificate-authority-data: \S+/, `certificate-authority-data: ${canary}`),
      kubeconfig.replace(/token: \S+/, `token: { "${canary}": "${canary}" }`),
      `{"${canary}`,
    ]);
    return { ...body, kubeconfig: broken };
  }

  #canary(name: string): string {
    const letters = Array.from({ length: 32 }, () => 'abcdefghijkmnpqrstuvwxyz23456789'[this.#random.integer(32)]);
    const canary = `canary${letters.join('')}`;
    this.#world.canaries.add(name, canary);
    return canary;
  }
}

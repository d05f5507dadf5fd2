import type { SandboxCluster } from '../../sandbox/index.ts';
import type { RunHistory } from './history.ts';
import type { Random } from './random.ts';
import { outcomeOf, type RecordingClient } from './recording-client.ts';
import type { World } from './world.ts';

/** Names under which cluster `index` is registered: the usual one, and now and then another. */
export function usualName(index: number): string {
  return `worker-${index}`;
}

function otherName(index: number): string {
  return `other-${index}`;
}

type SaveBody = Readonly<Record<string, unknown>> & { readonly api_server: string };

/** The body of a save for a simulated cluster. */
export function saveBody(cluster: SandboxCluster, more: Readonly<Record<string, unknown>> = {}): SaveBody {
  return {
    api_server: cluster.server,
    cluster_kind: 'kubernetes',
    cluster_type: 'physical',
    usage: 'worker',
    kubeconfig: cluster.kubeconfig('token'),
    ...more,
  };
}

type Request = readonly [what: string, method: 'POST' | 'DELETE' | 'GET', path: string, body?: unknown];

/** Somebody who uses the API: saves, changes, deletes, makes mistakes and looks. */
export class Caller {
  readonly #name: string;
  readonly #world: World;
  readonly #random: Random;
  readonly #client: RecordingClient;
  readonly #history: RunHistory;
  readonly #workers: number;

  constructor(options: {
    readonly name: string;
    readonly world: World;
    readonly random: Random;
    readonly client: RecordingClient;
    readonly history: RunHistory;
    /** How many clusters callers play with. */
    readonly workers: number;
  }) {
    this.#name = options.name;
    this.#world = options.world;
    this.#random = options.random;
    this.#client = options.client;
    this.#history = options.history;
    this.#workers = options.workers;
  }

  async step(step: number): Promise<void> {
    const index = this.#random.integer(this.#workers);
    const name = this.#random.chance(0.9) ? usualName(index) : otherName(index);
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

  #request(name: string, index: number): Request {
    const random = this.#random;
    const cluster = this.#world.cluster(index);
    const path = `/api/v1/clusters/${name}`;
    const skip = random.chance(0.4) ? '?insecure_skip_check=true' : '';
    const domain = `d${random.integer(4)}.example.org`;
    const kind = random.weighted<() => Request>([
      [30, () => [`save ${name}${skip}`, 'POST', path + skip, saveBody(cluster)]],
      [15, () => [`change ${name}`, 'POST', path + skip, saveBody(cluster, { primary_domain: domain })]],
      [8, () => [`change ${name} without a kubeconfig`, 'POST', path + skip, this.#withoutKubeconfig(cluster, domain)]],
      [5, () => [`save ${name} with a wrong token`, 'POST', path, this.#withWrongToken(cluster)]],
      [4, () => [`save ${name} with a broken kubeconfig`, 'POST', path + skip, this.#withBrokenKubeconfig(cluster)]],
      [3, () => [`save ${name} with the address of another`, 'POST', path + skip, this.#ofAnother(index)]],
      [16, () => [`delete ${name}`, 'DELETE', path]],
      [5, () => [`delete ${name} by force`, 'DELETE', `${path}?force=true`]],
      [4, () => ['list', 'GET', '/api/v1/clusters']],
      [4, () => [`status of ${name}`, 'GET', `${path}/status`]],
      [3, () => [`events of ${name}`, 'GET', `${path}/events`]],
      [3, () => [`receipt of ${name}`, 'GET', `${path}/receipt`]],
    ]);
    return kind();
  }

  #withoutKubeconfig(cluster: SandboxCluster, domain: string): SaveBody {
    return saveBody(cluster, { primary_domain: domain, kubeconfig: '' });
  }

  /** A token of the right form that nobody has. It is a secret all the same: it may work elsewhere. */
  #withWrongToken(cluster: SandboxCluster): SaveBody {
    const token = this.#canary('a wrong token');
    return saveBody(cluster, { kubeconfig: cluster.kubeconfig('token').replace(cluster.adminToken, token) });
  }

  /** Mistakes that errors must not repeat to everybody. */
  #withBrokenKubeconfig(cluster: SandboxCluster): SaveBody {
    const canary = this.#canary('a broken kubeconfig');
    const kubeconfig = cluster.kubeconfig('token');
    const broken = this.#random.pick([
      kubeconfig.replace('current-context:', `current-context: "${canary}" :`),
      kubeconfig.replace(/token: \S+/, `tokn: ${canary}`),
      kubeconfig.replace(/token: \S+/, `exec: { command: "${canary}" }`),
      kubeconfig.replace(/certificate-authority-data: \S+/, `certificate-authority-data: ${canary}`),
      kubeconfig.replace(/token: \S+/, `token: { "${canary}": "${canary}" }`),
      `{"${canary}`,
    ]);
    return saveBody(cluster, { kubeconfig: broken });
  }

  #ofAnother(index: number): SaveBody {
    return saveBody(this.#world.cluster((index + 1) % this.#workers));
  }

  #canary(name: string): string {
    const letters = Array.from({ length: 32 }, () => 'abcdefghijkmnpqrstuvwxyz23456789'[this.#random.integer(32)]);
    const canary = `canary${letters.join('')}`;
    this.#world.canaries.add(name, canary);
    return canary;
  }
}

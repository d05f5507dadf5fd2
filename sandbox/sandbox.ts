import { join } from 'node:path';
import { makePrivateDirectory, writeFileAtomically } from '../src/base/files/files.ts';
import { createCertificateAuthority } from '../src/base/tls/x509.ts';
import { type ControlEndpoint, startControlEndpoint } from './control-endpoint.ts';
import { type ClusterBehaviour, DEFAULT_BEHAVIOUR } from './cluster/behaviour.ts';
import { RunningCluster, type Shared } from './running-cluster.ts';
import { MAXIMUM_CLUSTERS, type Sandbox, type SandboxCluster, type SandboxOptions } from './sandbox-api.ts';
import { JsonPool } from './store/interning.ts';
import { TimerQueue } from './base/timers.ts';

/** How many listeners are opened at a time. */
const START_BATCH = 100;

/** Beyond this many clusters each has a shorter history unless `historyLimit` is set. */
const MANY_CLUSTERS = 100;
const MANY_CLUSTERS_HISTORY = 100;

/**
 * Starts simulated clusters. Their objects are in memory only and end with the sandbox.
 * @throws Error when no port can be had, or the number of clusters is not possible
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clusters: count, directory } = options;
  if (!Number.isInteger(count) || count < 0 || count > MAXIMUM_CLUSTERS) {
    throw new Error(`the number of clusters must be between 0 and ${MAXIMUM_CLUSTERS}`);
  }
  options.signal?.throwIfAborted();
  const shared: Shared = {
    authority: createCertificateAuthority({ commonName: 'sandbox-ca' }),
    behaviour: behaviourOf(options),
    pool: new JsonPool(),
    timers: new TimerQueue(),
    observe: options.observe,
  };
  if (directory !== undefined) await makePrivateDirectory(directory);
  const sandbox = new RunningSandbox(options, shared);
  try {
    for (let started = 0; started < count; started += START_BATCH) {
      const batch = Math.min(START_BATCH, count - started);
      await Promise.all(Array.from({ length: batch }, () => sandbox.addCluster()));
    }
    await sandbox.startControl();
  } catch (error) {
    await sandbox.close();
    throw error;
  }
  options.signal?.addEventListener('abort', () => void sandbox.close(), { once: true });
  return sandbox;
}

function behaviourOf(options: SandboxOptions): ClusterBehaviour {
  const own = Object.entries(options).filter(([key, value]) => key in DEFAULT_BEHAVIOUR && value !== undefined);
  const historyLimit = options.clusters > MANY_CLUSTERS ? MANY_CLUSTERS_HISTORY : DEFAULT_BEHAVIOUR.historyLimit;
  return { ...DEFAULT_BEHAVIOUR, historyLimit, ...Object.fromEntries(own) };
}

class RunningSandbox implements Sandbox {
  readonly #options: SandboxOptions;
  readonly #shared: Shared;
  readonly #clusters: RunningCluster[] = [];
  #started = 0;
  #control: ControlEndpoint | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SandboxOptions, shared: Shared) {
    this.#options = options;
    this.#shared = shared;
  }

  get clusters(): readonly SandboxCluster[] {
    return this.#clusters;
  }

  get controlUrl(): string {
    return this.#control?.url ?? '';
  }

  async startControl(): Promise<void> {
    this.#control = await startControlEndpoint(this);
  }

  async addCluster(): Promise<SandboxCluster> {
    const index = ++this.#started;
    const cluster = await RunningCluster.start(index, this.#options, this.#shared);
    this.#clusters[index - 1] = cluster;
    const { directory } = this.#options;
    if (directory !== undefined) {
      await writeFileAtomically(join(directory, `${cluster.name}.kubeconfig`), cluster.kubeconfig());
    }
    return cluster;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#shared.timers.close();
    await Promise.all([this.#control?.close(), ...this.#clusters.map((cluster) => cluster.close())]);
  }
}

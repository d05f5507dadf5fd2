import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../sandbox/index.ts';

const PROGRAM = join(import.meta.dirname, 'simulator.ts');

/** What a simulated cluster has been asked. */
export interface ClusterCounters {
  /** By `<verb> <resource>`. */
  readonly requests: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly openConnections: number;
  readonly openWatches: number;
}

export interface SimulatorOptions {
  readonly clusters: number;
  /** For the kubeconfigs. */
  readonly directory: string;
  /** Records all requests into this file, which is written at the end. */
  readonly recordingFile?: string;
}

/** Simulated clusters in a process of their own, so that their work and memory do not count as ours. */
export class SimulatorProcess implements AsyncDisposable {
  readonly clusters: number;
  readonly directory: string;
  readonly #child: ChildProcess;
  readonly #controlUrl: string;

  private constructor(child: ChildProcess, { clusters, directory }: SimulatorOptions, controlUrl: string) {
    this.clusters = clusters;
    this.directory = directory;
    this.#child = child;
    this.#controlUrl = controlUrl;
  }

  static start(options: SimulatorOptions): Promise<SimulatorProcess> {
    const { clusters, directory, recordingFile } = options;
    const child = fork(PROGRAM, [String(clusters), directory, recordingFile ?? '']);
    return new Promise((resolve, reject) => {
      child.once('message', (message) => {
        const { controlUrl } = message as { controlUrl: string };
        resolve(new SimulatorProcess(child, options, controlUrl));
      });
      child.once('close', (code) => reject(new Error(`the simulator ended with ${code}`)));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Kubeconfig of a cluster; from 1. */
  kubeconfig(index: number): Promise<string> {
    return readFile(join(this.directory, `cluster-${index}.kubeconfig`), 'utf8');
  }

  /** Counters of all clusters, in order. */
  async counters(): Promise<readonly ClusterCounters[]> {
    const reply = await fetch(`${this.#controlUrl}/clusters`);
    const clusters = (await reply.json()) as { readonly counters: ClusterCounters }[];
    return clusters.map(({ counters }) => counters);
  }

  /** Replaces the faults of a cluster; from 1. */
  async setFaults(index: number, faults: readonly Fault[]): Promise<void> {
    const reply = await fetch(`${this.#controlUrl}/clusters/${index}/faults`, {
      method: 'POST',
      body: JSON.stringify(faults),
    });
    if (!reply.ok) throw new Error(`the faults were not set: ${await reply.text()}`);
  }

  /** Ends it; the recording is written before that. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.send('end');
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

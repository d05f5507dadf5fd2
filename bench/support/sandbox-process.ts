import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const COMMAND = join(import.meta.dirname, '../../bin/nautes');

/** What a simulated cluster has been asked. */
export interface ClusterCounters {
  /** By `<verb> <resource>`. */
  readonly requests: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly openConnections: number;
  readonly openWatches: number;
}

/** Simulated clusters in a process of their own, so that their work and memory do not count as ours. */
export class SandboxProcess {
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #controlUrl: string;

  private constructor(child: ChildProcess, directory: string, controlUrl: string) {
    this.#child = child;
    this.#directory = directory;
    this.#controlUrl = controlUrl;
  }

  static start(clusters: number, directory: string): Promise<SandboxProcess> {
    const child = spawn(COMMAND, ['sandbox', '--clusters', String(clusters), '--dir', directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const url = /control at (\S+)/.exec(text)?.[1];
        if (url !== undefined) resolve(new SandboxProcess(child, directory, url));
      });
      child.once('close', (code) => reject(new Error(`the sandbox ended with ${code}`)));
    });
  }

  /** Kubeconfig of a cluster; from 1. */
  kubeconfig(index: number): Promise<string> {
    return readFile(join(this.#directory, `cluster-${index}.kubeconfig`), 'utf8');
  }

  /** Counters of all clusters, in order. */
  async counters(): Promise<readonly ClusterCounters[]> {
    const reply = await fetch(`${this.#controlUrl}/clusters`);
    const clusters = (await reply.json()) as { readonly counters: ClusterCounters }[];
    return clusters.map(({ counters }) => counters);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}

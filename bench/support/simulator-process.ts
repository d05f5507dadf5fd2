import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../sandbox/index.ts';
import type { SimulatorReply, SimulatorRequest } from './simulator.ts';

const PROGRAM = join(import.meta.dirname, 'simulator.ts');

/** The requests to a simulated cluster. */
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
}

/** Simulated clusters in a process of their own, so that their work and memory do not count as ours. */
export class SimulatorProcess implements AsyncDisposable {
  readonly clusters: number;
  readonly directory: string;
  readonly #child: ChildProcess;
  readonly #controlUrl: string;
  #requests = 0;

  private constructor(child: ChildProcess, { clusters, directory }: SimulatorOptions, controlUrl: string) {
    this.clusters = clusters;
    this.directory = directory;
    this.#child = child;
    this.#controlUrl = controlUrl;
  }

  static start(options: SimulatorOptions): Promise<SimulatorProcess> {
    const child = fork(PROGRAM, [String(options.clusters), options.directory]);
    return new Promise((resolve, reject) => {
      child.once('message', (message) => {
        const reply = message as SimulatorReply;
        if ('controlUrl' in reply) resolve(new SimulatorProcess(child, options, reply.controlUrl));
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

  /** Records requests from now on. */
  record(): Promise<void> {
    return this.#ask('record');
  }

  /** Writes the recording and stops it. */
  saveRecording(file: string): Promise<void> {
    return this.#ask('save', file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    await this.#ask('end');
    await ended;
  }

  #ask(action: SimulatorRequest['action'], file?: string): Promise<void> {
    this.#requests += 1;
    const number = this.#requests;
    const request: SimulatorRequest = { number, action, ...(file === undefined ? {} : { file }) };
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown): void => {
        if ((message as { done?: number }).done !== number) return;
        this.#child.off('message', onMessage).off('close', onClose);
        resolve();
      };
      const onClose = (): void => reject(new Error('the simulator has ended'));
      this.#child.on('message', onMessage).once('close', onClose);
      this.#child.send(request);
    });
  }
}

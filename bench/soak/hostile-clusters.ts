import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';

const PROGRAM = join(import.meta.dirname, '../../test/hostile/main.ts');

export interface HostileMember {
  readonly url: string;
  readonly kubeconfig: string;
}

/** Clusters that lie, in a process of their own. They are honest until they are told otherwise. */
export class HostileClusters implements AsyncDisposable {
  readonly members: readonly HostileMember[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, members: readonly HostileMember[]) {
    this.#child = child;
    this.members = members;
  }

  static async start(count: number): Promise<HostileClusters> {
    const args = [PROGRAM, '--honest', '--clusters', String(count)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([once(lines, 'line'), once(child, 'close')])) as [unknown];
    if (typeof line !== 'string') throw new Error('the hostile clusters did not start');
    return new HostileClusters(child, JSON.parse(line) as HostileMember[]);
  }

  /** From now on the cluster lies in this way. */
  misbehave(cluster: number, kind: string): void {
    this.#child.stdin?.write(`${JSON.stringify({ cluster, kind })}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

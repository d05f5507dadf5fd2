import { Command, InvalidArgumentError } from 'commander';
import { NautesError } from '../base/errors.ts';
import { makePrivateDirectory } from '../base/files.ts';
import { untilTerminated } from './termination.ts';

const MAXIMUM_CLUSTERS = 5_000;
/** Milliseconds. */
const MAXIMUM_DELAY = 600_000;

interface SandboxOptions {
  readonly clusters: number;
  readonly dir: string;
  readonly workloadDelay?: number;
}

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .description('serve simulated Kubernetes clusters on loopback, to try things out')
    .requiredOption('--dir <directory>', 'where the kubeconfigs cluster-<i>.kubeconfig are written')
    .option('--clusters <count>', 'how many', readCount, 3)
    .option('--workload-delay <milliseconds>', 'how long a pod takes to become ready (default: 200)', readMilliseconds)
    .action(runSandboxCommand);
}

async function runSandboxCommand({ clusters, dir, workloadDelay }: SandboxOptions): Promise<void> {
  await makePrivateDirectory(dir).catch((error: unknown) => {
    const problem = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new NautesError('SandboxDirectoryUnusable', { directory: dir, problem }, { cause: error });
  });
  const { runSandbox } = await import('../../sandbox/main.ts'); // most commands do without the simulator
  const stop = new AbortController();
  void untilTerminated().then(() => stop.abort());
  await runSandbox({
    clusters,
    directory: dir,
    workloadDelayMilliseconds: workloadDelay,
    signal: stop.signal,
    print: (line) => console.log(line),
  });
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > MAXIMUM_CLUSTERS) {
    throw new InvalidArgumentError(`Give a number from 1 to ${MAXIMUM_CLUSTERS}.`);
  }
  return count;
}

function readMilliseconds(text: string): number {
  const milliseconds = Number(text);
  if (!Number.isInteger(milliseconds) || milliseconds < 0 || milliseconds > MAXIMUM_DELAY) {
    throw new InvalidArgumentError(`Give a number from 0 to ${MAXIMUM_DELAY}.`);
  }
  return milliseconds;
}

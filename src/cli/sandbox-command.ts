import { Command, InvalidArgumentError } from 'commander';
import { untilTerminated } from './termination.ts';

const MAXIMUM_CLUSTERS = 5_000;

interface SandboxOptions {
  readonly clusters: number;
  readonly dir: string;
}

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .description('serve simulated Kubernetes clusters on loopback, to try things out')
    .requiredOption('--dir <directory>', 'where the kubeconfigs cluster-<i>.kubeconfig are written')
    .option('--clusters <count>', 'how many', readCount, 3)
    .action(runSandboxCommand);
}

async function runSandboxCommand({ clusters, dir }: SandboxOptions): Promise<void> {
  const { runSandbox } = await import('../../sandbox/main.ts'); // most commands do without the simulator
  const stop = new AbortController();
  void untilTerminated().then(() => stop.abort());
  await runSandbox({ clusters, directory: dir, signal: stop.signal, print: (line) => console.log(line) });
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > MAXIMUM_CLUSTERS) {
    throw new InvalidArgumentError(`Give a number from 1 to ${MAXIMUM_CLUSTERS}.`);
  }
  return count;
}

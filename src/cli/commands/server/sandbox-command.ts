import { Command, InvalidArgumentError } from 'commander';
import { NautesError } from '../../../errors/errors.ts';
import { makePrivateDirectory } from '../../../base/files/files.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import type { Terminal } from '../../output/terminal.ts';
import { untilTerminated } from '../../invocation/process-end.ts';

const MAXIMUM_CLUSTERS = 5_000;
/** Milliseconds. */
const MAXIMUM_DELAY = 600_000;

interface SandboxOptions {
  readonly clusters: number;
  readonly dir: string;
  readonly workloadDelay?: number;
}

export function sandboxCommand({ texts, terminal }: Invocation): Command {
  const { help, output } = texts;
  const within = (from: number, to: number) => (text: string) =>
    readNumber(text, from, to, output.countExpected(from, to));
  return new Command('sandbox')
    .description(help.sandbox)
    .requiredOption('--dir <directory>', help.sandboxDir)
    .option('--clusters <count>', help.sandboxClusters, within(1, MAXIMUM_CLUSTERS), 3)
    .option('--workload-delay <milliseconds>', help.sandboxDelay, within(0, MAXIMUM_DELAY))
    .action((options: SandboxOptions) => runSandboxCommand(options, terminal));
}

async function runSandboxCommand({ clusters, dir, workloadDelay }: SandboxOptions, terminal: Terminal): Promise<void> {
  await makePrivateDirectory(dir).catch((error: unknown) => {
    const problem = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new NautesError('SandboxDirectoryUnusable', { directory: dir, problem }, { cause: error });
  });
  const { runSandbox } = await import('../../../../sandbox/index.ts'); // most commands do without the simulator
  const stop = new AbortController();
  void untilTerminated().then(() => stop.abort());
  await runSandbox({
    clusters,
    directory: dir,
    workloadDelayMilliseconds: workloadDelay,
    signal: stop.signal,
    print: (line) => terminal.print(line),
  });
}

function readNumber(text: string, from: number, to: number, expected: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < from || number > to) throw new InvalidArgumentError(expected);
  return number;
}

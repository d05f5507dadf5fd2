import { parseArgs } from 'node:util';
import { startSandbox } from './sandbox.ts';
import { MAXIMUM_CLUSTERS } from './sandbox-api.ts';

export interface RunSandboxOptions {
  readonly clusters: number;
  /** Where the kubeconfigs go. */
  readonly directory: string;
  readonly address?: string | undefined;
  readonly basePort?: number | undefined;
  readonly workloadDelayMilliseconds?: number | undefined;
  /** Ends the sandbox. */
  readonly signal: AbortSignal;
  /** Receives the line that reports readiness. */
  readonly print: (line: string) => void;
}

/** Runs a sandbox until the signal aborts. */
export async function runSandbox(options: RunSandboxOptions): Promise<void> {
  const { clusters, directory, address, basePort, workloadDelayMilliseconds, signal } = options;
  const delay = workloadDelayMilliseconds === undefined ? {} : { workloadDelayMilliseconds };
  const sandbox = await startSandbox({ clusters, directory, address, basePort, ...delay });
  try {
    const noun = clusters === 1 ? 'simulated cluster' : 'simulated clusters';
    options.print(`${clusters} ${noun} ready, kubeconfigs in ${directory}, control at ${sandbox.controlUrl}`);
    await aborted(signal);
  } finally {
    await sandbox.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const USAGE = 'usage: node sandbox/main.ts --clusters N --dir DIRECTORY [--address IP] [--port PORT]';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      clusters: { type: 'string', default: '1' },
      dir: { type: 'string' },
      address: { type: 'string' },
      port: { type: 'string' },
    },
  });
  const clusters = Number(values.clusters);
  if (values.dir === undefined || !Number.isInteger(clusters) || clusters < 1 || clusters > MAXIMUM_CLUSTERS) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  await runSandbox({
    clusters,
    directory: values.dir,
    address: values.address,
    basePort: values.port === undefined ? undefined : Number(values.port),
    signal: stop.signal,
    print: (line) => console.log(line),
  });
}

if (import.meta.main) await main();

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { figureOf } from './figure.ts';
import { Fleet, numbersTo } from './support/fleet.ts';
import { median } from './support/load.ts';
import { processUsage } from './support/process-usage.ts';

const CLUSTERS = 200;
const CONSOLES = 20;
const ROUNDS = 2;

interface Round {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** A fleet that becomes Ready while consoles are open, against one that nobody looks at. */
export const fleetConsolesBenchmark: Benchmark = {
  name: 'fleet-consoles',
  title: 'clusters that become Ready with open consoles and without',
  async run(context) {
    const { options, progress } = context;
    const { clusters = CLUSTERS, consoles = CONSOLES, rounds = ROUNDS } = options;
    const [watched, alone]: [Round[], Round[]] = [[], []];
    for (const round of numbersTo(rounds)) {
      progress(`round ${round}: without consoles`);
      alone.push(await runRound(context, { clusters, consoles: 0, name: `alone-${round}` }));
      progress(`round ${round}: with ${consoles} consoles`);
      watched.push(await runRound(context, { clusters, consoles, name: `watched-${round}` }));
    }
    const of = (part: keyof Round) => ({
      ours: median(watched.map((round) => round[part])),
      baseline: median(alone.map((round) => round[part])),
    });
    return [
      figureOf({
        figure: `${clusters} clusters until all are Ready with ${consoles} open consoles, against none`,
        unit: 's',
        ...of('seconds'),
        wanted: { of: 'ratio', atMost: 1.1 },
      }),
      figureOf({ figure: 'processor of the server meanwhile', unit: 's', ...of('cpuSeconds') }),
    ];
  },
};

interface RoundOptions {
  readonly clusters: number;
  readonly consoles: number;
  readonly name: string;
}

async function runRound(
  { directory, progress }: BenchmarkContext,
  { clusters, consoles, name }: RoundOptions,
): Promise<Round> {
  await using parts = new AsyncDisposableStack();
  const fleet = parts.use(await Fleet.open({ clusters, directory: join(directory, name) }));
  parts.use(await openConsoles(fleet, consoles));
  const before = await processUsage(fleet.server.pid);
  const { seconds } = await fleet.register(fleet.workers(numbersTo(clusters)), { progress });
  const after = await processUsage(fleet.server.pid);
  return { seconds, cpuSeconds: after.cpuSeconds - before.cpuSeconds };
}

async function openConsoles(fleet: Fleet, count: number): Promise<AsyncDisposable> {
  if (count === 0) return { [Symbol.asyncDispose]: async () => {} };
  const script = join(import.meta.dirname, 'support/open-consoles.ts');
  const { url } = fleet.server;
  const consoles: ChildProcess = fork(script, [url, String(count), fleet.client.token], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(consoles, 'message');
  return {
    [Symbol.asyncDispose]: async () => {
      const ended = once(consoles, 'close');
      consoles.kill();
      await ended;
    },
  };
}

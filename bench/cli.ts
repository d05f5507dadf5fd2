import { join } from 'node:path';
import { run } from '../src/base/programs/process.ts';
import { makeBundle } from '../tools/bundle/bundle.ts';
import { kubectlPath } from '../tools/kubectl/kubectl.ts';
import type { Benchmark } from './benchmark.ts';
import { figureOf } from './figure.ts';

/** Starts of each; the first ones, which fill the caches of the disk and of Node, are left out. */
const STARTS = 25;
const WARM_UP = 4;

/** The contestants alternate, so that other load of the machine affects all of them alike. */
interface Contestant {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly milliseconds: number[];
}

/** How long a run of the bundled client takes, compared with kubectl doing the same. */
export const commandLineBenchmark: Benchmark = {
  name: 'cli',
  title: 'start of the bundled client against that of kubectl',
  async run({ directory, progress }) {
    const { packageDirectory } = await makeBundle(join(directory, 'dist'));
    const starter = join(packageDirectory, 'start.cjs');
    const contestant = (name: string, program: string, args: readonly string[]): Contestant => ({
      name,
      program,
      args,
      milliseconds: [],
    });
    const node = contestant('node', process.execPath, ['-e', '0']);
    const kubectl = contestant('kubectl', await kubectlPath(), ['version', '--client']);
    const version = contestant('version', process.execPath, [starter, 'version', '--client']);
    const help = contestant('help', process.execPath, [starter, '--help']);
    const all = [node, kubectl, version, help];
    const environment = { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compiled'), HOME: directory };
    progress(`${STARTS} starts of each`);
    for (let start = 0; start < STARTS; start += 1) {
      for (const one of all) {
        const before = performance.now();
        const { code, stderr } = await run(one.program, one.args, { environment });
        if (code !== 0) throw new Error(`${one.name} ended with ${code}: ${stderr}`);
        if (start >= WARM_UP) one.milliseconds.push(performance.now() - before);
      }
    }
    const wanted = { of: 'ours', atMost: 100 } as const;
    const baseline = median(kubectl);
    return [
      figureOf({ figure: 'version --client, median', unit: 'ms', ours: median(version), baseline, wanted }),
      figureOf({
        figure: 'version --client, fastest',
        unit: 'ms',
        ours: least(version),
        baseline: least(kubectl),
        wanted,
      }),
      figureOf({ figure: '--help, median', unit: 'ms', ours: median(help), baseline }),
      figureOf({ figure: 'Node alone, median', unit: 'ms', ours: median(node), baseline }),
    ];
  },
};

function median({ milliseconds }: Contestant): number {
  return milliseconds.toSorted((left, right) => left - right)[Math.floor(milliseconds.length / 2)] ?? Number.NaN;
}

function least({ milliseconds }: Contestant): number {
  return Math.min(...milliseconds);
}

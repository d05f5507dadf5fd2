/**
 * Runs the benchmarks that are named, or all, one after the other, and prints one table.
 *
 *     node bench/main.ts [NAME …] [--clusters N] [--rounds N] [--seconds N] [--consoles N]
 *
 * The options make runs smaller (or larger), see `BenchmarkOptions`; figures of small runs say little.
 * Ends with 1 when a benchmark could not be carried out. A figure that is not as wanted is shown, not an error:
 * it says something about the machine too.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyBenchmark } from './apply.ts';
import { consoleApiBenchmark } from './console-api.ts';
import { consoleBenchmark } from './console.ts';
import type { Benchmark, BenchmarkOptions } from './benchmark.ts';
import { commandLineBenchmark } from './cli.ts';
import { driftBenchmark } from './drift.ts';
import { type Figure, formatTable, writeFigures } from './figure.ts';
import { fleetBenchmark } from './fleet.ts';
import { fleetConsolesBenchmark } from './fleet-consoles.ts';
import { isolationBenchmark } from './isolation.ts';
import { readCommandLine } from './options.ts';
import { memoryBenchmark } from './memory.ts';
import { restBenchmark } from './rest.ts';
import { restartBenchmark } from './restart.ts';
import { scaleOutBenchmark } from './scale-out.ts';
import { saveBenchmark } from './save.ts';
import { steadyBenchmark } from './steady.ts';
import { measureMachineSpeed, speedFigures } from './support/machine-speed.ts';

const benchmarks: readonly Benchmark[] = [
  applyBenchmark,
  fleetBenchmark,
  steadyBenchmark,
  driftBenchmark,
  isolationBenchmark,
  restartBenchmark,
  saveBenchmark,
  restBenchmark,
  memoryBenchmark,
  commandLineBenchmark,
  consoleApiBenchmark,
  consoleBenchmark,
  fleetConsolesBenchmark,
  scaleOutBenchmark,
];
const OUTPUT = join(import.meta.dirname, 'out');

async function measure(benchmark: Benchmark, options: BenchmarkOptions): Promise<readonly Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), `nautes-bench-${benchmark.name}-`));
  const started = Date.now();
  const progress = (message: string): void => {
    console.error(`${benchmark.name} ${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`);
  };
  try {
    progress(benchmark.title);
    const before = measureMachineSpeed();
    const measured = await benchmark.run({ directory, options, progress });
    const figures = [...measured, ...speedFigures(before, measureMachineSpeed())];
    await writeFigures(OUTPUT, benchmark.name, figures);
    return figures;
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function main(): Promise<void> {
  const { names, options } = readCommandLine(process.argv.slice(2));
  const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    const known = benchmarks.map(({ name }) => name).join(', ');
    throw new Error(`no such benchmark: ${unknown.join(', ')}; there are ${known}`);
  }
  const table: Figure[] = [];
  for (const benchmark of benchmarks) {
    if (names.length > 0 && !names.includes(benchmark.name)) continue;
    try {
      const figures = await measure(benchmark, options);
      table.push(...figures.map((figure) => ({ ...figure, figure: `${benchmark.name}: ${figure.figure}` })));
    } catch (error) {
      console.error(`${benchmark.name} failed:`, error);
      process.exitCode = 1;
    }
  }
  console.log(formatTable(table));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

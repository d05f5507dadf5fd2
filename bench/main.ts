/**
 * Runs the benchmarks that are named, or all, one after the other, and prints one table.
 *
 *     node bench/main.ts [NAME …]
 *
 * Ends with 1 when a benchmark could not be carried out. A figure that is not as wanted is shown, not an error:
 * it says something about the machine too.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark } from './benchmark.ts';
import { commandLineBenchmark } from './cli.ts';
import { type Figure, formatTable, writeFigures } from './figure.ts';
import { restBenchmark } from './rest.ts';
import { saveBenchmark } from './save.ts';

const benchmarks: readonly Benchmark[] = [saveBenchmark, restBenchmark, commandLineBenchmark];
const OUTPUT = join(import.meta.dirname, 'out');

async function measure(benchmark: Benchmark): Promise<readonly Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), `nautes-bench-${benchmark.name}-`));
  const started = Date.now();
  const progress = (message: string): void => {
    console.error(`${benchmark.name} ${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`);
  };
  try {
    progress(benchmark.title);
    const figures = await benchmark.run({ directory, progress });
    await writeFigures(OUTPUT, benchmark.name, figures);
    return figures;
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are ${benchmarks.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
} else {
  const table: Figure[] = [];
  for (const benchmark of benchmarks) {
    if (names.length > 0 && !names.includes(benchmark.name)) continue;
    try {
      const figures = await measure(benchmark);
      table.push(...figures.map((figure) => ({ ...figure, figure: `${benchmark.name}: ${figure.figure}` })));
    } catch (error) {
      console.error(`${benchmark.name} failed:`, error);
      process.exitCode = 1;
    }
  }
  console.log(formatTable(table));
}

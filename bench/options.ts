import { parseArgs } from 'node:util';
import type { BenchmarkOptions } from './benchmark.ts';

export interface CommandLine {
  readonly names: readonly string[];
  readonly options: BenchmarkOptions;
}

/** @throws Error with the reason */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      clusters: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      consoles: { type: 'string' },
    },
  });
  return {
    names: positionals,
    options: {
      clusters: wholeNumber('--clusters', values.clusters),
      rounds: wholeNumber('--rounds', values.rounds),
      seconds: wholeNumber('--seconds', values.seconds),
      consoles: wholeNumber('--consoles', values.consoles),
    },
  };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`${name} must be a number from 1 to 999999`);
  return Number(text);
}

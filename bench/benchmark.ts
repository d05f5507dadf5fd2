import type { Figure } from './figure.ts';

/** One benchmark: `make bench-NAME`. It ends by itself, cleans up and uses loopback only. */
export interface Benchmark {
  readonly name: string;
  /** One line of progress. */
  readonly title: string;
  run(context: BenchmarkContext): Promise<readonly Figure[]>;
}

/** The size of a run; defaults are those of the published figures. */
export interface BenchmarkOptions {
  /** Clusters of a fleet. */
  readonly clusters?: number | undefined;
  /** How often contestants take turns. */
  readonly rounds?: number | undefined;
  /** How long a fleet is watched at rest. */
  readonly seconds?: number | undefined;
  /** Consoles that are open meanwhile. */
  readonly consoles?: number | undefined;
}

export interface BenchmarkContext {
  /** An empty directory, removed afterwards. */
  readonly directory: string;
  readonly options: BenchmarkOptions;
  /** Reports the current step. */
  readonly progress: (message: string) => void;
}

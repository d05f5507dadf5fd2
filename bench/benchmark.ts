import type { Figure } from './figure.ts';

/** One benchmark: `make bench-NAME`. It ends by itself, leaves nothing behind and uses loopback only. */
export interface Benchmark {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  run(context: BenchmarkContext): Promise<readonly Figure[]>;
}

/** How large a run is; what is not given has the size of the published figures. */
export interface BenchmarkOptions {
  /** Clusters of a fleet. */
  readonly clusters?: number | undefined;
  /** How often contestants take turns. */
  readonly rounds?: number | undefined;
  /** How long a fleet is watched at rest. */
  readonly seconds?: number | undefined;
}

export interface BenchmarkContext {
  /** An empty directory, removed afterwards. */
  readonly directory: string;
  readonly options: BenchmarkOptions;
  /** Says what is being done now. */
  readonly progress: (message: string) => void;
}

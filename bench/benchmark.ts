import type { Figure } from './figure.ts';

/** One benchmark: `make bench-NAME`. It ends by itself, leaves nothing behind and uses loopback only. */
export interface Benchmark {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  run(context: BenchmarkContext): Promise<readonly Figure[]>;
}

export interface BenchmarkContext {
  /** An empty directory, removed afterwards. */
  readonly directory: string;
  /** Says what is being done now. */
  readonly progress: (message: string) => void;
}

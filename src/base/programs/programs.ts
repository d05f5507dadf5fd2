import type { ProgramLimits } from './limits.ts';

export interface ProgramOptions {
  /** Working directory; by default that of this process. */
  readonly directory?: string | undefined;
  /** The complete environment; by default that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** What each of its processes may use; without it, what this process may. */
  readonly limits?: ProgramLimits | undefined;
}

/** Callbacks, called in order. `onEnd` or `onFailure` is the last, once. */
export interface ProgramListener {
  onOutput(chunk: Buffer): void;
  onError(chunk: Buffer): void;
  /** @param code -1 when a signal killed it, or its exit code is lost */
  onEnd(code: number): void;
  /** It could not be started. */
  onFailure(error: Error): void;
}

export interface RunningProgram {
  /** Standard input; what the program does not read is dropped. */
  write(chunk: Uint8Array): void;
  endInput(): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts programs, without a shell. */
export interface Programs {
  start(program: string, args: readonly string[], options: ProgramOptions, listener: ProgramListener): RunningProgram;
  /** Callers end their programs first. */
  close(): Promise<void>;
}

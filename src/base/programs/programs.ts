export interface ProgramOptions {
  /** Where it works; by default where this process does. */
  readonly directory?: string | undefined;
  /** All variables that it sees; those of this process by default. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Told what a program does, in order. `onEnd` or `onFailure` comes last, once. */
export interface ProgramListener {
  onOutput(chunk: Buffer): void;
  onError(chunk: Buffer): void;
  /** @param code -1 when a signal ended it, or it is not known how it ended */
  onEnd(code: number): void;
  /** It could not be started. */
  onFailure(error: Error): void;
}

export interface RunningProgram {
  /** Input for it; what it does not read is dropped. */
  write(chunk: Uint8Array): void;
  endInput(): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts programs, without a shell. */
export interface Programs {
  start(program: string, args: readonly string[], options: ProgramOptions, listener: ProgramListener): RunningProgram;
  /** Whoever started programs ends them before. */
  close(): Promise<void>;
}

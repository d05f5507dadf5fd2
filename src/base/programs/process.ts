import { directPrograms } from './direct-programs.ts';
import type { ProgramOptions, Programs } from './programs.ts';

export interface RunOptions extends ProgramOptions {
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Bytes kept of each stream; more kills the process and rejects. Default 64 MiB. */
  readonly maximumOutput?: number;
  /** What starts the program; this process itself by default. */
  readonly programs?: Programs;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A program printed more than is kept of it, and was ended. */
export class OutputTooLarge extends Error {
  constructor(program: string, limit: number) {
    super(`${program} printed more than ${limit} bytes`);
    this.name = 'OutputTooLarge';
  }
}

const DEFAULT_MAXIMUM_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs a program to its end, without a shell. A non-zero exit code is a result, not an error.
 * Rejects when the program cannot be started, prints too much or the signal aborts (it is killed then).
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { signal, input, maximumOutput: limit = DEFAULT_MAXIMUM_OUTPUT, programs = directPrograms } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(aborted(signal));
    const [output, errors] = [new Collector(limit), new Collector(limit)];
    const take = (collector: Collector, chunk: Buffer): void => {
      if (collector.take(chunk)) return;
      running.kill('SIGKILL');
      reject(new OutputTooLarge(program, limit));
    };
    const abort = (): void => {
      running.kill('SIGKILL');
      if (signal !== undefined) reject(aborted(signal));
    };
    const running = programs.start(program, args, options, {
      onOutput: (chunk) => take(output, chunk),
      onError: (chunk) => take(errors, chunk),
      onFailure(error) {
        signal?.removeEventListener('abort', abort);
        reject(error);
      },
      onEnd(code) {
        signal?.removeEventListener('abort', abort);
        resolve({ code, stdout: output.content(), stderr: errors.content().toString() });
      },
    });
    signal?.addEventListener('abort', abort, { once: true });
    if (input !== undefined) running.write(Buffer.from(input));
    running.endInput();
  });
}

function aborted({ reason }: AbortSignal): Error {
  return Object.assign(new Error('the program was aborted', { cause: reason }), { name: 'AbortError' });
}

/** What was printed, up to a limit. */
class Collector {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when the limit is exceeded. */
  take(chunk: Buffer): boolean {
    this.#size += chunk.length;
    if (this.#size > this.#limit) return false;
    this.#chunks.push(chunk);
    return true;
  }

  content(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

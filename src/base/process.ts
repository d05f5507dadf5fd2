import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Bytes kept of each stream; more ends the process with an error. Default 64 MiB. */
  readonly maximumOutput?: number;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const DEFAULT_MAXIMUM_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs a program to its end, without a shell. A code other than 0 is a result, not an error.
 * Rejects when the program cannot be started, prints too much or the signal aborts (it is killed then).
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const limit = options.maximumOutput ?? DEFAULT_MAXIMUM_OUTPUT;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd: options.directory,
      env: options.environment ?? process.env,
      signal: options.signal,
      killSignal: 'SIGKILL',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = collect(child.stdout, limit, () => child.kill('SIGKILL'));
    const errors = collect(child.stderr, limit, () => child.kill('SIGKILL'));
    child.on('error', reject);
    child.on('close', (code) => {
      if (output.exceeded || errors.exceeded) reject(new Error(`${program} printed more than ${limit} bytes`));
      else resolve({ code: code ?? -1, stdout: output.content(), stderr: errors.content().toString() });
    });
    child.stdin.on('error', () => {}); // a program that ends without reading its input is not our error
    child.stdin.end(options.input);
  });
}

interface Collector {
  exceeded: boolean;
  content(): Buffer;
}

function collect(stream: NodeJS.ReadableStream, limit: number, stop: () => void): Collector {
  const chunks: Buffer[] = [];
  let size = 0;
  const collector: Collector = { exceeded: false, content: () => Buffer.concat(chunks) };
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else if (!collector.exceeded) {
      collector.exceeded = true;
      stop();
    }
  });
  return collector;
}

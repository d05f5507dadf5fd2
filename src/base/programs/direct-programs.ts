import { spawn } from 'node:child_process';
import type { ProgramListener, ProgramOptions, Programs, RunningProgram } from './programs.ts';

/**
 * Programs as children of this process. To start one takes longer the larger this process is, and nothing else happens
 * meanwhile: some 80 µs for each MiB of memory, since its page tables are copied.
 */
export const directPrograms: Programs = {
  start(program, args, options, listener) {
    return startDirectly(program, args, options, listener);
  },
  close: () => Promise.resolve(),
};

function startDirectly(
  program: string,
  args: readonly string[],
  { directory, environment }: ProgramOptions,
  listener: ProgramListener,
): RunningProgram {
  const child = spawn(program, [...args], {
    cwd: directory,
    env: environment ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let isStarted = true;
  child.on('error', (error) => {
    if (child.pid !== undefined) return; // only that it could not be killed
    isStarted = false;
    listener.onFailure(error);
  });
  child.stdout.on('data', (chunk: Buffer) => listener.onOutput(chunk));
  child.stderr.on('data', (chunk: Buffer) => listener.onError(chunk));
  child.on('close', (code) => {
    if (isStarted) listener.onEnd(code ?? -1);
  });
  child.stdin.on('error', () => {}); // a program that ends without reading its input is not our error
  return {
    write: (chunk) => void child.stdin.write(chunk),
    endInput: () => void child.stdin.end(),
    kill: (signal) => void child.kill(signal),
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { withLimits } from './limits.ts';
import type { ProgramListener, ProgramOptions, Programs, RunningProgram } from './programs.ts';

/**
 * Starts programs as children of this process. The larger this process is the longer a start takes, and it blocks the
 * event loop: some 80 µs for each MiB of memory, since fork copies the page tables.
 */
export const directPrograms: Programs = {
  start(program, args, options, listener) {
    return startDirectly(program, args, options, listener, false);
  },
  close: () => Promise.resolve(),
};

/**
 * The same, each program as the leader of a process group: signals reach the programs that it has started too, such as
 * the `ssh` of a `git push`, and those of a terminal reach none of them.
 */
export const groupedPrograms: Programs = {
  start(program, args, options, listener) {
    return startDirectly(program, args, options, listener, true);
  },
  close: () => Promise.resolve(),
};

function startDirectly(
  program: string,
  args: readonly string[],
  { directory, environment, limits }: ProgramOptions,
  listener: ProgramListener,
  leadsGroup: boolean,
): RunningProgram {
  const [command, ...rest] = withLimits(program, args, limits);
  const child = spawn(command, rest, {
    detached: leadsGroup,
    cwd: directory,
    env: environment ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let isStarted = true;
  child.on('error', (error) => {
    if (child.pid !== undefined) return; // this is only a failed kill
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
    kill: (signal) => void (leadsGroup ? killGroup(child, signal) : child.kill(signal)),
  };
}

/** The group may outlive its leader. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

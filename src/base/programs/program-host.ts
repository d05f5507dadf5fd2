/**
 * The helper process that starts programs for a large parent process. It exits with its parent, however that
 * ends, and its programs end before it.
 */
import { groupedPrograms } from './direct-programs.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FromHost, ToHost } from './host-messages.ts';
import type { RunningProgram } from './programs.ts';

const running = new Map<number, RunningProgram>();

function tell(message: FromHost): void {
  process.send?.(message, undefined, undefined, () => {}); // the parent is gone: see `disconnect`
}

type Start = Extract<ToHost, { kind: 'start' }>;

function start({ id, program, args, directory, environment, limits }: Start): void {
  const started = groupedPrograms.start(
    program,
    args,
    { directory, environment, limits },
    {
      onOutput: (chunk) => tell({ kind: 'output', id, chunk }),
      onError: (chunk) => tell({ kind: 'error', id, chunk }),
      onEnd(code) {
        running.delete(id);
        tell({ kind: 'end', id, code });
      },
      onFailure: (error) => fail(id, error),
    },
  );
  running.set(id, started);
}

/** A program that cannot be spawned at all, e.g. for a zero byte in an argument, must not end the others. */
function tryToStart(message: Start): void {
  try {
    start(message);
  } catch (error) {
    fail(message.id, error);
  }
}

function fail(id: number, error: unknown): void {
  running.delete(id);
  const { message, code } = error as Partial<NodeJS.ErrnoException>;
  tell({ kind: 'failure', id, message: message ?? String(error), code: code ?? '' });
}

/** A program that was asked to end may take this long, e.g. to remove its locks. */
const END_MILLISECONDS = 1000;
const END_POLL_MILLISECONDS = 20;

/** The parent is gone: what runs for it has no use any more. */
async function endPrograms(): Promise<void> {
  for (const program of running.values()) program.kill('SIGTERM');
  for (const end = Date.now() + END_MILLISECONDS; running.size > 0 && Date.now() < end; ) {
    await sleep(END_POLL_MILLISECONDS);
  }
  for (const program of running.values()) program.kill('SIGKILL');
  process.exit(0);
}

process.title = 'nautes: starts programs';
process.on('message', (message: ToHost) => {
  if (message.kind === 'start') return tryToStart(message);
  const program = running.get(message.id);
  if (message.kind === 'write') program?.write(message.chunk);
  else if (message.kind === 'endInput') program?.endInput();
  else program?.kill(message.signal);
});
process.on('disconnect', () => void endPrograms());
// A terminal sends these to both: the parent decides when to stop.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

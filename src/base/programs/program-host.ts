/**
 * The process that starts programs for a large one, which it is a child of. It goes with it, and leaves what it has
 * started to itself then, as the children of a process that ends are.
 */
import { directPrograms } from './direct-programs.ts';
import type { FromHost, ToHost } from './host-messages.ts';
import type { RunningProgram } from './programs.ts';

const running = new Map<number, RunningProgram>();

function tell(message: FromHost): void {
  process.send?.(message, undefined, undefined, () => {}); // nobody listens any more: see `disconnect`
}

function start({ id, program, args, directory, environment }: Extract<ToHost, { kind: 'start' }>): void {
  const started = directPrograms.start(
    program,
    args,
    { directory, environment },
    {
      onOutput: (chunk) => tell({ kind: 'output', id, chunk }),
      onError: (chunk) => tell({ kind: 'error', id, chunk }),
      onEnd(code) {
        running.delete(id);
        tell({ kind: 'end', id, code });
      },
      onFailure(error) {
        running.delete(id);
        const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
        tell({ kind: 'failure', id, message: error.message, code });
      },
    },
  );
  running.set(id, started);
}

process.title = 'nautes: starts programs';
process.on('message', (message: ToHost) => {
  if (message.kind === 'start') return start(message);
  const program = running.get(message.id);
  if (message.kind === 'write') program?.write(message.chunk);
  else if (message.kind === 'endInput') program?.endInput();
  else program?.kill(message.signal);
});
process.on('disconnect', () => process.exit(0));
// A terminal sends these to both: the large process decides when it is over.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

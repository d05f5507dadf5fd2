import { NautesError } from '../errors/errors.ts';

/** Aborts after the time with `RunOverdue`; `end` clears it. */
export function runDeadline(milliseconds: number): { readonly signal: AbortSignal; readonly end: () => void } {
  const deadline = new AbortController();
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  const timer = setTimeout(() => deadline.abort(new NautesError('RunOverdue', { minutes })), milliseconds);
  return { signal: deadline.signal, end: () => clearTimeout(timer) };
}

/** Whether the signal of a run has aborted because the run took too long. */
export function isRunOverdue({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof NautesError && reason.reason === 'RunOverdue';
}

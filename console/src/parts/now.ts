import { useSyncExternalStore } from 'react';

const TICK = 1000;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, rounded down to the step (milliseconds): the caller is rendered once in that time. */
export function useNow(step = 10_000): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now / step) * step);
}

import { sleep } from '../base/async/timing.ts';

/** The own clock of a replica and its timers; replaced in tests. */
export interface OwnClock {
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  /** Resolves after the time; rejects with the reason of the signal when it aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Calls back after the time, unless it is cancelled. */
  readonly schedule: (milliseconds: number, callback: () => void) => () => void;
}

interface Sources {
  /** Counts while the process is stopped, but not while the whole machine sleeps. Milliseconds. */
  readonly monotonic: () => number;
  /** The time of day: counts the sleep of the machine, but may be set. Milliseconds. */
  readonly wall: () => number;
}

/** A time of day that moves by more than this against the monotonic clock was set, or the machine has slept. */
const JUMP_MILLISECONDS = 500;

/**
 * The time that has passed by a monotonic clock, and the jumps forward of the time of day besides: the monotonic clock of
 * a virtual machine that was suspended or moved knows nothing of it. A time of day that was set forward makes a replica
 * stop early, which is harmless.
 */
export function elapsedTime({ monotonic, wall }: Sources): () => number {
  let jumps = 0;
  let difference = wall() - monotonic();
  return () => {
    const [now, then] = [monotonic(), difference];
    difference = wall() - now;
    if (difference - then > JUMP_MILLISECONDS) jumps += difference - then;
    return now + jumps;
  };
}

/** The clock of this process. */
export function ownClock(): OwnClock {
  return {
    now: elapsedTime({ monotonic: () => performance.now(), wall: () => Date.now() }),
    sleep,
    schedule: (milliseconds, callback) => {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}

import type { StageRow } from '../../progress/stage-rows.ts';

interface Lap {
  readonly begun: number;
  ended?: number;
}

/** How long each row has been worked on, by what was seen of it. */
export class Stopwatch {
  readonly started: number;
  readonly #now: () => number;
  readonly #laps = new Map<string, Lap>();

  constructor(now: () => number) {
    this.#now = now;
    this.started = now();
  }

  /** Takes the time of what has begun or ended since the last look. */
  look(rows: readonly StageRow[]): void {
    const now = this.#now();
    for (const { key, mark } of rows) {
      const lap = this.#laps.get(key);
      const isOpen = mark === 'active' || mark === 'failed';
      if (isOpen && (lap === undefined || lap.ended !== undefined)) this.#laps.set(key, { begun: now });
      // What is done when it is first seen was done while we watched the one before: it took less than a look.
      else if (mark === 'done' && lap === undefined) this.#laps.set(key, { begun: now, ended: now });
      else if (!isOpen && lap !== undefined) lap.ended ??= now;
    }
  }

  /** Milliseconds that the row took or takes until now; `undefined` before it begins. */
  of(key: string): number | undefined {
    const lap = this.#laps.get(key);
    return lap === undefined ? undefined : (lap.ended ?? this.#now()) - lap.begun;
  }

  get total(): number {
    return this.#now() - this.started;
  }
}

/** `8s`, `1m05s`, `2h03m`; empty for less than a second. */
export function durationText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 1) return '';
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor(seconds / 60) % 60)}m`;
}

/** The current time; replaced in tests. Timers are not part of it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** RFC 3339 with milliseconds. */
export function preciseTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** RFC 3339 with seconds, the form Kubernetes uses for its timestamps. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

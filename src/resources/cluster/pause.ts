/** Maintenance of a cluster by people: it is checked and not changed. What is not known is empty. */
export interface Pause {
  /** Who asked for it. */
  readonly by: string;
  /** RFC 3339. */
  readonly since: string;
  /** When it ends by itself (RFC 3339); empty: when somebody resumes the cluster. */
  readonly until: string;
  readonly reason: string;
}

/** The longest reason. */
export const MAXIMUM_PAUSE_REASON = 200;

/** The pause that is in force at this time, in milliseconds since the epoch. */
export function activePause({ paused }: { readonly paused?: Pause }, now: number): Pause | undefined {
  if (paused === undefined) return undefined;
  return paused.until !== '' && Date.parse(paused.until) <= now ? undefined : paused;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** The time as RFC 3339 in UTC; `undefined` when it is none. */
export function readTime(text: string): string | undefined {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** What callers saw who each asked again as soon as they were answered. May be one of several rounds. */
export interface LoadResult {
  readonly seconds: number;
  /** Latencies in milliseconds, one for each request. */
  readonly latencies: readonly number[];
}

/** Carries out `requests` calls, at most `callers` at a time. The first that fails ends it. */
export async function applyLoad(requests: number, callers: number, call: () => Promise<void>): Promise<LoadResult> {
  const latencies: number[] = [];
  let begun = 0;
  const caller = async (): Promise<void> => {
    while (begun < requests) {
      begun += 1;
      const started = performance.now();
      await call();
      latencies.push(performance.now() - started);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return { seconds: (performance.now() - started) / 1000, latencies };
}

export interface LoadSummary {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** All rounds as one. */
export function summarizeLoad(rounds: readonly LoadResult[]): LoadSummary {
  const latencies = rounds.flatMap((round) => round.latencies).sort((left, right) => left - right);
  const seconds = rounds.reduce((sum, round) => sum + round.seconds, 0);
  return { perSecond: latencies.length / seconds, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** The nearest-rank percentile of sorted values. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

export function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((left, right) => left - right),
    0.5,
  );
}

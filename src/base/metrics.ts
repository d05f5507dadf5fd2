/** Counters and timings of work. Names follow Prometheus' conventions: base units, low label cardinality. */

interface MetricDefinition {
  readonly name: string;
  readonly help: string;
  /** Labels never hold a name that users choose. */
  readonly labels: readonly string[];
}

export interface CounterDefinition extends MetricDefinition {
  readonly type: 'counter';
}

export interface HistogramDefinition extends MetricDefinition {
  readonly type: 'histogram';
  readonly buckets: readonly number[];
}

export type MetricLabels = Readonly<Record<string, string>>;

/** Buckets of durations, in seconds. */
export const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60] as const;

/** Where parts report what they do. Gauges are read from the parts when metrics are scraped. */
export interface Metrics {
  add(counter: CounterDefinition, labels?: MetricLabels, amount?: number): void;
  observe(histogram: HistogramDefinition, value: number, labels?: MetricLabels): void;
}

export const noMetrics: Metrics = {
  add() {},
  observe() {},
};

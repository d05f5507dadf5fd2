import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  type CounterName,
  counters,
  type HistogramName,
  histograms,
  type MetricLabels,
  type Metrics,
} from '../../../base/metrics.ts';
import type { MetricsText } from '../../../api/index.ts';

/** A gauge that is read when somebody asks. */
export interface GaugeReading {
  readonly name: string;
  readonly help: string;
  readonly values: readonly { readonly labels: MetricLabels; readonly value: number }[];
}

/** Counts in the format of Prometheus, with what Node tells of its process. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<CounterName, Counter>();
  readonly #histograms = new Map<HistogramName, Histogram>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #readings: () => Promise<readonly GaugeReading[]>;
  #rendering: Promise<MetricsText> | undefined;

  /** @param readings the gauges of this moment */
  constructor(readings: () => Promise<readonly GaugeReading[]>) {
    this.#readings = readings;
    const registers = [this.#registry];
    for (const [name, { help, labels }] of Object.entries(counters)) {
      this.#counters.set(name as CounterName, new Counter({ name, help, labelNames: [...labels], registers }));
    }
    for (const [name, { help, labels, buckets }] of Object.entries(histograms)) {
      const options = { name, help, labelNames: [...labels], buckets: [...buckets], registers };
      this.#histograms.set(name as HistogramName, new Histogram(options));
    }
    collectDefaultMetrics({ register: this.#registry });
  }

  add(name: CounterName, labels: MetricLabels = {}, amount = 1): void {
    this.#counters.get(name)?.inc(labels, amount);
  }

  observe(name: HistogramName, value: number, labels: MetricLabels = {}): void {
    this.#histograms.get(name)?.observe(labels, value);
  }

  /** Everything as text. Who asks while it is being made gets the same. */
  text(): Promise<MetricsText> {
    this.#rendering ??= this.#render().finally(() => {
      this.#rendering = undefined;
    });
    return this.#rendering;
  }

  /** Stops watching the process. */
  close(): void {
    this.#registry.clear();
  }

  async #render(): Promise<MetricsText> {
    for (const reading of await this.#readings()) this.#set(reading);
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #set({ name, help, values }: GaugeReading): void {
    const [first] = values;
    const known = this.#gauges.get(name);
    known?.reset();
    if (first === undefined) return; // its labels are known with its first value
    const labelNames = Object.keys(first.labels);
    const gauge = known ?? new Gauge({ name, help, labelNames, registers: [this.#registry] });
    this.#gauges.set(name, gauge);
    for (const { labels, value } of values) gauge.set(labels, value);
  }
}

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CounterDefinition, HistogramDefinition, MetricLabels, Metrics } from '../../../base/metrics.ts';
import type { MetricsText } from '../../../api/index.ts';

type MetricDefinition = CounterDefinition | HistogramDefinition;

/** A gauge that is read at each scrape. */
export interface GaugeReading {
  readonly name: string;
  readonly help: string;
  readonly values: readonly { readonly labels: MetricLabels; readonly value: number }[];
}

/** Counters in the format of Prometheus, with Node's metrics of its process. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #readings: () => Promise<readonly GaugeReading[]>;
  #rendering: Promise<MetricsText> | undefined;

  /**
   * @param definitions the metrics; there are no others
   * @param readings the current gauges
   */
  constructor(definitions: readonly MetricDefinition[], readings: () => Promise<readonly GaugeReading[]>) {
    this.#readings = readings;
    for (const definition of definitions) this.#register(definition);
    collectDefaultMetrics({ register: this.#registry });
  }

  #register(definition: MetricDefinition): void {
    const { name, help, labels } = definition;
    const options = { name, help, labelNames: [...labels], registers: [this.#registry] };
    if (definition.type === 'counter') this.#counters.set(name, new Counter(options));
    else this.#histograms.set(name, new Histogram({ ...options, buckets: [...definition.buckets] }));
  }

  add({ name }: CounterDefinition, labels: MetricLabels = {}, amount = 1): void {
    this.#counters.get(name)?.inc(labels, amount);
  }

  observe({ name }: HistogramDefinition, value: number, labels: MetricLabels = {}): void {
    this.#histograms.get(name)?.observe(labels, value);
  }

  /** All metrics as text. Concurrent scrapes share one rendering. */
  text(): Promise<MetricsText> {
    this.#rendering ??= this.#render().finally(() => {
      this.#rendering = undefined;
    });
    return this.#rendering;
  }

  /** Stops the process metrics. */
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
    if (first === undefined) return; // its labels are known from its first value
    const labelNames = Object.keys(first.labels);
    const gauge = known ?? new Gauge({ name, help, labelNames, registers: [this.#registry] });
    this.#gauges.set(name, gauge);
    for (const { labels, value } of values) gauge.set(labels, value);
  }
}

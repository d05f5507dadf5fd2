import { type CounterDefinition, type HistogramDefinition, SECONDS } from '../base/metrics.ts';

export const runCount: CounterDefinition = {
  type: 'counter',
  name: 'nautes_reconcile_total',
  help: 'Runs of the controllers: done, failed.',
  labels: ['lane', 'result'],
};

export const runDuration: HistogramDefinition = {
  type: 'histogram',
  name: 'nautes_reconcile_duration_seconds',
  help: 'One run for one resource.',
  labels: ['lane'],
  buckets: SECONDS,
};

export const runFailures: CounterDefinition = {
  type: 'counter',
  name: 'nautes_reconcile_failures_total',
  help: 'Runs that failed, by kind of resource and reason.',
  labels: ['kind', 'reason'],
};

/** What reconcilers count. */
export const reconcileMetrics = [runCount, runDuration, runFailures] as const;

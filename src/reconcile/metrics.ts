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

/** What reconcilers count. */
export const reconcileMetrics = [runCount, runDuration] as const;

import { type CounterDefinition, type HistogramDefinition, SECONDS } from '../base/metrics.ts';

export const requestCount: CounterDefinition = {
  type: 'counter',
  name: 'nautes_http_requests_total',
  help: 'Requests answered.',
  labels: ['method', 'route', 'status'],
};

export const requestDuration: HistogramDefinition = {
  type: 'histogram',
  name: 'nautes_http_request_duration_seconds',
  help: 'From the headers of a request to the end of its answer, without event streams.',
  labels: ['method', 'route'],
  buckets: SECONDS,
};

/** What the API counts. */
export const apiMetrics = [requestCount, requestDuration] as const;

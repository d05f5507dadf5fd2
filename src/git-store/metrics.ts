import { type CounterDefinition, type HistogramDefinition, SECONDS } from '../base/metrics.ts';

export const commitCount: CounterDefinition = {
  type: 'counter',
  name: 'nautes_git_commits_total',
  help: 'Commits published.',
  labels: [],
};

export const pushCount: CounterDefinition = {
  type: 'counter',
  name: 'nautes_git_pushes_total',
  help: 'Attempts to move the branch: accepted, moved (others were faster), refused, failed.',
  labels: ['result'],
};

export const pushDuration: HistogramDefinition = {
  type: 'histogram',
  name: 'nautes_git_push_duration_seconds',
  help: 'Moving the branch.',
  labels: [],
  buckets: SECONDS,
};

export const batchSize: HistogramDefinition = {
  type: 'histogram',
  name: 'nautes_git_batch_commits',
  help: 'Commits in one accepted move of the branch.',
  labels: [],
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
};

/** What the Git store counts. */
export const gitMetrics = [commitCount, pushCount, pushDuration, batchSize] as const;

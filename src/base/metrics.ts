/** What is counted and timed while work is done. Names follow Prometheus' practice: base units, few label values. */

interface Definition {
  readonly help: string;
  /** None of them ever holds a name that people choose. */
  readonly labels: readonly string[];
}

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60] as const;

export const counters = {
  nautes_http_requests_total: { help: 'Requests answered.', labels: ['method', 'route', 'status'] },
  nautes_git_commits_total: { help: 'Commits published.', labels: [] },
  nautes_git_pushes_total: {
    help: 'Attempts to move the branch: accepted, moved (others were faster), refused, failed.',
    labels: ['result'],
  },
  nautes_reconcile_total: { help: 'Runs of the controllers: done, failed.', labels: ['lane', 'result'] },
} as const satisfies Readonly<Record<string, Definition>>;

export const histograms = {
  nautes_http_request_duration_seconds: {
    help: 'From the headers of a request to the end of its answer, without event streams.',
    labels: ['method', 'route'],
    buckets: SECONDS,
  },
  nautes_git_push_duration_seconds: { help: 'Moving the branch.', labels: [], buckets: SECONDS },
  nautes_git_batch_commits: {
    help: 'Commits in one accepted move of the branch.',
    labels: [],
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
  },
  nautes_reconcile_duration_seconds: { help: 'One run for one cluster.', labels: ['lane'], buckets: SECONDS },
} as const satisfies Readonly<Record<string, Definition & { readonly buckets: readonly number[] }>>;

export type CounterName = keyof typeof counters;
export type HistogramName = keyof typeof histograms;
export type MetricLabels = Readonly<Record<string, string>>;

/** Where parts report what they do. What is a state rather than an act is read from them when somebody asks. */
export interface Metrics {
  add(name: CounterName, labels?: MetricLabels, amount?: number): void;
  observe(name: HistogramName, value: number, labels?: MetricLabels): void;
}

export const noMetrics: Metrics = {
  add() {},
  observe() {},
};

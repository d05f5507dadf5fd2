import type { Text } from '../../src/messages/text.ts';

/** A graph or a number of the dashboard. */
export interface Panel {
  readonly title: Text;
  /** Expressions in PromQL; `$selector` stands for the matchers of the installation that is looked at. */
  readonly queries: readonly Query[];
  readonly type?: 'timeseries' | 'stat';
  /** Unit in Grafana's names. Default: a number. */
  readonly unit?: 'none' | 's' | 'bytes' | 'reqps' | 'ops' | 'percentunit';
  readonly isStacked?: boolean;
}

interface Query {
  readonly expression: string;
  /** Grafana's legend, e.g. `{{phase}}`. */
  readonly legend: Text | string;
}

export interface Row {
  readonly title: Text;
  readonly panels: readonly Panel[];
}

/** The rate window that Grafana chooses from the scrape interval. */
const WINDOW = '[$__rate_interval]';

const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}{$selector}${WINDOW}))`;
const slowest = (metric: string, by = ''): string =>
  `histogram_quantile(0.95, sum by (${['le', by].filter((label) => label !== '').join(', ')}) (rate(${metric}_bucket{$selector}${WINDOW})))`;
/** Every replica reports the whole fleet, so the largest is taken, not the sum. */
const fleet = (metric: string, by = '', matchers = ''): string => {
  const labels = by === '' ? '' : ` by (${by})`;
  return `max${labels} (${metric}{$selector${matchers === '' ? '' : `, ${matchers}`}})`;
};

/** What the Grafana dashboard shows, from the fleet down to the process. */
export const rows: readonly Row[] = [
  {
    title: { en: 'Fleet', zh: '集群总览' },
    panels: [
      {
        title: { en: 'Clusters ready', zh: '就绪的集群' },
        type: 'stat',
        queries: [
          { expression: fleet('nautes_clusters', '', 'phase="Ready"'), legend: { en: 'ready', zh: '就绪' } },
          { expression: `sum(${fleet('nautes_clusters', 'phase')})`, legend: { en: 'registered', zh: '已注册' } },
        ],
      },
      {
        title: { en: 'Clusters by phase', zh: '集群（按阶段）' },
        isStacked: true,
        queries: [{ expression: fleet('nautes_clusters', 'phase'), legend: '{{phase}}' }],
      },
      {
        title: { en: 'Conditions that are False', zh: '为 False 的 condition' },
        queries: [
          {
            expression: fleet('nautes_cluster_conditions', 'condition', 'status="False", condition!="Ready"'),
            legend: '{{condition}}',
          },
        ],
      },
      {
        title: { en: 'Components that are not ready', zh: '未就绪的组件' },
        isStacked: true,
        queries: [
          {
            expression: fleet('nautes_components', 'component, phase', 'phase!="Ready"'),
            legend: '{{component}} {{phase}}',
          },
        ],
      },
      {
        title: { en: 'Repairs of drift', zh: '漂移修复' },
        unit: 'ops',
        queries: [
          { expression: rate('nautes_repairs_total', 'component'), legend: '{{component}}' },
          { expression: fleet('nautes_components_contested'), legend: { en: 'contested', zh: '有争用' } },
        ],
      },
      {
        title: { en: 'Publications', zh: '发布' },
        queries: [
          {
            expression: fleet('nautes_publications', 'publication, state', 'state!="Published"'),
            legend: '{{publication}} {{state}}',
          },
          { expression: fleet('nautes_publications', 'publication', 'state="Published"'), legend: '{{publication}}' },
        ],
      },
      {
        title: { en: 'Deletions', zh: '删除' },
        queries: [{ expression: fleet('nautes_deletions', 'state'), legend: '{{state}}' }],
      },
      {
        title: { en: 'Age of the oldest deletion', zh: '最早的删除已进行的时间' },
        unit: 's',
        queries: [{ expression: fleet('nautes_deletion_oldest_seconds'), legend: { en: 'oldest', zh: '最早' } }],
      },
      {
        title: { en: 'Credentials', zh: '凭据' },
        queries: [
          { expression: fleet('nautes_credentials_overdue'), legend: { en: 'renewal overdue', zh: '续期逾期' } },
          {
            expression: fleet('nautes_credentials_expiring'),
            legend: { en: 'end within a week', zh: '一周内到期' },
          },
        ],
      },
      {
        title: { en: 'Until the first credential ends', zh: '距最早到期的凭据' },
        type: 'stat',
        unit: 's',
        queries: [
          {
            expression: 'min(nautes_credential_expiry_timestamp_seconds{$selector}) - time()',
            legend: { en: 'left', zh: '剩余' },
          },
        ],
      },
    ],
  },
  {
    title: { en: 'Controllers', zh: '控制器' },
    panels: [
      {
        title: { en: 'Replicas', zh: '副本' },
        queries: [
          { expression: fleet('nautes_replicas'), legend: { en: 'alive', zh: '存活' } },
          {
            expression: 'sum(nautes_replica_member{$selector})',
            legend: { en: 'with a fresh Lease', zh: 'Lease 有效' },
          },
        ],
      },
      {
        title: { en: 'Parts of the work', zh: '工作的划分' },
        isStacked: true,
        queries: [
          { expression: 'nautes_replica_buckets_owned{$selector}', legend: '{{instance}}' },
          { expression: fleet('nautes_replica_buckets_unowned'), legend: { en: 'of no replica', zh: '无副本负责' } },
        ],
      },
      {
        title: { en: 'Queue', zh: '队列' },
        queries: [
          {
            expression: 'sum by (lane) (nautes_workqueue_depth{$selector})',
            legend: { en: 'waiting, {{lane}}', zh: '等待，{{lane}}' },
          },
          {
            expression: 'sum by (lane) (nautes_workqueue_running{$selector})',
            legend: { en: 'running, {{lane}}', zh: '运行，{{lane}}' },
          },
        ],
      },
      {
        title: { en: 'Longest wait in the queue', zh: '队列中最长的等待' },
        unit: 's',
        queries: [{ expression: fleet('nautes_workqueue_oldest_seconds', 'lane'), legend: '{{lane}}' }],
      },
      {
        title: { en: 'Runs', zh: '运行' },
        unit: 'ops',
        queries: [{ expression: rate('nautes_reconcile_total', 'lane, result'), legend: '{{lane}} {{result}}' }],
      },
      {
        title: { en: 'Duration of a run (95 %)', zh: '一次运行的时长（95 %）' },
        unit: 's',
        queries: [{ expression: slowest('nautes_reconcile_duration_seconds', 'lane'), legend: '{{lane}}' }],
      },
      {
        title: { en: 'Failed runs by reason', zh: '失败的运行（按原因）' },
        unit: 'ops',
        queries: [{ expression: rate('nautes_reconcile_failures_total', 'reason'), legend: '{{reason}}' }],
      },
      {
        title: { en: 'Connections to clusters', zh: '与集群的连接' },
        queries: [{ expression: 'nautes_cluster_connections_open{$selector}', legend: '{{instance}}' }],
      },
    ],
  },
  {
    title: { en: 'API and repository', zh: 'API 与仓库' },
    panels: [
      {
        title: { en: 'Requests', zh: '请求' },
        unit: 'reqps',
        queries: [{ expression: rate('nautes_http_requests_total', 'status'), legend: '{{status}}' }],
      },
      {
        title: { en: 'Duration of a request (95 %)', zh: '一次请求的时长（95 %）' },
        unit: 's',
        queries: [{ expression: slowest('nautes_http_request_duration_seconds', 'method'), legend: '{{method}}' }],
      },
      {
        title: { en: 'Event streams', zh: '事件流' },
        queries: [{ expression: 'nautes_event_streams_open{$selector}', legend: '{{instance}}' }],
      },
      {
        title: { en: 'Pushes', zh: '推送' },
        unit: 'ops',
        queries: [
          { expression: rate('nautes_git_pushes_total', 'result'), legend: '{{result}}' },
          {
            expression: `sum(rate(nautes_git_commits_total{$selector}${WINDOW}))`,
            legend: { en: 'commits', zh: '提交' },
          },
        ],
      },
      {
        title: { en: 'Duration of a push (95 %)', zh: '一次推送的时长（95 %）' },
        unit: 's',
        queries: [{ expression: slowest('nautes_git_push_duration_seconds'), legend: { en: 'push', zh: '推送' } }],
      },
      {
        title: { en: 'Checks that are not ok', zh: '不正常的检查' },
        queries: [
          {
            expression: fleet('nautes_check', 'check, state', 'state=~"degraded|failed"'),
            legend: '{{check}} {{state}}',
          },
        ],
      },
    ],
  },
  {
    title: { en: 'Process', zh: '进程' },
    panels: [
      {
        title: { en: 'Processor', zh: '处理器' },
        unit: 'percentunit',
        queries: [{ expression: `rate(process_cpu_seconds_total{$selector}${WINDOW})`, legend: '{{instance}}' }],
      },
      {
        title: { en: 'Memory', zh: '内存' },
        unit: 'bytes',
        queries: [{ expression: 'process_resident_memory_bytes{$selector}', legend: '{{instance}}' }],
      },
      {
        title: { en: 'Lag of the event loop (99 %)', zh: '事件循环延迟（99 %）' },
        unit: 's',
        queries: [{ expression: 'nodejs_eventloop_lag_p99_seconds{$selector}', legend: '{{instance}}' }],
      },
    ],
  },
];

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { anchorsOf } from '../../tools/docs/markdown.ts';
import { dashboardExpressions } from '../../tools/monitoring/dashboard.ts';
import { PROMTOOL_NOT_BUILT, promtoolBinary } from '../../tools/prometheus/binary.ts';
import { type Sample, withValues } from './exposition.ts';
import { ADDED_LABELS, groupingLabels, type MetricUse, metricsIn } from './expressions.ts';
import { evaluateRules, type Firing, TARGET } from './promtool.ts';
import { type AlertRule, alertRules } from './rules.ts';
import { type Scrapes, scrapeServers } from './scrapes.ts';

const rules = await alertRules();
const withoutPromtool = (await promtoolBinary()) === undefined && PROMTOOL_NOT_BUILT;

/** How the metrics of a real server have to change for an alert, and what it then says in the place of its value. */
interface AlertCase {
  readonly scrape: keyof Scrapes;
  readonly changes: readonly (readonly [series: string, value: number])[];
  readonly value: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const cases: Readonly<Record<string, AlertCase>> = {
  NautesClusterNotReachable: { scrape: 'unreachable', changes: [], value: '1' },
  NautesCredentialEnding: { scrape: 'healthy', changes: [['nautes_credentials_overdue{}', 2]], value: '2' },
  NautesDeletionStuck: {
    scrape: 'healthy',
    changes: [['nautes_deletion_oldest_seconds{}', 7200]],
    value: '2h 0m 0s',
  },
  NautesDriftContested: { scrape: 'healthy', changes: [['nautes_components_contested{}', 1]], value: '1' },
  NautesQueueBehind: {
    scrape: 'healthy',
    changes: [['nautes_workqueue_oldest_seconds{lane="healthy"}', 300]],
    value: '5m 0s',
  },
  NautesStoreNotWritable: {
    scrape: 'healthy',
    changes: [['nautes_check{check="status_store", state="failed"}', 1]],
    value: '1',
    labels: { check: 'status_store' },
  },
  NautesRemoteNotReachable: {
    scrape: 'healthy',
    changes: [['nautes_check{check="config_repository", state="degraded"}', 1]],
    value: '1',
  },
  NautesPublishFailing: {
    scrape: 'healthy',
    changes: [['nautes_publications{publication="argocd", state="Failing"}', 3]],
    value: '3',
    labels: { publication: 'argocd' },
  },
  NautesWorkWithoutReplica: {
    scrape: 'replica',
    changes: [['nautes_replica_buckets_unowned{}', 32]],
    value: '32',
  },
  NautesReplicaFenced: {
    scrape: 'replica',
    changes: [['nautes_replica_member{}', 0]],
    value: '0',
    labels: { instance: TARGET.instance },
  },
};

describe('alerts and dashboard', () => {
  let scrapes: Scrapes;
  let all: readonly Sample[];

  before(async () => {
    scrapes = await scrapeServers();
    all = Object.values(scrapes).flat();
  });

  const uses = (expressions: readonly string[]): readonly MetricUse[] => expressions.flatMap(metricsIn);

  it('every metric of an alert or a panel, with the labels that it names, is what a real server prints', () => {
    const problems = uses([...rules.map(({ expr }) => expr), ...dashboardExpressions()]).flatMap((use) =>
      problemsOf(use, all),
    );
    assert.deepEqual(problems, []);
  });

  it('every expression is of metrics of the server', () => {
    for (const expression of [...rules.map(({ expr }) => expr), ...dashboardExpressions()]) {
      assert.ok(metricsIn(expression).length > 0, expression);
    }
  });

  it('a cluster that cannot be reached and one that is being deleted are in the metrics', () => {
    const reachable = { condition: 'Reachable', status: 'False' };
    const count = (samples: readonly Sample[]) => valueOf(samples, 'nautes_cluster_conditions', reachable);
    assert.deepEqual([count(scrapes.healthy), count(scrapes.unreachable)], [0, 1]);
    const deletions = (samples: readonly Sample[]) =>
      samples.filter(({ name }) => name === 'nautes_deletions').reduce((sum, { value }) => sum + value, 0);
    assert.deepEqual([deletions(scrapes.healthy), deletions(scrapes.deleting)], [0, 1]);
  });

  it('every alert has a case here, and a section of the guide in both languages', async () => {
    assert.deepEqual(
      Object.keys(cases),
      rules.map(({ alert }) => alert),
    );
    for (const guide of ['docs/guides/monitoring.md', 'docs/zh-CN/guides/monitoring.md']) {
      const anchors = anchorsOf(await readFile(join(import.meta.dirname, '../..', guide), 'utf8'));
      for (const { annotations } of rules) {
        const [page, anchor = ''] = (annotations['runbook'] ?? '').split('#');
        assert.equal(page, 'docs/guides/monitoring.md');
        assert.ok(anchors.has(anchor), `${guide}#${anchor}`);
      }
    }
  });

  describe('evaluated by Prometheus', { skip: withoutPromtool }, () => {
    it('no alert fires on what a server prints whose clusters are all ready', async () => {
      for (const name of ['healthy', 'replica'] as const) {
        const { code, output } = await evaluateRules(rules, { name, samples: scrapes[name], firing: [] });
        assert.equal(code, 0, output);
      }
    });

    for (const rule of rules) {
      it(`${rule.alert} fires, says what it is about, and no other does`, async () => {
        const found = cases[rule.alert];
        assert.ok(found);
        const samples = withValues(scrapes[found.scrape], found.changes);
        const { code, output } = await evaluateRules(rules, {
          name: rule.alert,
          samples,
          firing: [firing(rule, found)],
        });
        assert.equal(code, 0, output);
      });
    }
  });
});

function firing(rule: AlertRule, { value, labels = {} }: AlertCase): Firing {
  const said = (template: string): string =>
    template
      .replace(/\{\{ \$value( \| humanizeDuration)? \}\}/g, value)
      .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '');
  const annotations = Object.entries(rule.annotations).map(([name, text]) => [name, said(text)] as const);
  return {
    rule,
    labels: { namespace: TARGET.namespace, job: TARGET.job, ...rule.labels, ...labels },
    annotations: Object.fromEntries(annotations),
  };
}

function valueOf(
  samples: readonly Sample[],
  wanted: string,
  labels: Readonly<Record<string, string>>,
): number | undefined {
  const isWanted = (sample: Sample): boolean =>
    sample.name === wanted && Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  return samples.find(isWanted)?.value;
}

/** What is wrong with a metric of an expression. */
function problemsOf({ name, matchers, expression }: MetricUse, samples: readonly Sample[]): readonly string[] {
  const series = samples.filter((sample) => sample.name === name);
  if (series.length === 0) return [`no metric ${name}`];
  const own = matchers.filter(({ label }) => !ADDED_LABELS.includes(label));
  const absent = own.filter(({ label, operator, value }) => {
    const values = new Set(series.map(({ labels }) => labels[label]));
    return operator === '=' ? !values.has(value) : values.has(undefined);
  });
  const labels = new Set([...ADDED_LABELS, ...series.flatMap((sample) => Object.keys(sample.labels))]);
  const grouped = groupingLabels(expression).filter((label) => !labels.has(label));
  return [
    ...absent.map(({ label, value }) => `${name} has no ${label}="${value}"`),
    ...grouped.map((label) => `${name} has no label ${label}: ${expression}`),
  ];
}

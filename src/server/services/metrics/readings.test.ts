import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { snapshotOf } from '../../../git-store/testing/snapshot.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { Cluster } from '../../../resources/cluster/cluster.ts';
import type { ClusterStatus } from '../../../resources/status.ts';
import { PrometheusMetrics } from './prometheus-metrics.ts';
import { type ReadingSources, readGauges } from './readings.ts';

const DAY = 86_400_000;
const now = Date.parse('2026-01-01T00:00:00Z');

const cluster = (name: string) => ({ name, spec: {} }) as Cluster;

function status(name: string, phase: ClusterStatus['phase'], expiresAt = ''): ClusterStatus {
  const component = { name: 'traefik', phase: phase === 'Ready' ? 'Ready' : 'Degraded' };
  return { name, phase, credential: { expiresAt, rotatedAt: '' }, components: [component] } as unknown as ClusterStatus;
}

function sources(statuses: readonly ClusterStatus[], names: readonly string[]): ReadingSources {
  const snapshot = snapshotOf(clusterFiles, names.map(cluster), { unreadable: ['odd'] });
  return {
    repo: { snapshot: () => snapshot, isCurrent: false },
    status: { list: async () => statuses },
    offboardings: { list: async () => [] },
    now: () => now,
    queue: () => undefined,
    connections: () => undefined,
    eventStreams: () => 3,
  };
}

async function textOf(statuses: readonly ClusterStatus[], names: readonly string[]): Promise<string> {
  const metrics = new PrometheusMetrics([], () => readGauges(sources(statuses, names)));
  try {
    return (await metrics.text()).text;
  } finally {
    metrics.close();
  }
}

describe('gauges', () => {
  it('sum clusters, components and the ends of credentials up', async () => {
    const statuses = [
      status('a', 'Ready', new Date(now + 3 * DAY).toISOString()),
      status('b', 'Ready', new Date(now + 30 * DAY).toISOString()),
      status('c', 'Degraded'),
    ];
    const text = await textOf(statuses, ['a', 'b', 'c', 'd']);
    const lines = [
      'nautes_clusters{phase="Ready"} 2',
      'nautes_clusters{phase="Degraded"} 1',
      'nautes_clusters{phase="Pending"} 2',
      'nautes_clusters{phase="Deleting"} 0',
      'nautes_components{component="traefik",phase="Ready"} 2',
      'nautes_components{component="traefik",phase="Degraded"} 1',
      'nautes_cluster_files_unreadable 1',
      'nautes_credentials_expiring 1',
      `nautes_credential_expiry_timestamp_seconds ${(now + 3 * DAY) / 1000}`,
      'nautes_config_repository_current 0',
      'nautes_event_streams_open 3',
    ];
    for (const line of lines) assert.ok(text.includes(`${line}\n`), line);
    assert.doesNotMatch(text, /nautes_workqueue|nautes_cluster_connections_open/);
  });

  it('are as many for a thousand clusters as for one', async () => {
    const series = async (count: number): Promise<number> => {
      const names = Array.from({ length: count }, (_, index) => `c${index}`);
      const text = await textOf(
        names.map((name) => status(name, 'Ready')),
        names,
      );
      return text.split('\n').filter((line) => line.startsWith('nautes_')).length;
    };
    assert.equal(await series(1000), await series(1));
  });

  it('forget what is no longer there', async () => {
    let statuses = [status('a', 'Degraded')];
    const metrics = new PrometheusMetrics([], () => readGauges(sources(statuses, ['a'])));
    assert.match((await metrics.text()).text, /component="traefik",phase="Degraded"/);
    statuses = [status('a', 'Ready')];
    assert.doesNotMatch((await metrics.text()).text, /component="traefik",phase="Degraded"/);
    metrics.close();
  });
});

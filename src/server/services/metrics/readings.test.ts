import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Snapshot } from '../../../git-store/index.ts';
import { snapshotOf } from '../../../git-store/testing/snapshot.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { Cluster } from '../../../resources/cluster/cluster.ts';
import { productFiles } from '../../../resources/product/product-files.ts';
import type { Product } from '../../../resources/product/product.ts';
import type { ResourceSets } from '../../../resources/repository-layout.ts';
import type { OffboardingRecord } from '../../../resources/cluster/offboarding-record.ts';
import type { CountedStatus } from './counted-statuses.ts';
import { PrometheusMetrics } from './prometheus-metrics.ts';
import { type ReadingSources, readGauges } from './readings.ts';

const DAY = 86_400_000;
const now = Date.parse('2026-01-01T00:00:00Z');

const allowed = { argocd: ['demo', 'absent'] };
const spec = { hostCluster: 'away', reservedNamespacesAllowedProducts: allowed, productAllowedClusterResources: {} };
const cluster = (name: string) => ({ name, spec: spec as Partial<Cluster['spec']> }) as Cluster;
const product: Product = { name: 'product-7', incarnation: 'i', spec: { group: 'demo', repository: 'https://git' } };

function status(name: string, phase: CountedStatus['phase'], expiresAt = '', rotatedAt = ''): CountedStatus {
  const isReady = phase === 'Ready';
  const component = isReady
    ? { name: 'traefik', phase, reason: 'Healthy' }
    : { name: 'traefik', phase: 'Degraded', reason: 'FieldContested' };
  const conditions = [
    { type: 'Reachable', status: isReady ? 'True' : 'False' },
    { type: 'Published', status: 'False', optional: true },
  ];
  return {
    name,
    phase,
    credential: { expiresAt, rotatedAt },
    components: [component],
    conditions,
    published: [
      { name: 'argocd', reason: isReady ? 'Published' : 'WaitsForReady' },
      { name: 'cluster-profiles', reason: 'PublicationForbidden' },
    ],
  } as unknown as CountedStatus;
}

function sources(statuses: readonly CountedStatus[], names: readonly string[]): ReadingSources {
  const clusters = snapshotOf(clusterFiles, names.map(cluster), { unreadable: ['odd'] });
  const products = snapshotOf(productFiles, [product], { unreadable: ['product-8'] });
  const sets = (kind: string): ResourceSets => (kind === 'Product' ? products : clusters);
  const snapshot: Snapshot = { commit: 'c', of: (layout) => sets(layout.kind).of(layout) };
  return {
    repo: { snapshot: () => snapshot, isCurrent: false },
    statuses: { list: async () => statuses },
    offboardings: { list: async () => offboardings },
    now: () => now,
    queue: () => undefined,
    connections: () => undefined,
    eventStreams: () => 3,
    readiness: async () => ({ checks: { status_store: 'failed', disk: 'ok' } }),
  };
}

async function textOf(statuses: readonly CountedStatus[], names: readonly string[]): Promise<string> {
  const metrics = new PrometheusMetrics([], () => readGauges(sources(statuses, names)));
  try {
    return (await metrics.text()).text;
  } finally {
    metrics.close();
  }
}

const begun = { requestedAt: new Date(now - 90_000).toISOString(), startedAt: '2026-01-01T00:00:00Z' };
const offboardings = [
  { requestedAt: new Date(now - 5_000).toISOString(), startedAt: '' },
  begun,
  { ...begun, reachedAt: begun.startedAt },
  { ...begun, reachedAt: begun.startedAt, components: { removed: [], left: [], remaining: [] } },
  { ...begun, reachedAt: begun.startedAt },
] as unknown as OffboardingRecord[];

describe('gauges', () => {
  it('aggregate clusters, components and expiries of credentials', async () => {
    const statuses = [
      status('a', 'Ready', new Date(now + 3 * DAY).toISOString()),
      status('b', 'Ready', new Date(now + 30 * DAY).toISOString(), new Date(now - DAY).toISOString()),
      status('e', 'Ready', new Date(now + 8 * DAY).toISOString(), new Date(now - 52 * DAY).toISOString()),
      status('c', 'Degraded'),
    ];
    const text = await textOf(statuses, ['a', 'b', 'c', 'd']);
    const lines = [
      'nautes_clusters{phase="Ready"} 3',
      'nautes_clusters{phase="Degraded"} 1',
      'nautes_clusters{phase="Pending"} 2',
      'nautes_clusters{phase="Deleting"} 0',
      'nautes_clusters_paused 0',
      'nautes_components{component="traefik",phase="Ready"} 3',
      'nautes_components{component="traefik",phase="Degraded"} 1',
      'nautes_offboardings 5',
      'nautes_deletions{state="Requested"} 1',
      'nautes_deletions{state="Unreached"} 1',
      'nautes_deletions{state="Removing"} 2',
      'nautes_deletions{state="Ending"} 1',
      'nautes_deletion_oldest_seconds 90',
      'nautes_cluster_files_unreadable 1',
      'nautes_products 1',
      'nautes_product_files_unreadable 1',
      'nautes_unresolved_references{kind="Cluster"} 4',
      'nautes_unresolved_references{kind="Product"} 4',
      'nautes_credentials_expiring 1',
      `nautes_credential_expiry_timestamp_seconds ${(now + 3 * DAY) / 1000}`,
      'nautes_config_repository_current 0',
      'nautes_event_streams_open 3',
      'nautes_cluster_conditions{condition="Reachable",status="True"} 3',
      'nautes_cluster_conditions{condition="Reachable",status="False"} 1',
      'nautes_cluster_conditions{condition="Published",status="False"} 0',
      'nautes_components_contested 1',
      'nautes_credentials_overdue 1',
      'nautes_publications{publication="argocd",state="Published"} 3',
      'nautes_publications{publication="argocd",state="Waiting"} 1',
      'nautes_publications{publication="cluster-profiles",state="Failing"} 4',
      'nautes_publications{publication="kubeconfig-secret",state="Published"} 0',
      'nautes_check{check="status_store",state="failed"} 1',
      'nautes_check{check="status_store",state="ok"} 0',
    ];
    for (const line of lines) assert.ok(text.includes(`${line}\n`), line);
    assert.doesNotMatch(text, /nautes_workqueue|nautes_cluster_connections_open/);
  });

  it('have as many series for a thousand clusters as for one', async () => {
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

  it('drop what no longer exists', async () => {
    let statuses = [status('a', 'Degraded')];
    const metrics = new PrometheusMetrics([], () => readGauges(sources(statuses, ['a'])));
    assert.match((await metrics.text()).text, /component="traefik",phase="Degraded"/);
    statuses = [status('a', 'Ready')];
    assert.doesNotMatch((await metrics.text()).text, /component="traefik",phase="Degraded"/);
    metrics.close();
  });
});

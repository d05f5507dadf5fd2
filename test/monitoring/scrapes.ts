import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/index.ts';
import type { JsonObject } from '../../sandbox/base/json.ts';
import { run } from '../../src/base/programs/process.ts';
import { parseManifest } from '../../src/kube-objects/manifest.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { waitUntil } from '../harness/wait-until.ts';
import { parseExposition, type Sample } from './exposition.ts';

const DEFINITIONS = join(import.meta.dirname, '../../deploy/definitions');
const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');

/** What `/metrics` of a real server prints. */
export interface Scrapes {
  /** Everything is as it should be. */
  readonly healthy: readonly Sample[];
  /** A cluster is not reachable. */
  readonly unreachable: readonly Sample[];
  /** That cluster is being deleted. */
  readonly deleting: readonly Sample[];
  /** The only replica that shares its state through a management cluster. */
  readonly replica: readonly Sample[];
}

/** Runs a server with simulated clusters through what the metrics are about. */
export async function scrapeServers(): Promise<Scrapes> {
  return { ...(await scrapeEmbedded()), replica: await scrapeReplica() };
}

/** Until it has all parts of the work. */
async function scrapeReplica(): Promise<readonly Sample[]> {
  await using opened = new AsyncDisposableStack();
  const sandbox = await startSandbox({ clusters: 1, basePort: 0 });
  opened.defer(() => sandbox.close());
  const [cluster] = sandbox.clusters;
  if (cluster === undefined) throw new Error('one cluster was asked for');
  for (const file of await readdir(DEFINITIONS)) {
    for (const object of parseManifest(await readFile(join(DEFINITIONS, file), 'utf8'))) {
      cluster.apply(object as unknown as JsonObject, 'test');
    }
  }
  cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nautes' } }, 'test');
  const directory = await mkdtemp(join(tmpdir(), 'nautes-scrape-'));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const [kubeconfig, repository] = [join(directory, 'kubeconfig'), join(directory, 'config.git')];
  await writeFile(kubeconfig, cluster.kubeconfig(), { mode: 0o600 });
  await run('git', ['init', '--bare', '--quiet', '--initial-branch', 'main', repository]);
  const configuration = {
    storage: 'kubernetes',
    management: { kubeconfig, namespace: 'nautes' },
    git: { remote: `file://${repository}` },
    metrics: { listen: '127.0.0.1:0' },
    log: { format: 'json' },
  };
  const server = opened.use(await NautesProcess.start({ configuration }));
  const url = /"url":"(http:[^"]+\/metrics)"/.exec(server.output)?.[1] ?? '';
  return await waitUntil('the replica has all of the work', async () => {
    const samples = parseExposition(await (await fetch(url)).text());
    return hasValue(samples, 'nautes_replica_buckets_owned', 64) && samples;
  });
}

async function scrapeEmbedded(): Promise<Omit<Scrapes, 'replica'>> {
  await using opened = new AsyncDisposableStack();
  const sandbox = await startSandbox({ clusters: 2, basePort: 0, workloadDelayMilliseconds: 50 });
  opened.defer(() => sandbox.close());
  const configuration = { catalog: { files: [STAND_INS] }, log: { level: 'error' } };
  const server = opened.use(await NautesProcess.start({ configuration }));
  const client = await server.client();
  for (const cluster of sandbox.clusters) {
    const kind = { cluster_kind: 'kubernetes', cluster_type: 'physical', usage: 'worker' };
    const { status, body } = await client.save(cluster.name, {
      ...kind,
      api_server: cluster.server,
      kubeconfig: cluster.kubeconfig(),
    });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }
  const [first, second] = sandbox.clusters;
  if (first === undefined || second === undefined) throw new Error('two clusters were asked for');
  for (const { name } of sandbox.clusters) await client.waitForPhase(name, 'Ready');
  first.delete('apps/v1', 'Deployment', 'traefik', 'traefik');
  await client.request('POST', `/api/v1/clusters/${first.name}/sync`);
  await scrapeUntil(client, 'the repair is counted', (all) => hasValue(all, 'nautes_repairs_total', 1));
  const healthy = await scrapeUntil(client, 'every cluster is ready and none waits', isQuiet);
  second.faults.set([{ kind: 'unreachable' }]);
  await second.settled();
  await client.request('POST', `/api/v1/clusters/${second.name}/sync`);
  await client.waitForPhase(second.name, 'Degraded');
  const unreachable = await scrapeUntil(client, 'the failure is counted', (all) =>
    hasValue(all, 'nautes_reconcile_failures_total', 1),
  );
  await client.delete(second.name);
  const deleting = await scrapeUntil(client, 'the deletion is under way', (all) =>
    all.some(({ name, value }) => name === 'nautes_deletion_oldest_seconds' && value > 0),
  );
  return { healthy, unreachable, deleting };
}

function hasValue(samples: readonly Sample[], wanted: string, least: number): boolean {
  return samples.some(({ name, value }) => name === wanted && value >= least);
}

function isQuiet(samples: readonly Sample[]): boolean {
  const waits = samples.filter(({ name }) => name === 'nautes_workqueue_depth' || name === 'nautes_workqueue_running');
  const isReady = samples.some(
    ({ name, labels, value }) => name === 'nautes_clusters' && labels['phase'] === 'Ready' && value === 2,
  );
  return isReady && waits.every(({ value }) => value === 0);
}

async function scrapeUntil(
  client: ApiClient,
  what: string,
  isEnough: (samples: readonly Sample[]) => boolean,
): Promise<readonly Sample[]> {
  return waitUntil(what, async () => {
    const { body } = await client.request('GET', '/metrics');
    const samples = parseExposition(String(body['text']));
    return isEnough(samples) && samples;
  });
}

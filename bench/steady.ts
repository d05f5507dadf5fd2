import { join } from 'node:path';
import { sleep } from '../src/base/async/timing.ts';
import type { TargetCluster } from '../test/harness/target-cluster.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { replayRecording } from './support/bare-client.ts';
import { administrator, CLUSTERS, CLUSTERS_AT_A_TIME, Fleet, numbersTo, OBJECTS } from './support/fleet.ts';
import { processUsage } from './support/process-usage.ts';
import type { ReplayResult } from './support/replay.ts';

/** How often each cluster is reconciled; the default is every 300 seconds. */
const DRIFT_SECONDS = 60;
const REST_SECONDS = 180;
const CHANGED_SHARE = 0.01;
const POLL_MILLISECONDS = 1_000;

/** Manual changes, and how their repair shows. */
interface HandEdit {
  readonly path: string;
  readonly change: unknown;
  readonly isChanged: (object: unknown) => boolean;
}

const MANAGED_BY = 'app.kubernetes.io/managed-by';

function relabelled(path: string): HandEdit {
  return {
    path,
    change: { metadata: { labels: { [MANAGED_BY]: 'by-hand' } } },
    isChanged: (object) => JSON.stringify(object).includes('"by-hand"'),
  };
}

function edited(path: string, change: unknown): HandEdit {
  return { path, change, isChanged: (object) => JSON.stringify(object).includes('by-hand.example') };
}

const IMAGE = {
  spec: { template: { spec: { containers: [{ name: 'traefik', image: 'by-hand.example/traefik:1' }] } } },
};

const edits: readonly HandEdit[] = [
  edited('/api/v1/namespaces/argocd/configmaps/argocd-cm', { data: { url: 'https://by-hand.example' } }),
  edited('/apis/apps/v1/namespaces/traefik/deployments/traefik', IMAGE),
  edited('/apis/rbac.authorization.k8s.io/v1/clusterroles/argo-rollouts', {
    rules: [{ apiGroups: ['by-hand.example'], resources: ['*'], verbs: ['get'] }],
  }),
  relabelled('/api/v1/namespaces/external-secrets/serviceaccounts/external-secrets'),
  relabelled('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/applications.argoproj.io'),
  relabelled('/api/v1/namespaces/hnc-system/services/hnc-controller-manager-metrics-service'),
  relabelled('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/vault-agent-injector-binding'),
];

/** An idle fleet, and one with manual changes everywhere. */
export const steadyBenchmark: Benchmark = {
  name: 'steady',
  title: 'a fleet at rest, then with one object in a hundred changed by hand',
  async run(context) {
    const { directory, options, progress } = context;
    const clusters = options.clusters ?? CLUSTERS;
    const controllers = { driftSeconds: DRIFT_SECONDS };
    await using fleet = await Fleet.open({ clusters, directory: join(directory, 'fleet'), controllers });
    await fleet.register(fleet.workers(numbersTo(clusters)), { progress });
    const rest = await measureRest(context, fleet, options.seconds ?? REST_SECONDS);
    const repair = await measureRepair(context, fleet, clusters);
    return [...restFigures(clusters, rest), ...repairFigures(repair)];
  },
};

interface Rest {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly residentMebibytes: number;
  readonly looks: number;
  readonly requests: number;
  readonly writes: number;
  readonly baseline: ReplayResult;
}

async function measureRest({ directory, progress }: BenchmarkContext, fleet: Fleet, seconds: number): Promise<Rest> {
  await sleep(DRIFT_SECONDS * 1000); // one drift check after the controllers' own changes
  progress(`at rest for ${seconds} seconds`);
  const recordingFile = join(directory, 'looks');
  await fleet.simulator.record();
  const [usage, requests] = [await processUsage(fleet.server.pid), await requestsOf(fleet)];
  await sleep(seconds * 1000);
  const [laterUsage, laterRequests] = [await processUsage(fleet.server.pid), await requestsOf(fleet)];
  await fleet.simulator.saveRecording(recordingFile);
  progress('baseline: the client without logic asks the same');
  const { directory: clusterDirectory } = fleet.simulator;
  const replayed = { recordingFile, directory: clusterDirectory, clustersAtATime: CLUSTERS_AT_A_TIME };
  return {
    seconds,
    cpuSeconds: laterUsage.cpuSeconds - usage.cpuSeconds,
    residentMebibytes: laterUsage.residentMebibytes,
    looks: laterRequests.looks - requests.looks,
    requests: laterRequests.all - requests.all,
    writes: laterRequests.writes - requests.writes,
    baseline: await replayRecording(replayed),
  };
}

/** Sent once per drift check. */
const LOOK = 'get /version';

async function requestsOf({ simulator }: Fleet): Promise<{ looks: number; all: number; writes: number }> {
  const total = { looks: 0, all: 0, writes: 0 };
  for (const { requests } of await simulator.counters()) {
    for (const [key, count] of Object.entries(requests)) {
      total.all += count;
      if (key === LOOK) total.looks += count;
      if (!/^(get|list|watch) /.test(key)) total.writes += count;
    }
  }
  return total;
}

function restFigures(clusters: number, rest: Rest): readonly Figure[] {
  return [
    figureOf({
      figure: `CPU of a look at a cluster, ${clusters} at rest, against a client without logic that asks the same`,
      unit: 'ms',
      ours: (rest.cpuSeconds * 1000) / rest.looks,
      baseline: (rest.baseline.cpuSeconds * 1000) / rest.looks,
    }),
    figureOf({
      figure: 'requests of a look, against one for each object',
      unit: 'requests',
      ours: rest.requests / rest.looks,
      baseline: OBJECTS,
    }),
    figureOf({ figure: 'looks', unit: 'looks/s', ours: rest.looks / rest.seconds, baseline: clusters / DRIFT_SECONDS }),
    figureOf({ figure: 'CPU of the server', unit: '%', ours: (rest.cpuSeconds / rest.seconds) * 100 }),
    figureOf({ figure: 'resident memory of the server', unit: 'MiB', ours: rest.residentMebibytes }),
    figureOf({ figure: 'writes', unit: 'requests', ours: rest.writes, wanted: { of: 'ours', atMost: 0 } }),
  ];
}

interface Repair {
  readonly changed: number;
  readonly halfSeconds: number;
  readonly allSeconds: number;
}

async function measureRepair({ progress }: BenchmarkContext, fleet: Fleet, clusters: number): Promise<Repair> {
  const requests = new Map<number, TargetCluster['request']>();
  const pending: { readonly index: number; readonly edit: HandEdit }[] = [];
  const changed = Math.round(clusters * OBJECTS * CHANGED_SHARE);
  progress(`changing ${changed} objects by hand`);
  for (let number = 0; number < changed; number += 1) {
    const index = (number % clusters) + 1;
    const edit = edits[(number + Math.floor(number / clusters)) % edits.length];
    if (edit === undefined) continue;
    const request = requests.get(index) ?? (await administrator(fleet, index));
    requests.set(index, request);
    const path = `${edit.path}?fieldManager=kubectl-edit`;
    const { status, body } = await request('PATCH', path, edit.change, 'application/merge-patch+json');
    if (status !== 200) throw new Error(`${edit.path} was not changed: ${JSON.stringify(body)}`);
    pending.push({ index, edit });
  }
  const started = performance.now();
  let halfSeconds = 0;
  for (let left = pending; left.length > 0; ) {
    const still = [];
    for (const item of left) {
      const reply = await requests.get(item.index)?.('GET', item.edit.path);
      if (reply?.status !== 200 || item.edit.isChanged(reply.body)) still.push(item);
    }
    left = still;
    const seconds = (performance.now() - started) / 1000;
    if (halfSeconds === 0 && left.length <= changed / 2) halfSeconds = seconds;
    if (left.length === 0) return { changed, halfSeconds, allSeconds: seconds };
    if (seconds > 10 * DRIFT_SECONDS) throw new Error(`${left.length} of ${changed} objects were not set back`);
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error('nothing was changed');
}

function repairFigures({ changed, halfSeconds, allSeconds }: Repair): readonly Figure[] {
  return [
    figureOf({
      figure: `${changed} objects changed by hand until all are set back, against the time between looks`,
      unit: 's',
      ours: allSeconds,
      baseline: DRIFT_SECONDS,
    }),
    figureOf({ figure: 'of them, half', unit: 's', ours: halfSeconds }),
  ];
}

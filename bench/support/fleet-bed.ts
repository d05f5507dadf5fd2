import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createApiServer, defaultLimits } from '../../src/api/index.ts';
import { FakeRegistry, fakeCluster } from '../../src/api/testing/fake-registry.ts';
import { FakeEvents, FakeReceipts } from '../../src/api/testing/fake-state.ts';
import { TEST_VIEWS } from '../../src/api/testing/test-server.ts';
import { defined } from '../../src/base/defined.ts';
import { sha256 } from '../../src/base/hash.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { Secret } from '../../src/base/secret.ts';
import { message } from '../../src/messages/message.ts';
import { Fleet, type FleetSurroundings } from '../../src/registry/fleet/fleet.ts';
import type { ClusterEntry } from '../../src/resources/cluster/cluster-files.ts';
import { clusterKey } from '../../src/resources/cluster/cluster-key.ts';
import { blankStatus, type ClusterStatus } from '../../src/resources/cluster/cluster-status.ts';
import { openSqliteState, type State } from '../../src/state/index.ts';

export interface FleetBed extends AsyncDisposable {
  /** Of the server; it knows the tokens of the API's tests. */
  readonly url: string;
  /** In their order. */
  readonly names: readonly string[];
  /** Changes the status of so many clusters. */
  readonly change: (count: number) => Promise<void>;
  /** Gives one cluster this version of Kubernetes. */
  readonly setVersion: (name: string, version: string) => Promise<void>;
  /** Resolves when the next change was taken over. */
  readonly told: () => Promise<void>;
}

/** A server with real rows of statuses in a real store; clusters and callers are in memory. */
export async function openFleetBed(directory: string, clusters: number, consoleDirectory?: string): Promise<FleetBed> {
  await mkdir(directory, { recursive: true });
  const state = await openSqliteState({ file: join(directory, 'status.db'), logger: silentLogger });
  const entries = new Map<string, ClusterEntry>();
  for (let index = 0; index < clusters; index += 1) {
    const entry = entryOf(index);
    entries.set(entry.name, entry);
    await put(state, statusOf(entry, index));
  }
  const fleet = new Fleet({ repo: repositoryOf(entries), state, logger: silentLogger });
  const server = createApiServer({
    registry: new FakeRegistry(state.status),
    events: new FakeEvents(),
    receipts: new FakeReceipts(),
    fleet,
    logger: silentLogger,
    readiness: async () => ({ ready: true, checks: {}, reasons: {} }),
    views: TEST_VIEWS,
    sessionKey: async () => new Secret(Buffer.alloc(32)),
    ...defined({ consoleDirectory }),
    limits: { eventStreamsPerCaller: defaultLimits.eventStreams },
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const all = [...entries.values()];
  let next = 0;
  return {
    url,
    names: [...entries.keys()].toSorted(),
    change: async (count) => {
      for (let index = 0; index < count; index += 1) {
        next += 1;
        const entry = all[(next * 7919) % all.length];
        if (entry !== undefined) await put(state, statusOf(entry, next));
      }
    },
    setVersion: async (name, version) => {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`there is no cluster ${name}`);
      const status = statusOf(entry, 1);
      await put(state, { ...status, kubernetes: { ...status.kubernetes, version } });
    },
    told: () =>
      new Promise((resolve) => {
        const stop = fleet.onChange(() => {
          stop();
          resolve();
        });
      }),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await fleet.close();
      await state.close();
    },
  };
}

function entryOf(index: number): ClusterEntry {
  const name = `cluster-${sha256(`${index}`).slice(0, 8)}`;
  const draft = {
    apiServer: `https://${name}.example.com:6443`,
    clusterKind: 'kubernetes',
    clusterType: index % 5 === 0 ? 'virtual' : 'physical',
    usage: index % 20 === 0 ? 'host' : 'worker',
    hostCluster: '',
    workerType: index % 3 === 0 ? 'pipeline' : 'deployment',
    primaryDomain: `${name}.example.com`,
    vclusterNodePort: '',
    components: {},
    withoutComponents: undefined,
    adoptComponents: undefined,
    cloneOf: '',
    reservedNamespacesAllowedProducts: {},
    productAllowedClusterResources: {},
    kubeconfig: undefined,
  };
  return { name, fileRevision: sha256(`file ${index}`).slice(0, 40), resource: fakeCluster(name, draft) };
}

const COMPONENTS = ['traefik', 'argocd', 'argo-rollouts', 'hnc', 'external-secrets', 'vault'];

function statusOf({ name, resource }: ClusterEntry, seed: number): ClusterStatus {
  const isReady = seed % 10 !== 0;
  const text = isReady
    ? message('Healthy', { ready: 9, total: 9 })
    : message('Applying.counted', { done: 3, total: 9 });
  const time = new Date(1_780_000_000_000 + seed * 61_000).toISOString();
  const ready = {
    type: 'Ready',
    status: isReady ? 'True' : 'False',
    reason: isReady ? 'Ready' : 'InProgress',
  } as const;
  const blank = { name, incarnation: resource?.incarnation ?? '', observedGeneration: '', commit: '' };
  return {
    ...blankStatus({
      ...blank,
      phase: isReady ? 'Ready' : 'Provisioning',
      conditions: [{ ...ready, message: text, lastTransitionTime: time }],
    }),
    kubernetes: { version: `v1.36.${seed % 5}`, uid: sha256(name) },
    credential: { expiresAt: time, rotatedAt: time },
    components: COMPONENTS.map((component, index) => ({
      name: component,
      category: 'gateway',
      namespace: component,
      version: `1.${index}.0`,
      phase: isReady || index > 0 ? 'Ready' : 'Installing',
      reason: 'Healthy',
      message: text,
      objects: { total: 9, ready: 9 },
      advisories: [],
    })),
  };
}

async function put(state: State, status: ClusterStatus): Promise<void> {
  await state.status.put({ ...clusterKey(status.name), incarnation: status.incarnation }, status);
}

/** A repository that does not change, with a commit for each cluster. */
function repositoryOf(entries: ReadonlyMap<string, ClusterEntry>): FleetSurroundings['repo'] {
  const set = {
    size: entries.size,
    has: (name: string) => entries.has(name),
    get: (name: string) => entries.get(name),
    keys: () => entries.keys(),
    values: () => entries.values(),
    namesBy: () => [],
    [Symbol.iterator]: () => entries.entries(),
  };
  const trailers = new Map<string, string>();
  return {
    snapshot: () => ({ commit: 'c'.repeat(40), of: () => set as never }),
    onHeadChange: () => () => {},
    lastCommit: async (_layout, name) => {
      const id = sha256(`commit ${name}`).slice(0, 40);
      return { id, author: 'Ada Lovelace', time: '2026-06-01T12:00:00Z', subject: `Save cluster ${name}`, trailers };
    },
  };
}

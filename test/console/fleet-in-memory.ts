import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { fakeRow } from '../../src/api/testing/fake-fleet.ts';
import { fakeCluster, MAINTAINER_TOKEN, READER_TOKEN } from '../../src/api/testing/fake-registry.ts';
import { startTestServer, type TestServer } from '../../src/api/testing/test-server.ts';
import { verbatim } from '../../src/messages/message.ts';
import type { ClusterDraft } from '../../src/resources/cluster/cluster-draft.ts';
import { blankStatus } from '../../src/resources/cluster/cluster-status.ts';
import type { FleetRow } from '../../src/registry/fleet/fleet-row.ts';
import { startBrowser, Visitor } from './browser.ts';

const CONSOLE = join(import.meta.dirname, '../../dist/console');
const PHASES = [
  'Ready',
  'Ready',
  'Ready',
  'Degraded',
  'Ready',
  'Provisioning',
  'Ready',
  'Ready',
  'Failed',
  'Ready',
] as const;
const DRAFT = {
  apiServer: 'https://203.0.113.1:6443',
  clusterKind: 'kubernetes',
  clusterType: 'physical',
  usage: 'worker',
  hostCluster: '',
  primaryDomain: '',
  workerType: 'deployment',
} as ClusterDraft; // the rest is not asked for
const BLANK = { observedGeneration: '', commit: '', conditions: [], phase: 'Ready' } as const;
const PATCHES = ['v1.34.8', 'v1.35.9', 'v1.36.4'] as const;

export interface VisitOptions {
  readonly language?: 'en' | 'zh';
  readonly role?: 'maintainer' | 'reader';
}

/** A browser and the real API and console, over rows that are made up: any number of clusters without their servers. */
export class FleetInMemory implements AsyncDisposable {
  readonly server: TestServer;
  readonly browser: Browser;
  readonly #parts: AsyncDisposableStack;

  private constructor(parts: AsyncDisposableStack, server: TestServer, browser: Browser) {
    this.#parts = parts;
    this.server = server;
    this.browser = browser;
  }

  static async open(clusters: number): Promise<FleetInMemory> {
    await using parts = new AsyncDisposableStack();
    const server = parts.use(await startTestServer({}, { consoleDirectory: CONSOLE }));
    const rows = Array.from({ length: clusters }, (_, index) => madeUpRow(index));
    server.fleet.set(...rows);
    for (const { name } of rows) {
      const cluster = fakeCluster(name, DRAFT);
      server.registry.clusters.set(name, { cluster, generation: 'g'.repeat(40) });
      await server.status.set(blankStatus({ ...BLANK, name, incarnation: cluster.incarnation }));
    }
    const browser = await startBrowser();
    parts.defer(() => browser.close());
    return new FleetInMemory(parts.move(), server, browser);
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** Somebody who has signed in, on the page of the path. */
  async visit(path = '/console', { language = 'en', role = 'maintainer' }: VisitOptions = {}): Promise<Visitor> {
    const visitor = await Visitor.arrive(this.browser, { language });
    await visitor.signIn(this.url, role === 'reader' ? READER_TOKEN : MAINTAINER_TOKEN, path);
    return visitor;
  }

  /** Changes a row as a controller does. */
  change(name: string, changes: Partial<FleetRow>): void {
    const row = this.server.fleet.row(name);
    if (row !== undefined) this.server.fleet.set({ ...row, ...changes });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }
}

export function nameOf(index: number): string {
  return `cluster-${String(index).padStart(4, '0')}`;
}

function madeUpRow(index: number): FleetRow {
  const phase = PHASES[index % PHASES.length] ?? 'Ready';
  const isHost = index % 25 === 0;
  const isVirtual = !isHost && index % 4 === 1;
  return fakeRow(nameOf(index), {
    phase,
    reason: phase === 'Ready' ? 'Ready' : 'ComponentsNotReady',
    message: verbatim(phase === 'Ready' ? 'as declared' : 'argocd: 0 of 1 replicas of argocd-server are available'),
    clusterType: isVirtual ? 'virtual' : 'physical',
    usage: isHost ? 'host' : 'worker',
    workerType: isHost ? '' : 'deployment',
    hostCluster: isVirtual ? nameOf(index - (index % 25)) : '',
    apiServer: `https://203.0.113.${index % 250}:${6443 + (index % 7)}`,
    kubernetesVersion: PATCHES[index % PATCHES.length] ?? '',
    components: ['traefik', 'argocd'].map((name) => ({
      name,
      version: '1',
      phase: name === 'argocd' && phase !== 'Ready' ? 'Degraded' : 'Ready',
    })),
    changedAt: '2026-11-01T10:00:00Z',
    changedBy: index % 3 === 0 ? 'mei' : 'ada',
  });
}

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CONTROL_PLANE_NOT_BUILT,
  controlPlaneBinaries,
  startControlPlane,
} from '../../../tools/controlplane/control-plane.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { findDependants } from '../apply/dependants.ts';
import { ContractFixture, eventually, ownerOf, patience } from './fixture.contract.ts';
import { componentHealth } from '../health/health.ts';
import { parseManifest, withDefaultNamespace } from '../../kube-objects/manifest.ts';
import { type KubeObject, ownershipSelector } from '../../kube-objects/kube-object.ts';
import { removeObjects } from '../apply/removal.ts';
import type { ApplyRequest } from '../apply/request.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';

/** The published manifests of the components; they are not part of the project. */
const MANIFESTS = join(import.meta.dirname, '../../../../shared/upstream/manifests');

const binaries = await controlPlaneBinaries();
const complete = binaries?.controllerManager !== undefined && binaries.kwok !== undefined;
const skip = !complete
  ? CONTROL_PLANE_NOT_BUILT
  : !existsSync(MANIFESTS) && 'the published manifests are not beside the checkout';

interface Published {
  readonly component: string;
  readonly namespace: string;
  readonly files: readonly string[];
  /** What keeps it from being healthy where pods run nothing. */
  readonly unhealthy?: string;
}

const published: readonly Published[] = [
  { component: 'argocd', namespace: 'argocd', files: ['argo-cd-v3.5.1'] },
  { component: 'argo-rollouts', namespace: 'argo-rollouts', files: ['argo-rollouts-v1.9.1'] },
  {
    component: 'external-secrets',
    namespace: 'external-secrets',
    files: ['external-secrets-v2.9.0-crds', 'external-secrets-v2.9.0'],
  },
  { component: 'traefik', namespace: 'traefik', files: ['traefik-chart-41.3.0'] },
  { component: 'vault', namespace: 'vault', files: ['vault-injector-chart-0.34.1'] },
  {
    component: 'hnc',
    namespace: 'hnc-system',
    files: ['hnc-v1.1.0'],
    unhealthy: 'APIService v1alpha2.resources.hnc.x-k8s.io',
  },
];

const OWNER = ownerOf('published');

async function objectsOf({ files, namespace }: Published): Promise<KubeObject[]> {
  const texts = await Promise.all(files.map((file) => readFile(join(MANIFESTS, `${file}.yaml`))));
  return withDefaultNamespace(texts.flatMap(parseManifest), namespace);
}

describe('published manifests on a real control plane', { skip }, () => {
  let fixture: ContractFixture;
  const inventory = new Map<string, readonly InventoryEntry[]>();

  before(async () => {
    fixture = await ContractFixture.open({
      name: 'published',
      async create() {
        const running = await startControlPlane();
        return {
          server: running.server,
          kubeconfig: running.adminKubeconfig,
          close: () => running.stop(),
        };
      },
    });
  });
  after(async () => {
    await fixture?.close();
  });

  async function request(item: Published): Promise<ApplyRequest> {
    return fixture.request(item.component, await objectsOf(item), {
      owner: OWNER,
      namespaces: [item.namespace],
      inventory: inventory.get(item.component) ?? [],
    });
  }

  for (const item of published) {
    it(`${item.component} is applied and becomes healthy`, async () => {
      const report = await fixture.apply(await request(item));
      assert.deepEqual(
        report.failures.map(({ error }) => error.message),
        [],
      );
      assert.deepEqual([report.foreign, report.repaired, report.unchanged], [[], [], 0]);
      inventory.set(item.component, report.entries);
      await eventually(async () => {
        const { problems } = await componentHealth(fixture.connection, report.entries, patience());
        const names = problems.map(({ object }) => `${object.kind} ${object.name}`);
        return names.join() === (item.unhealthy ?? '');
      });
    });
  }

  it('applied again without a change: nothing is written', async () => {
    // What controllers have touched meanwhile (bindings, Services) is read once and then known.
    for (const item of published) inventory.set(item.component, (await fixture.apply(await request(item))).entries);
    const raw = mock.method(fixture.connection.client, 'raw');
    try {
      for (const item of published) {
        const report = await fixture.apply(await request(item));
        assert.deepEqual([report.applied, report.repaired, report.failures], [[], [], []], item.component);
      }
      const written = raw.mock.calls.map(({ arguments: [sent] }) => sent.method).filter((method) => method !== 'GET');
      assert.deepEqual(written, []); // lists are not read by it, everything else is sent by it
    } finally {
      raw.mock.restore();
    }
  });

  it('nothing that the components consist of counts as made by users', async () => {
    const entries = [...inventory.values()].flat();
    const report = await findDependants(fixture.connection, { owner: OWNER, entries }, patience());
    assert.deepEqual(report, { dependants: [], total: 0 });
  });

  it('a namespace whose writes a dead webhook refuses is reported with the webhook', async () => {
    const item: Published = { component: 'late', namespace: 'late', files: [] };
    const report = await fixture.apply(await request(item));
    assert.deepEqual(
      report.failures.map(({ error }) => error.reason),
      ['ObjectWebhookFailed'],
    );
    assert.match(report.failures[0]?.error.message ?? '', /namespaces\.hnc\.x-k8s\.io/);
  });

  it('everything goes without a trace, HNC with its webhooks and its dead APIService included', async () => {
    const entries = [...inventory.values()].flat();
    await eventually(async () => {
      const removal = { owner: OWNER, entries, keepDependants: true };
      const report = await removeObjects(fixture.connection, removal, patience());
      assert.deepEqual(report.left, []);
      await delay(500);
      return report.remaining.length === 0;
    });
    const { client, discovery } = fixture.connection;
    const labelSelector = ownershipSelector(OWNER);
    await discovery.refresh(patience());
    for (const type of discovery.listableTypes) {
      const { items } = await client.listHeads(type, { labelSelector }, patience());
      assert.deepEqual(
        items.map(({ metadata }) => metadata.name),
        [],
        type.kind,
      );
    }
    const namespaces = await client.listHeads(wellKnown.namespace, {}, patience());
    assert.deepEqual(namespaces.items.map(({ metadata }) => metadata.name).sort(), [
      'default',
      'kube-node-lease',
      'kube-public',
      'kube-system',
    ]);
  });
});

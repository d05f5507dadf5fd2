import type { StatusView } from '../../src/contract/views.ts';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { isRecord, type KubeObject } from '../../src/kube-objects/kube-object.ts';
import { parseManifest } from '../../src/kube-objects/manifest.ts';
import { fakeNode } from '../../tools/controlplane/components.ts';
import { Administrator } from '../harness/administrator.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { realSource } from '../harness/real-source.ts';
import { inventoryOf, type TargetCluster, workerBody } from '../harness/target-cluster.ts';
import { publishedManifest, publishedSources } from '../harness/upstream-catalog.ts';
import { PATIENCE_MILLISECONDS, waitUntil } from '../harness/wait-until.ts';

/** Where the main workload of each published component is, and two of its objects. */
interface Published {
  readonly name: string;
  readonly namespace: string;
  readonly workload: 'deployments' | 'statefulsets';
  readonly workloadName: string;
  /** Path of one that somebody deletes by hand. */
  readonly deleted: string;
  /** `Kind name` of what the next version no longer has. */
  readonly dropped: readonly string[];
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const APPLICATIONS = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
const NEW_VERSION = 'next';

const published: readonly Published[] = [
  {
    name: 'argocd',
    namespace: 'argocd',
    workload: 'statefulsets',
    workloadName: 'argocd-application-controller',
    deleted: `${DEFINITIONS}/applicationsets.argoproj.io`,
    dropped: ['ConfigMap argocd-gpg-keys-cm', 'NetworkPolicy argocd-dex-server-network-policy'],
  },
  {
    name: 'argo-rollouts',
    namespace: 'argo-rollouts',
    workload: 'deployments',
    workloadName: 'argo-rollouts',
    deleted: `${RBAC}/clusterroles/argo-rollouts`,
    dropped: ['Service argo-rollouts-metrics', 'CustomResourceDefinition analysisruns.argoproj.io'],
  },
  {
    name: 'external-secrets',
    namespace: 'external-secrets',
    workload: 'deployments',
    workloadName: 'external-secrets-webhook',
    deleted: `${RBAC}/namespaces/external-secrets/rolebindings/external-secrets-leaderelection`,
    dropped: [
      'ValidatingWebhookConfiguration secretstore-validate',
      'CustomResourceDefinition fakes.generators.external-secrets.io',
    ],
  },
  {
    name: 'traefik',
    namespace: 'traefik',
    workload: 'deployments',
    workloadName: 'traefik',
    deleted: '/apis/networking.k8s.io/v1/ingressclasses/traefik',
    dropped: ['CustomResourceDefinition traefikservices.traefik.io'],
  },
  {
    name: 'vault',
    namespace: 'vault',
    workload: 'deployments',
    workloadName: 'vault-agent-injector',
    deleted: '/api/v1/namespaces/vault/services/vault-agent-injector-svc',
    dropped: ['ClusterRoleBinding vault-agent-injector-binding'],
  },
  {
    name: 'hnc',
    namespace: 'hnc-system',
    workload: 'deployments',
    workloadName: 'hnc-controller-manager',
    deleted: '/api/v1/namespaces/hnc-system/services/hnc-controller-manager-metrics-service',
    dropped: ['Secret hnc-webhook-server-cert'],
  },
  {
    name: 'vcluster',
    namespace: 'vc1',
    workload: 'statefulsets',
    workloadName: 'vc1',
    deleted: '/api/v1/namespaces/vc1/services/vc1-headless',
    dropped: ['ServiceAccount vc-workload-vc1'],
  },
];

/** What the claim of the virtual cluster is bound to: there is no storage here otherwise. */
const VOLUME: KubeObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'by-hand' },
  spec: {
    capacity: { storage: '10Gi' },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: '/nowhere' },
    persistentVolumeReclaimPolicy: 'Retain',
  },
};

/** The pods of one component keep away from each other: its old and its new one need a node each. */
const secondNode = fakeNode('node-2', '127.0.0.1') as KubeObject;

/** An instance of a CRD of ours with a finalizer that nobody serves, as every deployed application has one. */
const APPLICATION: KubeObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
  spec: { project: 'default', source: { repoURL: 'https://git.example.test/shop' }, destination: { name: 'here' } },
};

const source = await realSource();
const skip = source.unavailable ?? false;

describe('the published manifests as components, on a real control plane', () => {
  let directory: string;
  let target: TargetCluster;
  let admin: Administrator;
  let untouched: readonly string[];
  let server: NautesProcess;
  let client: ApiClient;

  before(async () => {
    if (skip !== false) return;
    directory = await mkdtemp(join(tmpdir(), 'nautes-published-'));
    const catalog = join(directory, 'catalog.yaml');
    await writeFile(catalog, stringifyYaml(await catalogWith(directory, 'as published')));
    target = await source.create();
    admin = new Administrator(target);
    await admin.create('/api/v1/persistentvolumes', VOLUME);
    await admin.create('/api/v1/nodes', secondNode);
    untouched = await inventoryOf(target);
    server = await NautesProcess.start({
      configuration: {
        catalog: { files: [...source.catalogFiles, catalog] },
        controllers: { driftSeconds: 1, graceSeconds: 200 },
        log: { level: 'warn' },
      },
    });
    client = await server.client('maintainer', 'ada');
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await source.close();
    if (directory !== undefined) await rm(directory, { recursive: true });
  });

  function ready(test: (status: StatusView) => boolean = () => true): Promise<StatusView> {
    const isSo = (status: StatusView | undefined): boolean => status?.phase === 'Ready' && test(status);
    return client.waitFor('one', isSo, 'Ready as wanted', 2 * PATIENCE_MILLISECONDS);
  }

  async function messages(reason: string): Promise<readonly string[]> {
    return (await client.events('one')).filter((event) => event.reason === reason).map(({ message }) => message);
  }

  async function toldOf(...parts: readonly string[]): Promise<void> {
    await waitUntil(`a repair of ${parts.join(', ')} is told of`, async () => {
      const told = await messages('DriftRepaired');
      return told.some((message) => parts.every((part) => message.includes(part)));
    });
  }

  function workloadPath({ namespace, workload, workloadName }: Published): string {
    return `/apis/apps/v1/namespaces/${namespace}/${workload}/${workloadName}`;
  }

  it('all seven become Ready', { skip }, async () => {
    const reply = await client.save('one', workerBody(target));
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    const { components } = await ready();
    assert.deepEqual(components.map(({ name }) => name).sort(), published.map(({ name }) => name).sort());
    const total = components.reduce((sum, { objects }) => sum + objects.total, 0);
    assert.ok(total > 180, `${total} objects`);
  });

  it('an image changed by hand and an object deleted by hand, in each of them, are set back and told of', {
    skip,
  }, async () => {
    const images = new Map<string, string>();
    for (const item of published) {
      const path = workloadPath(item);
      const [container] = containersOf(await admin.get(path));
      images.set(path, container?.image ?? '');
      const containers = [{ ...container, image: 'elsewhere.test/other:1' }];
      await admin.patch(path, { spec: { template: { spec: { containers } } } });
      await admin.delete(item.deleted);
    }
    for (const item of published) {
      const path = workloadPath(item);
      await waitUntil(`the image of ${item.workloadName} is set back`, async () => {
        const found = await admin.find(path);
        return found !== undefined && containersOf(found).some(({ image }) => image === images.get(path));
      });
      await waitUntil(`${item.deleted} is there again`, () => admin.find(item.deleted));
    }
    for (const { workloadName, deleted } of published) {
      await toldOf(`/${workloadName}:`, 'changed by kubectl-edit');
      await toldOf(deleted.split('/').at(-1) ?? '', 'made again');
    }
    await ready();
  });

  it('a new version of each is rolled out, and what it no longer has is pruned', { skip }, async () => {
    await server.stop();
    await writeFile(join(directory, 'catalog.yaml'), stringifyYaml(await catalogWith(directory, 'changed')));
    await server.start();
    await ready(({ components }) => components.every(({ version }) => version === NEW_VERSION));
    for (const item of published) {
      const template = (await admin.get(workloadPath(item))).spec;
      assert.match(JSON.stringify(template), new RegExp(`"example.test/version":"${NEW_VERSION}"`), item.name);
    }
    const pruned = await waitUntil('everything is told of', async () => {
      const found = await messages('ObjectPruned');
      return found.length >= published.flatMap(({ dropped }) => dropped).length && found;
    });
    for (const name of published.flatMap(({ dropped }) => dropped.map((text) => text.split(' ')[1] ?? ''))) {
      assert.ok(
        pruned.some((message) => message.includes(name)),
        `${name} in ${pruned.join('\n')}`,
      );
    }
    const left = await inventoryOf(target);
    const names = published.flatMap(({ dropped }) => dropped.map((text) => `/${text.split(' ')[1]}`));
    assert.deepEqual(
      left.filter((entry) => names.some((name) => entry.endsWith(name))),
      [],
    );
  });

  it('an application with a finalizer is a reason to refuse the deletion, and holds it when that is forced', {
    skip,
  }, async () => {
    await admin.create(APPLICATIONS, APPLICATION);
    const refused = await client.delete('one');
    assert.equal(refused.status, 409);
    assert.match(JSON.stringify(refused.body), /Application argocd\/shop/);
    assert.equal((await client.delete('one', '?force=true')).status, 200);
    await waitUntil('what holds it is named', async () => {
      const status = await client.status('one');
      const condition = status?.conditions.find(({ type }) => type === 'Offboarded');
      return /Application argocd\/shop waits for resources-finalizer/.test(condition?.message ?? '');
    });
  });

  it('let go, all of it ends without a trace', { skip }, async () => {
    const { incarnation } = (await client.status('one')) ?? { incarnation: '' };
    await admin.removeFinalizers(`${APPLICATIONS}/shop`);
    const receipt = await client.waitForReceipt('one', incarnation, 2 * PATIENCE_MILLISECONDS);
    assert.deepEqual([receipt.outcome, receipt.left, receipt.remaining], ['Complete', [], []]);
    await waitUntil('only what was there before is left', async () => {
      return (await inventoryOf(target)).join() === untouched.join();
    });
  });
});

interface Container {
  readonly name: string;
  readonly image: string;
}

function containersOf({ spec }: KubeObject): readonly Container[] {
  return (spec as { template: { spec: { containers: readonly Container[] } } }).template.spec.containers;
}

/** A catalogue file that adds a virtual cluster to the components of a worker, all of them in the version. */
async function catalogWith(directory: string, form: 'as published' | 'changed'): Promise<unknown> {
  const sources = { ...publishedSources, vcluster: ['vcluster-chart-0.36.1.yaml'] };
  const components: Record<string, unknown>[] = [];
  for (const [name, files] of Object.entries(sources)) {
    const locations = form === 'as published' ? files.map(publishedManifest) : await changed(directory, name, files);
    const version = form === 'as published' ? {} : { version: NEW_VERSION };
    components.push({ name, ...own(name), ...version, sources: locations.map((manifest) => ({ manifest })) });
  }
  const categories = ['multiTenant', 'secretSync', 'gateway', 'deployment', 'progressiveDelivery', 'secretManagement'];
  const variety = { usage: 'worker', clusterType: 'physical', workerType: 'deployment' };
  return { varieties: [{ ...variety, categories: [...categories, 'pipeline'] }], components };
}

/** Here the virtual cluster is a component like others: without the patches for the place that a host gives it. */
function own(name: string): Readonly<Record<string, unknown>> {
  if (name !== 'vcluster') return {};
  return { category: 'pipeline', namespace: 'vc1', version: '0.36.1', default: true, patches: [] };
}

/** Files of a version that lacks some objects and restarts all pods. */
async function changed(directory: string, component: string, files: readonly string[]): Promise<readonly string[]> {
  const dropped = published.find(({ name }) => name === component)?.dropped ?? [];
  const paths: string[] = [];
  for (const file of files) {
    const objects = parseManifest(await readFile(publishedManifest(file)));
    const kept = objects.filter(({ kind, metadata }) => !dropped.includes(`${kind} ${metadata.name}`));
    const path = join(directory, file);
    await writeFile(path, kept.map((object) => stringifyYaml(restarted(object))).join('---\n'));
    paths.push(path);
  }
  return paths;
}

/** With another template where it has one, so that its pods are replaced. */
function restarted(object: KubeObject): KubeObject {
  const { spec } = object;
  if (!isRecord(spec) || !isRecord(spec['template']) || !isRecord(spec['template']['metadata'])) return object;
  const { template } = spec;
  const metadata = template['metadata'] as Readonly<Record<string, unknown>>;
  const annotations = { ...(isRecord(metadata['annotations']) ? metadata['annotations'] : {}) };
  const next = { ...metadata, annotations: { ...annotations, 'example.test/version': NEW_VERSION } };
  return { ...object, spec: { ...spec, template: { ...template, metadata: next } } };
}

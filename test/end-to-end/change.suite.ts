import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { loadCatalog } from '../../src/catalog/load-catalog.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { parseManifest } from '../../src/kube-objects/manifest.ts';
import { Administrator } from '../harness/administrator.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { revisionsOf, type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { PATIENCE_MILLISECONDS } from '../harness/wait-until.ts';

const CHANGED_COMPONENT = 'argo-rollouts';
const NEW_VERSION = 'v9.9.9';
/** What the new version no longer has. */
const DROPPED = [
  'ConfigMap argo-rollouts-config',
  'Service argo-rollouts-metrics',
  'CustomResourceDefinition analysisruns.argoproj.io',
];
const SETTINGS = {
  primary_domain: 'apps.example.test',
  components_list: {
    gateway: { additions: { httpNodePort: '31080', httpsNodePort: '31443' } },
    deployment: { additions: { host: 'cd.example.test' } },
  },
};
const DRIFT_SECONDS = 1;

/** What becomes of a cluster that is Ready when something about it changes, or nothing does. */
export function describeChange(create: () => Promise<TargetClusterSource>, clusters: string): void {
  describe(`changes on ${clusters}`, async () => {
    const source = await create();
    const skip = source.unavailable ?? false;
    let target: TargetCluster;
    let admin: Administrator;
    let directory: string;
    let catalog: string;
    let server: NautesProcess;
    let client: ApiClient;

    before(async () => {
      if (skip !== false) return;
      directory = await mkdtemp(join(tmpdir(), 'nautes-change-'));
      catalog = join(directory, 'catalog.yaml');
      await writeFile(catalog, stringifyYaml({ components: [] }));
      target = await source.create();
      admin = new Administrator(target);
      server = await NautesProcess.start({
        configuration: {
          catalog: { files: [...source.catalogFiles, catalog] },
          controllers: { driftSeconds: DRIFT_SECONDS, graceSeconds: 60 },
          log: { level: 'warn' },
        },
      });
      client = await server.client('maintainer', 'ada');
      assert.equal((await client.save('one', workerBody(target))).status, 200);
      await client.waitForPhase('one', 'Ready', PATIENCE_MILLISECONDS);
    });
    after(async () => {
      await server?.[Symbol.asyncDispose]();
      await source.close();
      if (directory !== undefined) await rm(directory, { recursive: true });
    });

    /** Names of the objects that the action has changed, made or removed. */
    async function changedBy(action: () => Promise<void>): Promise<string[]> {
      const earlier = await revisionsOf(target);
      await action();
      const later = await revisionsOf(target);
      const names = new Set([...earlier.keys(), ...later.keys()]);
      return [...names].filter((name) => earlier.get(name) !== later.get(name)).sort();
    }

    it('new node ports, host name and domain take effect where they belong and nowhere else', { skip }, async () => {
      const changed = await changedBy(async () => {
        const reply = await client.save('one', workerBody(target, SETTINGS));
        assert.equal(reply.status, 200, JSON.stringify(reply.body));
        assert.equal(reply.body['changed'], true);
        await client.waitFor(
          'one',
          (status) => status?.phase === 'Ready' && status.observedGeneration === reply.body['generation'],
          'Ready with the new settings',
          PATIENCE_MILLISECONDS,
        );
      });
      assert.deepEqual(changed, [
        '/api/v1/configmaps argocd/argocd-cm',
        '/api/v1/services traefik/traefik',
        '/apis/networking.k8s.io/v1/ingresses argocd/argocd-server',
      ]);
      const { spec } = await admin.get('/api/v1/namespaces/traefik/services/traefik');
      const ports = (spec as { ports: { name: string; nodePort: number }[] }).ports;
      const nodePorts = new Map(ports.map(({ name, nodePort }) => [name, nodePort]));
      assert.deepEqual([nodePorts.get('web'), nodePorts.get('websecure')], [31_080, 31_443]);
      const ingress = await admin.get('/apis/networking.k8s.io/v1/namespaces/argocd/ingresses/argocd-server');
      assert.match(JSON.stringify(ingress.spec), /"host":"cd\.example\.test"/);
      const { data } = await admin.get('/api/v1/namespaces/argocd/configmaps/argocd-cm');
      assert.equal((data as { url?: string }).url, 'https://cd.example.test:31443');
      const status = await client.status('one');
      assert.ok(
        status?.entryPoints.some((entry) => entry.endsWith(':31443')),
        String(status?.entryPoints),
      );
      const { body } = await client.request('GET', '/api/v1/clusters/one');
      assert.equal(body['primary_domain'], 'apps.example.test', JSON.stringify(body));
    });

    it('the same save again makes no commit and, like rest, no write to the cluster', { skip }, async () => {
      const known = await client.status('one');
      const applied = await target.applyRequests();
      const changed = await changedBy(async () => {
        const reply = await client.save('one', workerBody(target, SETTINGS));
        assert.deepEqual([reply.status, reply.body['changed'], reply.body['commit']], [200, false, known?.commit]);
        await client.waitForRuns(3); // looks for drift
      });
      assert.deepEqual(changed, []);
      assert.equal(await target.applyRequests(), applied);
      assert.equal((await client.status('one'))?.phase, 'Ready');
    });

    it('another version in the catalogue is rolled out: what it no longer has is pruned, the rest is kept', {
      skip,
    }, async () => {
      const changed = await changedBy(async () => {
        await server.stop();
        await writeFile(catalog, await nextVersion(source.catalogFiles, directory));
        await server.start();
        const isNew = (name: string, version: string): boolean => name === CHANGED_COMPONENT && version === NEW_VERSION;
        await client.waitFor(
          'one',
          (status) =>
            status?.phase === 'Ready' &&
            status.components.some(({ name, version, phase }) => isNew(name, version) && phase === 'Ready'),
          'the new version',
          PATIENCE_MILLISECONDS,
        );
        await admin.waitUntilGone(`${DEFINITIONS}/analysisruns.argoproj.io`);
      });
      assert.deepEqual(
        changed.filter((name) => !name.includes('/apiservices ')),
        [
          '/api/v1/configmaps argo-rollouts/argo-rollouts-config',
          '/api/v1/services argo-rollouts/argo-rollouts-metrics',
          '/apis/apiextensions.k8s.io/v1/customresourcedefinitions /analysisruns.argoproj.io',
          '/apis/apps/v1/deployments argo-rollouts/argo-rollouts',
        ],
      );
      const events = await client.events('one');
      const pruned = events.filter(({ reason }) => reason === 'ObjectPruned').map(({ message }) => message);
      assert.equal(pruned.length, DROPPED.length, pruned.join('\n'));
      for (const name of ['argo-rollouts-config', 'argo-rollouts-metrics', 'analysisruns.argoproj.io']) {
        assert.ok(
          pruned.some((message) => message.includes(name)),
          `${name} in ${pruned.join('\n')}`,
        );
      }
      const repaired = events.filter(({ reason }) => reason === 'DriftRepaired').map(({ message }) => message);
      assert.deepEqual(repaired, [], 'an upgrade is no drift');
    });
  });
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** A catalogue file in which one component has fewer objects and another template of its pods. */
async function nextVersion(catalogFiles: readonly string[], directory: string): Promise<string> {
  const source = (await loadCatalog(catalogFiles)).component(CHANGED_COMPONENT)?.sources[0];
  assert.ok(source !== undefined && 'manifest' in source);
  const objects = parseManifest(await readFile(source.manifest));
  const kept = objects.filter(({ kind, metadata }) => !DROPPED.includes(`${kind} ${metadata.name}`));
  assert.equal(kept.length, objects.length - DROPPED.length);
  const documents = kept.map((object) => stringifyYaml(object.kind === 'Deployment' ? restarted(object) : object));
  await writeFile(join(directory, 'changed.yaml'), documents.join('---\n'));
  const component = { name: CHANGED_COMPONENT, version: NEW_VERSION, sources: [{ manifest: 'changed.yaml' }] };
  return stringifyYaml({ components: [component] });
}

/** With another template, so that its pods are replaced. */
function restarted(deployment: KubeObject): KubeObject {
  const copy = structuredClone(deployment) as KubeObject & {
    spec: { template: { metadata: Record<string, unknown> } };
  };
  copy.spec.template.metadata['annotations'] = { 'example.test/version': NEW_VERSION };
  return copy;
}

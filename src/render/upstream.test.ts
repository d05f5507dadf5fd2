import assert from 'node:assert/strict';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sha256 } from '../base/hash.ts';
import { describeProblems, schemaProblems } from '../base/schema.ts';
import { parseYaml } from '../base/yaml.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type ChartSource, isChart } from '../catalog/definition.ts';
import { loadCatalog } from '../catalog/load-catalog.ts';
import { describeReference, isRecord, type KubeObject, objectKey, referenceOf } from '../kube-objects/kube-object.ts';
import { type Cluster } from '../resources/cluster/cluster.ts';
import { virtualClusterChoice } from '../resources/cluster/components.ts';
import { upstreamCatalog, type UpstreamCatalog } from '../../test/harness/upstream-catalog.ts';
import { clusterFacts, fillIn } from './facts.ts';
import { Renderer } from './renderer.ts';
import { SourceLoader } from './sources.ts';
import { testCluster } from './testing/cluster.ts';

const UPSTREAM = join(import.meta.dirname, '../../../shared/upstream');
const isThere = await access(UPSTREAM).then(
  () => true,
  () => false,
);
const skip = isThere ? false : 'the published manifests and values are not there (../shared/upstream)';

const signal = new AbortController().signal;
const settings = { vault: { address: 'https://vault.example:8200' } };

describe('the built-in catalogue and what is published', { skip }, () => {
  it('has the digests of the published manifests', async () => {
    const catalog = await loadCatalog();
    for (const [name, file] of [
      ['argocd', 'argo-cd-v3.5.1.yaml'],
      ['argo-rollouts', 'argo-rollouts-v1.9.1.yaml'],
    ] as const) {
      const digest = sha256(await readFile(join(UPSTREAM, 'manifests', file)));
      assert.deepEqual(
        catalog.component(name)?.sources.map((source) => source.sha256),
        [digest],
        name,
      );
    }
  });

  it('gives the charts values that their schemas allow', async () => {
    for (const { chart, version, values } of await chartValues()) {
      const schema: unknown = JSON.parse(
        await readFile(join(UPSTREAM, `values/${chart}-${version}.schema.json`), 'utf8'),
      );
      assert.ok(isRecord(schema));
      assert.equal(describeProblems(schemaProblems(schema, values)), '', chart);
    }
  });

  it('gives the charts only values that they use', async () => {
    for (const { chart, version, values } of await chartValues()) {
      const known = parseYaml(await readFile(join(UPSTREAM, `values/${chart}-${version}.values.yaml`), 'utf8'));
      for (const path of leaves(values)) assert.ok(hasPath(known, path), `${chart} has no value ${path.join('.')}`);
    }
  });

  it('is rejected by the schemas when a value is wrong, so that the tests above prove something', async () => {
    const text = await readFile(join(UPSTREAM, 'values/traefik-41.3.0.schema.json'), 'utf8');
    const schema: unknown = JSON.parse(text);
    assert.ok(isRecord(schema));
    assert.notDeepEqual(schemaProblems(schema, { ports: { web: { nodePort: 'x' } } }), []);
    assert.notDeepEqual(schemaProblems(schema, { servcie: {} }), []);
  });
});

async function chartValues(): Promise<(ChartSource & { values: unknown })[]> {
  const catalog = await loadCatalog();
  const facts = clusterFacts(testCluster('c1'), settings);
  const charts = catalog.components().flatMap(({ name, sources }) =>
    sources.filter(isChart).map((source) => {
      const values = fillIn(source.values ?? {}, { ...facts, 'additions.httpNodePort': '30080' }, name);
      return { ...source, values: isRecord(values) ? values : {} };
    }),
  );
  const published = ['external-secrets', 'traefik', 'vault', 'vcluster'];
  return charts.filter(({ chart }) => published.includes(chart));
}

function leaves(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (!isRecord(value)) return [path];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}

function hasPath(value: unknown, path: readonly string[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  return isRecord(value) && Object.hasOwn(value, first) && hasPath(value[first], rest);
}

describe('the default components from the published manifests', { skip }, () => {
  let directory: string;
  let upstream: UpstreamCatalog;
  let catalog: Catalog;
  let renderer: Renderer;
  let rendered: ReadonlyMap<string, readonly KubeObject[]>;

  const cluster = fullCluster('c1', {
    gateway: { httpNodePort: '31080', httpsNodePort: '31443' },
    deployment: { host: 'argocd.c1.example' },
  });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-upstream-test-'));
    upstream = await upstreamCatalog();
    catalog = await loadCatalog([upstream.file]);
    renderer = new Renderer({ sources: new SourceLoader({ directory }), helm: () => Promise.resolve(undefined) });
    rendered = await renderAll(cluster);
  });

  after(async () => {
    renderer.close();
    await upstream.remove();
    await rm(directory, { recursive: true });
  });

  async function renderAll(of: Cluster, vault = settings.vault): Promise<Map<string, readonly KubeObject[]>> {
    const result = new Map<string, readonly KubeObject[]>();
    for (const choice of Object.values(of.spec.components)) {
      const definition = catalog.component(choice.name);
      assert.ok(definition, choice.name);
      const facts = clusterFacts(of, { vault });
      result.set(
        choice.name,
        await renderer.render({ definition, choice, facts, kubernetesVersion: '1.36.4' }, signal),
      );
    }
    return result;
  }

  function find(component: string, kind: string, name: string, among = rendered): KubeObject {
    const found = among.get(component)?.find((object) => object.kind === kind && object.metadata.name === name);
    assert.ok(found, `${kind} ${name}`);
    return found;
  }

  it('are complete', () => {
    const counts = Object.fromEntries([...rendered].map(([name, objects]) => [name, objects.length]));
    assert.deepEqual(counts, {
      hnc: 18,
      'external-secrets': 44,
      traefik: 31,
      argocd: 60,
      'argo-rollouts': 15,
      vault: 6,
    });
  });

  it('have the node ports of the cluster on the Service of Traefik, and the objects of entry points', () => {
    const service = find('traefik', 'Service', 'traefik');
    const { type, ports } = service['spec'] as { type: string; ports: { name: string; nodePort: number }[] };
    assert.equal(type, 'NodePort');
    assert.deepEqual(Object.fromEntries(ports.map(({ name, nodePort }) => [name, nodePort])), {
      web: 31080,
      websecure: 31443,
    });
    assert.equal(service.metadata.labels?.['resource.nautes.io/Usage'], 'Entrypoint');
    assert.equal(service.metadata.annotations?.['cluster-operator.nautes.io/http-entrypoint'], 'web');
    assert.equal(service.metadata.annotations?.['cluster-operator.nautes.io/https-entrypoint'], 'websecure');
  });

  it('have the URL and the host of Argo CD, and TLS ends at the gateway', () => {
    const { data } = find('argocd', 'ConfigMap', 'argocd-cm') as { data?: Record<string, string> };
    assert.equal(data?.['url'], 'https://argocd.c1.example:31443');
    const parameters = find('argocd', 'ConfigMap', 'argocd-cmd-params-cm') as { data?: Record<string, string> };
    assert.equal(parameters.data?.['server.insecure'], 'true');
    const { rules } = find('argocd', 'Ingress', 'argocd-server')['spec'] as { rules: { host: string }[] };
    assert.deepEqual(
      rules.map(({ host }) => host),
      ['argocd.c1.example'],
    );
    const { ports } = find('argocd', 'Service', 'argocd-server')['spec'] as { ports: { name: string }[] };
    assert.ok(
      ports.some(({ name }) => name === 'http'),
      'the port that the Ingress names',
    );
  });

  it('have the address and the authentication path of Vault in the injector', () => {
    const environment = injectorEnvironment(find('vault', 'Deployment', 'vault-agent-injector'));
    assert.equal(environment['AGENT_INJECT_VAULT_ADDR'], 'https://vault.example:8200');
    assert.equal(environment['AGENT_INJECT_VAULT_AUTH_PATH'], 'auth/c1');
  });

  it('have an injector also without an address of Vault', async () => {
    const without = await renderAll(cluster, { address: '' });
    const environment = injectorEnvironment(find('vault', 'Deployment', 'vault-agent-injector', without));
    assert.equal(environment['AGENT_INJECT_VAULT_ADDR'], '');
  });

  it('never delay a new pod long when an injector does not answer', () => {
    const { webhooks } = find('vault', 'MutatingWebhookConfiguration', 'vault-agent-injector-cfg') as {
      webhooks?: { timeoutSeconds: number; failurePolicy: string }[];
    };
    assert.deepEqual(
      webhooks?.map(({ timeoutSeconds, failurePolicy }) => [timeoutSeconds, failurePolicy]),
      [[5, 'Ignore']],
    );
  });

  it('exclude the namespaces of the platform from HNC, and omit its broken API', () => {
    const [manager] = containers(find('hnc', 'Deployment', 'hnc-controller-manager'));
    for (const namespace of ['kube-system', 'hnc-system', 'argocd', 'nautes-system', 'traefik', 'vault']) {
      const flag = `--excluded-namespace=${namespace}`;
      assert.equal(manager?.args?.filter((argument) => argument === flag).length, 1, flag);
    }
    assert.ok(!(rendered.get('hnc') ?? []).some(({ kind }) => kind === 'APIService'));
  });

  it('name every image by its version', () => {
    for (const [component, objects] of rendered) {
      for (const object of objects) {
        for (const { image } of containers(object)) {
          assert.match(image, /:[^:/]*\d[^:/]*$/, `${component}: ${describeReference(referenceOf(object))}`);
        }
      }
    }
  });

  it('have a namespace where they need one, and it is that of the component', () => {
    for (const [component, objects] of rendered) {
      const { namespace } = choiceOf(cluster, component);
      for (const object of objects) {
        const name = `${component}: ${describeReference(referenceOf(object))}`;
        if (CLUSTER_SCOPED.has(object.kind)) assert.equal(object.metadata.namespace, undefined, name);
        else assert.equal(object.metadata.namespace, namespace, name);
      }
    }
  });

  it('create a virtual cluster at its port and address, configured as the chart’s schema allows', async () => {
    const definition = catalog.component('vcluster');
    assert.ok(definition);
    const spec = { ...cluster.spec, apiServer: 'https://127.0.1.1:31500', vclusterNodePort: 31500 };
    const choice = virtualClusterChoice('v1', 'vcluster');
    const facts = clusterFacts({ ...cluster, name: 'v1', spec }, settings);
    const objects = await renderer.render({ definition, choice, facts, kubernetesVersion: '1.36.4' }, signal);
    const among = new Map([['vcluster', objects]]);
    assert.deepEqual([...new Set(objects.map(({ metadata }) => metadata.namespace))], ['vcluster-v1']);
    assert.ok(!JSON.stringify(objects).includes('"namespace":"vc1"'));
    const { ports } = find('vcluster', 'Service', 'vc1', among)['spec'] as { ports: Record<string, unknown>[] };
    assert.deepEqual(
      ports.map(({ name, nodePort }) => [name, nodePort ?? 'any']),
      [
        ['https', 31500],
        ['kubelet', 'any'],
      ],
    );
    const { data } = find('vcluster', 'Secret', 'vc-config-vc1', among) as { data?: Record<string, string> };
    const configuration = parseYaml(Buffer.from(data?.['config.yaml'] ?? '', 'base64').toString());
    assert.ok(isRecord(configuration));
    const { controlPlane, exportKubeConfig } = configuration as {
      controlPlane: { proxy: { extraSANs: string[] }; service: { httpsNodePort: number } };
      exportKubeConfig: { server: string };
    };
    assert.deepEqual(controlPlane.proxy.extraSANs, ['127.0.1.1']);
    assert.equal(controlPlane.service.httpsNodePort, 31500);
    assert.equal(exportKubeConfig.server, 'https://127.0.1.1:31500');
    const schema: unknown = JSON.parse(await readFile(join(UPSTREAM, 'values/vcluster-0.36.1.schema.json'), 'utf8'));
    assert.ok(isRecord(schema));
    assert.equal(describeProblems(schemaProblems(schema, configuration)), '');
  });

  it('share no object', () => {
    const keys = [...rendered.values()].flat().map((object) => objectKey(referenceOf(object)));
    assert.equal(new Set(keys).size, keys.length);
  });

  it('can be moved to other namespaces, with all that refers to them', async () => {
    const components = Object.fromEntries(
      Object.entries(cluster.spec.components).map(([category, choice]) => [
        category,
        { ...choice, namespace: `x-${choice.name}` },
      ]),
    );
    const moved = await renderAll({ ...cluster, spec: { ...cluster.spec, components } });
    for (const [component, objects] of moved) {
      const { namespace } = choiceOf(cluster, component);
      for (const object of objects) {
        const name = `${component}: ${describeReference(referenceOf(object))}`;
        if (!CLUSTER_SCOPED.has(object.kind)) assert.equal(object.metadata.namespace, `x-${component}`, name);
        assert.ok(!JSON.stringify(object).includes(`"namespace":"${namespace}"`), name);
        assert.ok(!JSON.stringify(object).includes(`.${namespace}.svc`), name);
      }
    }
    const [manager] = containers(find('hnc', 'Deployment', 'hnc-controller-manager', moved));
    assert.ok(manager?.args?.includes('--excluded-namespace=x-hnc'));
  });

  it('are the same instances for every cluster, but for the few objects that differ', async () => {
    const second = await renderAll(fullCluster('c2', { gateway: { httpNodePort: '30081', httpsNodePort: '30444' } }));
    const own: string[] = [];
    for (const [component, objects] of second) {
      for (const [index, object] of objects.entries()) {
        if (object !== rendered.get(component)?.[index]) own.push(`${object.kind} ${object.metadata.name}`);
      }
    }
    assert.deepEqual(own.toSorted(), [
      'ConfigMap argocd-cm',
      'ConfigMap argocd-cmd-params-cm',
      'Deployment argo-rollouts',
      'Deployment hnc-controller-manager',
      'Deployment vault-agent-injector',
      'Ingress argocd-server',
      'MutatingWebhookConfiguration vault-agent-injector-cfg',
      'Service traefik',
    ]);
  });
});

const CLUSTER_SCOPED = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'ValidatingWebhookConfiguration',
]);

/** A physical worker with all default components. */
function fullCluster(name: string, additions: Readonly<Record<string, Readonly<Record<string, string>>>>): Cluster {
  const cluster = testCluster(name);
  const choice = (category: string, component: string, namespace = component) => ({
    [category]: { name: component, namespace, additions: { host: 'argocd.example', ...additions[category] } },
  });
  const components = {
    ...choice('multiTenant', 'hnc', 'hnc-system'),
    ...choice('secretSync', 'external-secrets'),
    ...choice('gateway', 'traefik'),
    ...choice('deployment', 'argocd'),
    ...choice('progressiveDelivery', 'argo-rollouts'),
    ...choice('secretManagement', 'vault'),
  };
  return { ...cluster, spec: { ...cluster.spec, components } };
}

function choiceOf({ spec }: Cluster, component: string) {
  const choice = Object.values(spec.components).find(({ name }) => name === component);
  assert.ok(choice, component);
  return choice;
}

interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

function containers(object: KubeObject): readonly Container[] {
  const { spec } = object as { spec?: { template?: { spec?: Partial<Record<string, readonly Container[]>> } } };
  const pod = spec?.template?.spec ?? {};
  return [...(pod['containers'] ?? []), ...(pod['initContainers'] ?? [])];
}

function injectorEnvironment(object: KubeObject): Readonly<Record<string, string | undefined>> {
  const [container] = containers(object);
  return Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
}

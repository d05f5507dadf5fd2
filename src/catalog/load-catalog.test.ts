import { textIn } from '../messages/text.ts';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NautesError } from '../errors/errors.ts';
import { stringifyYaml } from '../base/yaml.ts';
import { dependenciesAmong } from './dependencies.ts';
import { loadCatalog, MAXIMUM_CATALOG_BYTES } from './load-catalog.ts';

let directory: string;
let files = 0;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nautes-catalog-test-'));
});

after(() => rm(directory, { recursive: true }));

async function file(content: unknown): Promise<string> {
  files += 1;
  const path = join(directory, `catalog-${files}.yaml`);
  await writeFile(path, typeof content === 'string' ? content : stringifyYaml(content));
  return path;
}

const capsule = {
  name: 'capsule',
  category: 'multiTenant',
  namespace: 'capsule-system',
  version: '0.14.0',
  sources: [{ manifest: 'capsule.yaml' }],
};

async function refused(contents: readonly unknown[], problem: RegExp): Promise<void> {
  const paths = await Promise.all(contents.map(file));
  await assert.rejects(loadCatalog(paths), (error: unknown) => {
    assert.ok(error instanceof NautesError);
    assert.equal(error.reason, 'CatalogInvalid');
    assert.match(error.message, problem);
    assert.ok(error.message.includes(paths[0] ?? ''), 'the file at fault is named');
    return true;
  });
}

describe('the built-in catalogue', () => {
  it('gives each variety the components of the original', async () => {
    const catalog = await loadCatalog();
    const names = (usage: 'host' | 'worker', clusterType: 'physical' | 'virtual', workerType = ''): string[] =>
      (catalog.categoriesOf({ usage, clusterType, workerType }) ?? []).map(
        (category) => catalog.defaultFor(category)?.name ?? `no ${category}`,
      );
    assert.deepEqual(names('host', 'physical'), ['traefik', 'oauth2-proxy']);
    const pipeline = ['argo-events', 'argocd', 'external-secrets', 'hnc', 'tekton', 'vault'];
    assert.deepEqual(names('worker', 'virtual', 'pipeline').toSorted(), pipeline);
    const physicalPipeline = [...pipeline, 'oauth2-proxy', 'traefik'].toSorted();
    assert.deepEqual(names('worker', 'physical', 'pipeline').toSorted(), physicalPipeline);
    assert.deepEqual(names('worker', 'physical', 'deployment').toSorted(), [
      'argo-rollouts',
      'argocd',
      'external-secrets',
      'hnc',
      'traefik',
      'vault',
    ]);
    assert.deepEqual(names('worker', 'virtual', 'deployment').toSorted(), [
      'argo-rollouts',
      'argocd',
      'external-secrets',
      'hnc',
      'vault',
    ]);
    assert.equal(catalog.categoriesOf({ usage: 'host', clusterType: 'virtual' }), undefined);
  });

  it('has the pinned versions', async () => {
    const catalog = await loadCatalog();
    const versions = Object.fromEntries(catalog.components().map(({ name, version }) => [name, version]));
    assert.deepEqual(versions, {
      traefik: '41.3.0',
      argocd: 'v3.5.1',
      'argo-rollouts': 'v1.9.1',
      tekton: 'v1.15.3',
      'argo-events': 'v1.9.11',
      'oauth2-proxy': '10.7.0',
      vcluster: '0.36.1',
      'external-secrets': '2.9.0',
      vault: '0.34.1',
      hnc: 'v1.1.0',
    });
  });

  it('orders components with cluster-wide webhooks last, HNC after all others', async () => {
    const components = (await loadCatalog()).components().filter(({ category }) => category !== 'virtualCluster');
    const dependencies = dependenciesAmong(components);
    const others = ['argo-events', 'argo-rollouts', 'argocd', 'external-secrets', 'oauth2-proxy', 'tekton', 'traefik'];
    assert.deepEqual(dependencies.get('vault')?.after.toSorted(), others);
    assert.deepEqual(dependencies.get('hnc')?.after.toSorted(), [...others, 'vault']);
  });

  it('tells that HNC is retired', async () => {
    const hnc = (await loadCatalog()).component('hnc');
    assert.match(textIn(hnc?.advisories?.[0]?.text ?? '', 'en'), /retired/);
    assert.equal(hnc?.advisories?.[0]?.unless, undefined);
  });
});

describe('loadCatalog with files', () => {
  it('adds a component and makes it the default of its category', async () => {
    const catalog = await loadCatalog([await file({ components: [{ ...capsule, default: true }] })]);
    assert.equal(catalog.defaultFor('multiTenant')?.name, 'capsule');
    assert.equal(catalog.component('hnc')?.default, false);
    assert.deepEqual(catalog.component('capsule')?.sources, [{ manifest: join(directory, 'capsule.yaml') }]);
  });

  it('adds a component beside the default', async () => {
    const catalog = await loadCatalog([await file({ components: [capsule] })]);
    assert.equal(catalog.defaultFor('multiTenant')?.name, 'hnc');
    assert.equal(catalog.component('capsule')?.category, 'multiTenant');
  });

  it('keeps what a file does not mention, and lets later files win', async () => {
    const catalog = await loadCatalog([
      await file({ components: [{ name: 'argocd', version: 'v9.0.0', sources: [{ manifest: 'mine.yaml' }] }] }),
      await file({ components: [{ name: 'argocd', namespace: 'gitops' }] }),
    ]);
    const argocd = catalog.component('argocd');
    assert.equal(argocd?.version, 'v9.0.0');
    assert.equal(argocd?.namespace, 'gitops');
    assert.deepEqual(argocd?.sources, [{ manifest: join(directory, 'mine.yaml') }]);
    assert.equal(argocd?.default, true);
    assert.equal(argocd?.additions?.[0]?.name, 'host');
  });

  it('lets a file change the categories of a variety', async () => {
    const varieties = [{ usage: 'host', clusterType: 'physical', workerType: '', categories: [] }];
    const catalog = await loadCatalog([await file({ varieties })]);
    assert.deepEqual(catalog.categoriesOf({ usage: 'host', clusterType: 'physical' }), []);
    assert.ok(catalog.categoriesOf({ usage: 'worker', clusterType: 'physical', workerType: 'deployment' }));
  });
});

describe('loadCatalog refuses', () => {
  it('a file that is missing, empty, too large or no YAML', async () => {
    await assert.rejects(
      loadCatalog([join(directory, 'nowhere.yaml')]),
      /nowhere\.yaml is not valid: there is no such/,
    );
    await refused([`# ${'x'.repeat(MAXIMUM_CATALOG_BYTES)}`], /has more than 1048576 bytes/);
    await refused(['components: [\n'], /line \d+/);
    await refused(['# nothing yet\n'], /the input is empty/);
  });

  it('unknown keys, and names the component', async () => {
    await refused([{ component: [] }], /unknown key "component"/);
    await refused([{ components: [{ ...capsule, nmaespace: 'x' }] }], /capsule: unknown key "nmaespace"/);
  });

  it('a new component that is not complete', async () => {
    await refused([{ components: [{ name: 'capsule', version: '1' }] }], /capsule: /);
  });

  it('an invalid path', async () => {
    const patches = [{ target: { kind: 'Service' }, set: [{ path: 'spec..ports', value: 1 }] }];
    await refused([{ components: [{ ...capsule, patches }] }], /capsule: patches\.0\.set\.0\.path/);
  });

  it('two entries for the same', async () => {
    await refused([{ components: [capsule, capsule] }], /capsule is there twice/);
    const variety = { usage: 'host', clusterType: 'physical', workerType: '', categories: [] };
    await refused([{ varieties: [variety, variety] }], /"physical host" is there twice/);
    const second = { ...capsule, name: 'other', default: true };
    await refused([{ components: [{ ...capsule, default: true }, second] }], /multiTenant has several defaults/);
  });

  it('a source that is neither path nor https', async () => {
    await refused([{ components: [{ ...capsule, sources: [{ manifest: 'http://example.org/a' }] }] }], /https URL/);
    const chart = { chart: 'capsule', version: '1', release: 'capsule', repository: 'oci://example.org/a' };
    await refused([{ components: [{ ...capsule, sources: [chart] }] }], /capsule: oci:/);
  });

  it('a chart name that escapes its repository', async () => {
    const chart = { chart: '../x', version: '1', release: 'capsule', repository: 'https://example.org/a' };
    await refused([{ components: [{ ...capsule, sources: [chart] }] }], /capsule: sources\.0/);
  });

  it('unknown dependencies, and cycles', async () => {
    await refused([{ components: [{ ...capsule, after: ['treafik'] }] }], /waits for treafik/);
    await refused(
      [
        {
          components: [
            { ...capsule, requires: ['second'] },
            { ...capsule, name: 'second', requires: ['capsule'] },
          ],
        },
      ],
      /capsule → second → capsule/,
    );
  });

  it('unknown facts, and names their path', async () => {
    const patch = (value: string) => [{ target: { kind: 'Service' }, set: [{ path: 'spec.type', value }] }];
    await refused(
      [{ components: [{ ...capsule, patches: patch('${cluster.nmae}') }] }],
      /capsule: patches\[0\]\.set\[0\]\.value: there is no fact cluster\.nmae/,
    );
    await refused([{ components: [{ ...capsule, patches: patch('${additions.host}') }] }], /no fact additions\.host/);
    await refused([{ components: [{ ...capsule, patches: patch('${HOME}') }] }], /is no placeholder/);
    await refused(
      [{ components: [{ ...capsule, advisories: [{ text: 'x', unless: 'vault.adress' }] }] }],
      /vault\.adress/,
    );
  });

  it('patches without a change', async () => {
    await refused([{ components: [{ ...capsule, patches: [{ target: { kind: 'Service' } }] }] }], /changes nothing/);
  });

  it('additions that cannot be fulfilled', async () => {
    const additions = (...list: object[]) => [{ components: [{ ...capsule, additions: list }] }];
    await refused(additions({ name: 'a', pattern: '(' }), /no regular expression/);
    await refused(additions({ name: 'a', pattern: '^[0-9]+$', default: 'x' }), /has another form/);
    await refused(additions({ name: 'a' }, { name: 'a' }), /the addition a is there twice/);
  });
});

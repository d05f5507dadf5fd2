import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeProblems, schemaProblems } from '../base/schema.ts';
import { Catalog } from './catalog.ts';
import { CatalogView } from '../contract/schemas/catalog.ts';
import { catalogView } from './catalog-view.ts';
import type { ComponentDefinition } from './definition.ts';
import { loadCatalog } from './load-catalog.ts';

const find = (view: CatalogView, name: string) => {
  const component = view.components.find((candidate) => candidate.name === name);
  assert.ok(component, name);
  return component;
};

describe('catalogView', () => {
  it('shows the built-in catalogue in the form of its schema', async () => {
    const view = catalogView(await loadCatalog());
    assert.equal(describeProblems(schemaProblems(CatalogView, view)), '');
    assert.deepEqual(
      view.components.map(({ name }) => name),
      [
        'hnc',
        'external-secrets',
        'traefik',
        'argocd',
        'argo-rollouts',
        'tekton',
        'argo-events',
        'oauth2-proxy',
        'vault',
        'vcluster',
      ],
    );
    assert.deepEqual(find(view, 'traefik').additions[0], {
      name: 'httpNodePort',
      description: 'node port for http',
      pattern: '^[0-9]+$',
      required: true,
      default: '30080',
    });
    assert.deepEqual(find(view, 'vault').after, ['*']);
    assert.equal(view.varieties.length, 5);
  });

  it('shows the origin of a digest', async () => {
    const recorded = 'b'.repeat(64);
    const location = 'https://traefik.github.io/charts/traefik-41.3.0.tgz';
    const view = catalogView(await loadCatalog(), { recordedDigests: new Map([[location, recorded]]) });
    assert.equal(find(view, 'argocd').sources[0]?.digestFrom, 'catalog');
    const [traefik] = find(view, 'traefik').sources;
    assert.deepEqual(
      [traefik?.kind, traefik?.chart, traefik?.version, traefik?.digestFrom, traefik?.sha256],
      ['chart', 'traefik', '41.3.0', 'lock', recorded],
    );
    assert.deepEqual([find(view, 'hnc').sources[0]?.sha256, find(view, 'hnc').sources[0]?.digestFrom], ['', 'none']);
  });

  it('shows advisories: that HNC is retired always, that Vault has no address only while it has none', async () => {
    const catalog = await loadCatalog();
    assert.match(find(catalogView(catalog), 'hnc').advisories.join(), /retired/);
    assert.match(find(catalogView(catalog), 'vault').advisories.join(), /no Vault address is configured/);
    const facts = { 'vault.address': 'https://vault.example' };
    assert.deepEqual(find(catalogView(catalog, { facts }), 'vault').advisories, []);
    assert.match(find(catalogView(catalog, { language: 'zh' }), 'hnc').advisories.join(), /停止维护/);
  });

  it('names a file without its folder', () => {
    const component: ComponentDefinition = {
      name: 'capsule',
      category: 'multiTenant',
      namespace: 'capsule',
      version: '1',
      sources: [{ manifest: '/srv/secret-place/capsule.yaml' }],
    };
    const view = catalogView(new Catalog([component], []));
    assert.equal(view.components[0]?.sources[0]?.location, 'capsule.yaml');
    assert.equal(view.components[0]?.default, true);
  });

  it('shows only the variety that counts of several for the same clusters', () => {
    const variety = { usage: 'host', clusterType: 'physical', workerType: '' };
    const catalog = new Catalog(
      [],
      [
        { ...variety, categories: [] },
        { ...variety, categories: ['gateway'] },
      ],
    );
    assert.deepEqual(catalogView(catalog).varieties, [{ ...variety, categories: [] }]);
  });
});

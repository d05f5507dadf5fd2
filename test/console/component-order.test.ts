import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { edgesOf, inOrder } from '../../console/src/data/component-order.ts';
import type { ComponentView, View } from '../../src/contract/views.ts';

type Catalog = View<'catalog'>;

const catalog = {
  components: [
    { name: 'vault', requires: [], after: ['*'] },
    { name: 'hnc', requires: [], after: ['*', 'vault'] },
    { name: 'argocd', requires: [], after: ['traefik'] },
    { name: 'traefik', requires: [], after: [] },
    { name: 'tekton', requires: [], after: [] },
  ],
} as unknown as Catalog; // the rest is not read

const components = ['hnc', 'vault', 'argocd', 'traefik'].map((name) => ({ name })) as unknown as ComponentView[];

describe('the order of components', () => {
  it('has one that waits for all others behind those that do not, and no circle', () => {
    const edges = edgesOf(components, catalog).map(({ from, to }) => `${from} ${to}`);
    assert.deepEqual(edges.toSorted(), ['argocd vault', 'traefik argocd', 'vault hnc']);
  });

  it('lists each component behind those it waits for', () => {
    const names = inOrder(components, edgesOf(components, catalog)).map(({ name }) => name);
    assert.deepEqual(names, ['traefik', 'argocd', 'vault', 'hnc']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import { clusterKind } from '../../resources/cluster/cluster-kind.ts';
import { compileFieldSelector } from './field-selector.ts';

function cluster(name: string, spec: Partial<Cluster['spec']> = {}): Cluster {
  return {
    name,
    incarnation: 'i',
    spec: {
      apiServer: 'https://127.0.0.1:6443',
      clusterKind: 'kubernetes',
      clusterType: 'physical',
      usage: 'host',
      primaryDomain: '',
      components: {},
      reservedNamespacesAllowedProducts: {},
      productAllowedClusterResources: {},
      ...spec,
    },
  };
}

describe('field selector', () => {
  it('selects names by a part and the other fields as a whole', () => {
    const matches = (selector: string, of: Cluster) => compileFieldSelector(clusterKind, selector)(of);
    const worker = cluster('prod-eu-1', { usage: 'worker', workerType: 'deployment', clusterType: 'virtual' });
    assert.equal(matches('', worker), true);
    assert.equal(matches('cluster_name=eu', worker), true);
    assert.equal(matches('cluster_name=us', worker), false);
    assert.equal(matches('usage=worker,worker_type=deployment,cluster_type=virtual', worker), true);
    assert.equal(matches('usage=worker,worker_type=pipeline', worker), false);
    assert.equal(matches('usage=work', worker), false);
    assert.equal(matches('worker_type=', cluster('host')), true);
  });

  it('with several terms selects what each of them does', () => {
    const names = fc.stringMatching(/^[a-c]{1,3}$/);
    const usages = fc.constantFrom('host' as const, 'worker' as const);
    fc.assert(
      fc.property(names, usages, names, usages, (name, usage, wantedName, wantedUsage) => {
        const selected = compileFieldSelector(
          clusterKind,
          `cluster_name=${wantedName},usage=${wantedUsage}`,
        )(cluster(name, { usage }));
        assert.equal(selected, name.includes(wantedName) && usage === wantedUsage);
      }),
    );
  });

  it('passes once over very many blanks', { timeout: 20_000 }, async () => {
    assert.throws(() => compileFieldSelector(clusterKind, `usage${' '.repeat(200_000)}`), { reason: 'Codec' });
    assert.throws(() => compileFieldSelector(clusterKind, ' '.repeat(200_000)), { reason: 'Codec' });
    await setImmediate(); // lets a timeout that has passed be seen
  });

  const unsupported: readonly (readonly [string, string])[] = [
    ['foo=bar', 'failed to get selector, the filter field foo operator symbol = is not supported'],
    ['usage!=host', 'failed to get selector, the filter field usage operator symbol != is not supported'],
    ['usage==host', 'failed to get selector, the filter field usage operator symbol == is not supported'],
    ['usage', 'failed to get selector, the filter field usage operator symbol  is not supported'],
    ['__proto__=x', 'failed to get selector, the filter field __proto__ operator symbol = is not supported'],
    ['usage=host,', 'failed to get selector, the filter field  operator symbol  is not supported'],
  ];
  for (const [selector, message] of unsupported) {
    it(`refuses ${selector} also when there is no cluster`, () =>
      assert.throws(() => compileFieldSelector(clusterKind, selector), { reason: 'Codec', message }));
  }
});

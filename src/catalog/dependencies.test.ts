import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dependenciesAmong, dependencyOrder } from './dependencies.ts';

describe('dependenciesAmong', () => {
  it('ignores components that the cluster does not have', () => {
    const found = dependenciesAmong([{ name: 'argocd', requires: ['vault'], after: ['traefik'] }]);
    assert.deepEqual(found.get('argocd'), { requires: [], after: [] });
  });

  it('expands * to all that do not declare * themselves', () => {
    const found = dependenciesAmong([
      { name: 'hnc', after: ['*', 'vault'] },
      { name: 'vault', after: ['*'] },
      { name: 'argocd' },
      { name: 'traefik', requires: [] },
    ]);
    assert.deepEqual(found.get('hnc')?.after, ['argocd', 'traefik', 'vault']);
    assert.deepEqual(found.get('vault')?.after, ['argocd', 'traefik']);
    assert.deepEqual(found.get('argocd')?.after, []);
  });

  it('names each dependency once', () => {
    const found = dependenciesAmong([{ name: 'a', after: ['*', 'b', 'b', 'a'] }, { name: 'b' }]);
    assert.deepEqual(found.get('a')?.after, ['b']);
  });
});

describe('dependencyOrder', () => {
  it('returns a cycle', () => {
    const order = dependencyOrder([
      { name: 'a', requires: ['b'] },
      { name: 'b', after: ['c'] },
      { name: 'c', requires: ['a'] },
    ]);
    assert.deepEqual(order, { cycle: ['a', 'b', 'c', 'a'] });
    assert.deepEqual(dependencyOrder([{ name: 'a', requires: ['a'] }]), { cycle: ['a', 'a'] });
  });

  it('returns a cycle through *', () => {
    const order = dependencyOrder([
      { name: 'late', after: ['*'] },
      { name: 'early', requires: ['late'] },
    ]);
    assert.ok('cycle' in order);
  });

  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const component = (name: string) =>
    fc.record({
      name: fc.constant(name),
      requires: fc.subarray(names, { maxLength: 2 }),
      after: fc.subarray([...names, '*'], { maxLength: 2 }),
    });

  it('orders every component after its dependencies, or returns a real cycle', () => {
    fc.assert(
      fc.property(fc.tuple(...names.map(component)), (components) => {
        const dependencies = dependenciesAmong(components);
        const waitsFor = (name: string): readonly string[] => {
          const { requires = [], after = [] } = dependencies.get(name) ?? {};
          return [...requires, ...after];
        };
        const result = dependencyOrder(components);
        if ('cycle' in result) {
          assert.equal(result.cycle[0], result.cycle.at(-1));
          for (const [index, name] of result.cycle.slice(0, -1).entries()) {
            assert.ok(waitsFor(name).includes(result.cycle[index + 1] ?? ''));
          }
          return;
        }
        assert.deepEqual(result.order.toSorted(), names);
        for (const name of names) {
          for (const before of waitsFor(name)) {
            assert.ok(result.order.indexOf(before) < result.order.indexOf(name), `${before} before ${name}`);
          }
        }
      }),
    );
  });

  it('has no cycle among some when there is none among all', () => {
    fc.assert(
      fc.property(fc.tuple(...names.map(component)), fc.subarray(names), (components, chosen) => {
        fc.pre(!('cycle' in dependencyOrder(components)));
        assert.ok(!('cycle' in dependencyOrder(components.filter(({ name }) => chosen.includes(name)))));
      }),
    );
  });
});

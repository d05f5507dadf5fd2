import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { clusterName, clusterNames, namedObjects, namedOfKind } from './object-names.ts';

const refused =
  (problem: RegExp) =>
  (error: unknown): boolean =>
    error instanceof NautesError && problem.test(error.message);

describe('objects named on the command line', () => {
  it('are KIND NAME… or KIND/NAME…, each once', () => {
    const cases = [
      [['cluster', 'a', 'b', 'a'], 'Cluster a, Cluster b'],
      [['cluster/a', 'clusters/b', 'cls/a'], 'Cluster a, Cluster b'],
      [['cluster', 'a/b'], 'Cluster a/b'],
      [['Cluster/a', 'product/p'], 'Cluster a, Product p'],
    ] as const;
    for (const [words, expected] of cases)
      assert.equal(
        namedObjects(words)
          .map(({ kind, name }) => `${kind.name} ${name}`)
          .join(', '),
        expected,
      );
  });

  it('are of one kind, or all of a kind, where a list is shown', () => {
    assert.deepEqual(namedOfKind(['cluster/a', 'cluster/b']).names, ['a', 'b']);
    assert.deepEqual(namedOfKind(['clusters']).names, []);
    assert.throws(() => namedOfKind(['cluster/a', 'product/b']), refused(/Product.*Cluster/));
  });

  it('are clusters with or without the kind where there is no other', () => {
    for (const words of [
      ['a', 'b'],
      ['cluster', 'a', 'b'],
      ['cluster/a', 'cluster/b'],
      ['a', 'cluster/b', 'a'],
    ])
      assert.deepEqual(clusterNames(words), ['a', 'b'], words.join(' '));
    assert.deepEqual(clusterNames(['cluster']), ['cluster']);
    assert.deepEqual(clusterNames(['env', 'prod']), ['env', 'prod']);
    assert.equal(clusterName(['cluster', 'a']), 'a');
    assert.throws(() => clusterName(['a', 'b']), refused(/one cluster.*2/));
    assert.throws(() => clusterNames(['product/a']), refused(/Product a is no cluster/));
  });

  it('are refused where the two forms are mixed or a part is missing', () => {
    assert.throws(() => namedObjects(['cluster']), refused(/no name .*cluster/));
    assert.throws(() => namedObjects(['cluster', 'cluster/a']), refused(/cluster\/a is no name/));
    assert.throws(() => namedObjects(['cluster/a', 'b']), refused(/b is not of the form KIND\/NAME/));
    for (const word of ['cluster/', '/a', 'cluster/a/b'])
      assert.throws(() => namedObjects([word]), refused(/KIND\/NAME/), word);
    assert.throws(() => namedObjects(['thing/a']), refused(/no kind thing/));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchesLabelSelector, parseFieldSelector, parseLabelSelector } from './selectors.ts';

describe('label selectors', () => {
  const cases: [string, Record<string, string>, boolean][] = [
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'c' }, false],
    ['a!=b', {}, true],
    ['a', { a: '' }, true],
    ['!a', { a: '' }, false],
    ['a in (b, c),d', { a: 'c', d: '1' }, true],
    ['a notin (b,c)', { a: 'c' }, false],
    ['a notin (b,c)', {}, true],
  ];
  for (const [selector, labels, expected] of cases) {
    it(`${selector} ${expected ? 'matches' : 'does not match'} ${JSON.stringify(labels)}`, () => {
      assert.equal(parseLabelSelector(selector)?.(labels), expected);
    });
  }

  it('of objects match by labels and expressions', () => {
    const selector = {
      matchLabels: { a: '1' },
      matchExpressions: [
        { key: 'b', operator: 'NotIn', values: ['x'] },
        { key: 'c', operator: 'Exists' },
      ],
    };
    assert.equal(matchesLabelSelector(selector, { a: '1', c: '' }), true);
    assert.equal(matchesLabelSelector(selector, { a: '1', b: 'x', c: '' }), false);
    assert.equal(matchesLabelSelector({}, {}), true);
    assert.equal(matchesLabelSelector(undefined, {}), false);
  });
});

describe('field selectors', () => {
  it('compare fields as text', () => {
    const object = { metadata: { name: 'a' }, status: { phase: 'Running' } };
    assert.equal(parseFieldSelector('metadata.name=a,status.phase!=Pending')?.(object), true);
    assert.equal(parseFieldSelector('metadata.name=b')?.(object), false);
    assert.equal(parseFieldSelector('spec.nodeName=')?.(object), true);
  });
});

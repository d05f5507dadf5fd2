import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearestWord } from './nearest.ts';

describe('the nearest word', () => {
  const known = ['httpNodePort', 'httpsNodePort', 'host'];

  it('is the one with the fewest differences, whatever the case', () => {
    assert.equal(nearestWord('httpNodeport', known), 'httpNodePort');
    assert.equal(nearestWord('httpsNodPort', known), 'httpsNodePort');
    assert.equal(nearestWord('hots', known), undefined);
    assert.equal(nearestWord('hst', known), 'host');
  });

  it('is none where nothing is near', () => {
    assert.equal(nearestWord('replicas', known), undefined);
    assert.equal(nearestWord('', known), undefined);
    assert.equal(nearestWord('x'.repeat(10_000), known), undefined);
    assert.equal(nearestWord('host', []), undefined);
  });
});

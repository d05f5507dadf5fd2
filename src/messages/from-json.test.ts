import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { action } from './action.ts';
import { MAX_DEPTH, MAX_ENTRIES } from './bounds.ts';
import { actionFromJson, messageFromJson } from './from-json.ts';
import { message, verbatim } from './message.ts';

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a message that was stored', () => {
  it('comes back as it was', () => {
    const said = message('About', { subject: message('stage.Ready'), what: verbatim('x') });
    assert.deepEqual(messageFromJson(throughJson(said)), said);
    const other = { id: 'X', params: { a: 1, b: ['c'], d: [said], e: said } };
    assert.deepEqual(messageFromJson(throughJson(other)), other);
  });

  it('by a version that stored words is these words', () => {
    assert.deepEqual(messageFromJson('nothing answers'), verbatim('nothing answers'));
    assert.deepEqual(actionFromJson('Try again.'), action('Advice', { text: 'Try again.' }));
    assert.equal(actionFromJson(''), undefined);
  });

  it('is without words when it has no form of one', () => {
    for (const value of [undefined, null, 1, [], {}, { id: '' }]) {
      assert.deepEqual(messageFromJson(value), verbatim(''));
      assert.equal(actionFromJson(value), undefined);
    }
    assert.deepEqual(messageFromJson({ id: 'X', params: { a: null, b: true, c: 'd' } }), {
      id: 'X',
      params: { c: 'd' },
    });
  });

  it('is read to a limited depth and length', () => {
    let deep: unknown = verbatim('end');
    for (let depth = 0; depth < 100_000; depth += 1) deep = { id: 'X', params: { inner: deep } };
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    assert.ok(depthOf(messageFromJson(deep)) <= 2 * MAX_DEPTH);
    const long = { id: 'X', params: { list: Array.from({ length: MAX_ENTRIES + 1 }, () => 'a') } };
    assert.equal((messageFromJson(long).params['list'] as readonly string[]).length, MAX_ENTRIES);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSafely } from '../../console/src/data/safe-json.ts';

describe('what the console reads of the server', () => {
  it('has a sign in the place of marks that turn the direction of text', () => {
    const text = JSON.stringify({ message: 'a\u202egnp.exe\u2066b\u200f', names: ['\u061cx'] });
    assert.deepEqual(parseSafely(text), { message: 'a\ufffdgnp.exe\ufffdb\ufffd', names: ['\ufffdx'] });
  });

  it('is otherwise as it was sent, whatever its script', () => {
    const value = { en: 'a b\n"c"', zh: '集群', he: 'שלום', emoji: '👩‍💻', count: 1.5, none: null };
    assert.deepEqual(parseSafely(JSON.stringify(value)), value);
  });
});

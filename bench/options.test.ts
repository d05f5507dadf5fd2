import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCommandLine } from './options.ts';

describe('command line of the benchmarks', () => {
  it('names and sizes are distinguished', () => {
    const { names, options } = readCommandLine(['fleet', '--clusters', '50', 'steady', '--seconds', '30']);
    assert.deepEqual(names, ['fleet', 'steady']);
    assert.deepEqual(options, { clusters: 50, rounds: undefined, seconds: 30, consoles: undefined });
  });

  it('a size that is no number from 1 on is refused with its name', () => {
    for (const text of ['0', '-1', '1.5', 'many', '']) {
      assert.throws(() => readCommandLine([`--clusters=${text}`]), /--clusters must be a number/, text);
    }
    assert.throws(() => readCommandLine(['--speed', '1']), /--speed/);
  });
});

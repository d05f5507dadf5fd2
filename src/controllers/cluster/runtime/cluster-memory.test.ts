import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterMemory } from './cluster-memory.ts';

const MINUTE = 60_000;

describe('ClusterMemory', () => {
  it('a credential that is refused is put off, longer each time, until the file changes or a look is asked for', () => {
    const memory = new ClusterMemory('i1');
    memory.beginRun('g1', false);
    assert.equal(memory.isPutOff('v1', 0), false);
    memory.markRefused('v1', 0);
    assert.deepEqual([memory.isPutOff('v1', 0.9 * MINUTE), memory.isPutOff('v1', MINUTE)], [true, false]);
    assert.equal(memory.isPutOff('v2', 0), false);
    memory.markRefused('v1', MINUTE);
    assert.deepEqual([memory.isPutOff('v1', 2.9 * MINUTE), memory.isPutOff('v1', 3 * MINUTE)], [true, false]);
    memory.markRefused('v1', 3 * MINUTE);
    memory.beginRun('g1', false);
    assert.equal(memory.isPutOff('v1', 4 * MINUTE), true);
    memory.beginRun('g2', false);
    assert.equal(memory.isPutOff('v1', 4 * MINUTE), false);
    memory.markRefused('v1', 4 * MINUTE);
    memory.beginRun('g2', true);
    assert.equal(memory.isPutOff('v1', 4 * MINUTE), false);
  });
});

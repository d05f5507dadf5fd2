import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureMachineSpeed, speedFigures } from './machine-speed.ts';

describe('the speed of the machine', () => {
  it('is measured by work that takes processor time, and shown before and after a benchmark', () => {
    const speed = measureMachineSpeed();
    assert.ok(speed.processorMilliseconds > 0 && speed.elapsedMilliseconds > 0);
    const [processor, elapsed] = speedFigures(speed, {
      processorMilliseconds: speed.processorMilliseconds * 2,
      elapsedMilliseconds: speed.elapsedMilliseconds * 3,
    });
    assert.deepEqual([processor?.ratio, elapsed?.ratio], [2, 3]);
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { isRunOverdue, runDeadline } from './run-deadline.ts';
import { runStage, type Stage } from './stage.ts';

describe('a stage of a run that takes too long', () => {
  it('has the result that the run was ended, which the status can say', async () => {
    const { signal } = runDeadline(1);
    const stage: Stage<undefined> = {
      condition: 'Reachable',
      deadlineMilliseconds: 1,
      run: async (_, running) => {
        await once(running, 'abort');
        throw new Error('whatever the abort has led to');
      },
    };
    const options = { failures: 0, onUnexpected: assert.fail };
    const result = await runStage(stage, undefined, options, signal);
    assert.equal(isRunOverdue(signal), true);
    assert.deepEqual([result.outcome, 'reason' in result && result.reason], ['wait', 'RunOverdue']);
  });
});

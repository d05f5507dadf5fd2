import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { faultRun } from './run.ts';

/** Short enough for every run of the tests; `main.ts` does the same for longer. */
const SHORT = { steps: 14, workers: 3, virtual: 2, hostile: 1, callers: 3, restartBeforeCalm: true, patience: 60_000 };

/** A change is judged by a seed that it can be judged by again; at a desk a new one is tried each time. */
const seeds = process.env['CI'] === undefined ? ['1', randomBytes(4).toString('hex')] : ['1'];

describe('operations under faults, then calm', () => {
  for (const seed of seeds) {
    it(`leave repository, secrets, status and clusters in agreement (seed ${seed})`, async () => {
      const { problems, deeds } = await faultRun({ seed, ...SHORT });
      const counts = `--steps ${SHORT.steps} --workers ${SHORT.workers} --virtual ${SHORT.virtual} --hostile 1`;
      const replay = `node test/fault-run/main.ts --seed ${seed} ${counts} --restart`;
      assert.deepEqual(problems, [], `${replay}\n${deeds.join('\n')}`);
    });
  }
});

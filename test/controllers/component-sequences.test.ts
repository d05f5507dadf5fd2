import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newClusters } from '../harness/new-clusters.ts';
import { ComponentSequence } from './component-sequence.ts';

const SEEDS = ['one', 'two', 'three'];
const STEPS = 10;

describe('any sequence of component changes', () => {
  const cluster = newClusters({ clusters: SEEDS.length });

  for (const seed of SEEDS) {
    it(`ends with what was declared last, and loses nothing that users have made (seed ${seed})`, async () => {
      await using sequence = await ComponentSequence.start(`components ${seed}`, cluster());
      for (let step = 0; step < STEPS; step += 1) await sequence.step();
      await sequence.settle();
      assert.ok(sequence.settled > 2, sequence.history.join('\n'));
      await sequence.leave();
    });
  }
});

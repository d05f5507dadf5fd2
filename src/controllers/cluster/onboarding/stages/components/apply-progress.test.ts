import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApplyProgress } from './apply-progress.ts';

describe('the progress of an apply', () => {
  it('is shown once a second at most, whatever the number of objects', async () => {
    const shown: string[] = [];
    let now = 0;
    const show = async (done: number, total: number): Promise<void> => {
      shown.push(`${done} of ${total}`);
    };
    const progress = new ApplyProgress(show, () => now);
    for (let done = 1; done <= 340; done += 1) {
      now += 10;
      progress.report(done, 340);
    }
    await progress.settled();
    assert.deepEqual(shown, ['100 of 340', '200 of 340', '300 of 340']);
  });

  it('fails with what showing it fails with', async () => {
    let now = 0;
    const progress = new ApplyProgress(
      () => Promise.reject(new Error('full')),
      () => now,
    );
    now = 5_000;
    progress.report(1, 2);
    await assert.rejects(progress.settled(), /full/);
  });
});

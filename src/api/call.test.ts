import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { NautesError } from '../base/errors.ts';
import { Call } from './call.ts';

const LONG = 60_000;

describe('Call', () => {
  it('gives the result of the work', async () => {
    const call = new Call(LONG);
    assert.equal(await call.within(Promise.resolve(7)), 7);
    call.end();
  });

  it('ends work that is under way with its deadline', async () => {
    const call = new Call(5);
    await assert.rejects(call.within(new Promise(() => {})), { reason: 'DeadlineExceeded' });
    call.end();
  });

  it('looks at work that fails after the client has gone, so that it cannot end the process', async () => {
    const call = new Call(LONG);
    call.end();
    const work = Promise.reject(
      new NautesError('NoAuthorization', { caller: 'ada', action: 'save', missing: '', needed: '', grant: '' }),
    );
    await assert.rejects(call.within(work), { reason: 'Closing' });
    await turn(); // an unobserved rejection would be reported by now, and fail this file
  });
});

import { message } from '../../messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { NautesError } from '../../errors/errors.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import { Call } from './call.ts';
import type { TokenGuard, TokenOutcome } from './token-guard.ts';

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
      new NautesError('NoAuthorization', {
        caller: 'ada',
        action: message('verb.register'),
        missing: message('NoAuthorization.noToken'),
        needed: message('needed.acceptedToken'),
        grant: message('grant.sendToken'),
      }),
    );
    await assert.rejects(call.within(work), { reason: 'Closing' });
    await turn(); // an unobserved rejection would be reported by now, and fail this file
  });

  it('counts a guess although the client has gone before the answer', async () => {
    const call = new Call(LONG);
    const { promise, reject } = Promise.withResolvers<never>();
    const registry = { authenticate: () => promise } as unknown as ClusterRegistry;
    const outcomes: TokenOutcome[] = [];
    const guard = { admit: () => (outcome: TokenOutcome) => outcomes.push(outcome) } as unknown as TokenGuard;
    const options = { registry, guard, deadlineMilliseconds: LONG };
    const authentication = call.authenticate(options, 'guess', { address: '192.0.2.1', requestId: 'one' });
    call.end();
    await assert.rejects(authentication, { reason: 'Closing' });
    assert.deepEqual(outcomes, []);
    reject(new NautesError('Unauthenticated'));
    await turn();
    assert.deepEqual(outcomes, ['unknown']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../../errors/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { networkOf, TokenGuard } from './token-guard.ts';

interface Trial {
  guard: TokenGuard;
  /** Tries a token; gives how long to wait when it was not checked. */
  readonly attempt: (address: string, token: string, isAccepted?: boolean) => number;
  readonly pass: (milliseconds: number) => void;
  readonly warnings: string[];
}

function trial(failuresPerAddress = 3, failuresTotal = 100): Trial {
  let now = 0;
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => void warnings.push(JSON.stringify(fields)) };
  const guard = new TokenGuard({ failuresPerAddress, failuresTotal }, logger, () => now);
  return {
    guard,
    attempt(address, token, isAccepted = false) {
      try {
        guard.admit(address, token)(isAccepted ? 'accepted' : 'unknown');
        return 0;
      } catch (error) {
        assert.ok(error instanceof NautesError && error.reason === 'TooManyFailures');
        return error.retryAfterMilliseconds ?? -1;
      }
    },
    pass(milliseconds) {
      now += milliseconds;
    },
    warnings,
  };
}

describe('guard of tokens', () => {
  it('lets only so many unknown tokens of an address be checked, and more as time passes', () => {
    const { attempt, pass } = trial();
    assert.deepEqual(
      ['a', 'b', 'c'].map((token) => attempt('10.0.0.1', token)),
      [0, 0, 0],
    );
    assert.equal(attempt('10.0.0.1', 'd'), 20_000);
    pass(20_000);
    assert.equal(attempt('10.0.0.1', 'd'), 0);
    assert.equal(attempt('10.0.0.1', 'e'), 20_000);
  });

  it('allows its part where several servers answer, and follows their number', () => {
    let servers = 3;
    const limits = { failuresPerAddress: 30, failuresTotal: 600, servers: () => servers };
    const guard = new TokenGuard(limits, silentLogger, () => 0);
    const isAllowed = (token: string): boolean => {
      try {
        guard.admit('10.0.0.1', token)('unknown');
        return true;
      } catch {
        return false;
      }
    };
    const tokens = Array.from({ length: 40 }, (_, index) => `guess-${index}`);
    assert.equal(tokens.filter(isAllowed).length, 10);
    servers = 100;
    const others = new TokenGuard(limits, silentLogger, () => 0);
    assert.doesNotThrow(() => others.admit('10.0.0.1', 'one is allowed whatever the number')('unknown'));
  });

  it('never lets more through in a minute than twice the limit, whatever comes when', () => {
    const pauses = fc.array(fc.nat({ max: 10_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), pauses, (limit, steps) => {
        const { attempt, pass } = trial(limit, 1_000_000);
        const times: number[] = [];
        let now = 0;
        for (const [index, step] of steps.entries()) {
          pass(step);
          now += step;
          if (attempt('10.0.0.1', `guess-${index}`) === 0) times.push(now);
        }
        for (const time of times) {
          assert.ok(times.filter((other) => other >= time && other < time + 60_000).length <= 2 * limit + 1);
        }
      }),
    );
  });

  it('does not slow down who was let in lately, however much others guess from the same address', () => {
    const { attempt, pass } = trial();
    assert.equal(attempt('10.0.0.1', 'good', true), 0);
    for (let index = 0; index < 100; index += 1) attempt('10.0.0.1', `guess-${index}`);
    assert.ok(attempt('10.0.0.1', 'guess') > 0);
    assert.equal(attempt('10.0.0.1', 'good', true), 0);
    pass(59 * 60_000);
    for (let index = 0; index < 100; index += 1) attempt('10.0.0.1', `later-${index}`);
    assert.equal(attempt('10.0.0.1', 'good', true), 0);
  });

  it('lets somebody new in after a while, also from an address that guesses', () => {
    const { attempt, pass } = trial();
    for (let index = 0; index < 100; index += 1) attempt('10.0.0.1', `guess-${index}`);
    const wait = attempt('10.0.0.1', 'new', true);
    assert.ok(wait > 0 && wait <= 20_000);
    pass(wait);
    assert.equal(attempt('10.0.0.1', 'new', true), 0);
    assert.equal(attempt('10.0.0.1', 'new', true), 0);
  });

  it('does not take a client that repeats one wrong token for a guesser', () => {
    const { attempt } = trial();
    for (let index = 0; index < 100; index += 1) assert.equal(attempt('10.0.0.1', 'expired'), 0);
  });

  it('counts a token that was good and is no longer', () => {
    const { attempt } = trial(1);
    assert.equal(attempt('10.0.0.1', 'good', true), 0);
    assert.equal(attempt('10.0.0.1', 'good', false), 0);
    assert.ok(attempt('10.0.0.1', 'other') > 0);
  });

  it('lets addresses that have not failed alone when all together fail too often', () => {
    const { attempt } = trial(3, 10);
    for (let index = 0; index < 10; index += 1) assert.equal(attempt(`10.0.0.${index}`, `guess-${index}`), 0);
    assert.ok(attempt('10.0.0.1', 'another') > 0);
    assert.equal(attempt('10.0.1.1', 'new', true), 0);
  });

  it('counts attempts that are under way, so that many at once are no way around', () => {
    const { guard } = trial();
    guard.admit('10.0.0.1', 'first')('unknown');
    guard.admit('10.0.0.1', 'a');
    guard.admit('10.0.0.1', 'b');
    assert.throws(() => guard.admit('10.0.0.1', 'c'), { reason: 'TooManyFailures' });
  });

  it('counts attempts that are under way also of an address that has not failed yet', () => {
    const { guard, attempt } = trial();
    const settle = ['a', 'b', 'c'].map((token) => guard.admit('10.0.0.1', token));
    assert.throws(() => guard.admit('10.0.0.1', 'd'), { reason: 'TooManyFailures' });
    assert.equal(attempt('10.0.0.2', 'd'), 0);
    for (const tell of settle) tell('accepted');
    for (const token of ['e', 'f', 'g']) assert.equal(attempt('10.0.0.1', token), 0);
    assert.ok(attempt('10.0.0.1', 'h') > 0);
  });

  it('counts one token once, however many requests show it at the same time', () => {
    const { guard, attempt } = trial(2);
    const good = Array.from({ length: 100 }, () => guard.admit('10.0.0.1', 'good'));
    for (const tell of good) tell('accepted');
    const wrong = Array.from({ length: 100 }, () => guard.admit('10.0.0.1', 'expired'));
    for (const tell of wrong) tell('unknown');
    assert.equal(attempt('10.0.0.1', 'another'), 0);
    assert.ok(attempt('10.0.0.1', 'a third') > 0);
  });

  it('does not slow down who was let in lately while others are under way', () => {
    const { guard, attempt } = trial();
    assert.equal(attempt('10.0.0.1', 'good', true), 0);
    for (const token of ['a', 'b', 'c']) guard.admit('10.0.0.1', token);
    for (let index = 0; index < 100; index += 1) guard.admit('10.0.0.1', 'good');
  });

  it('lets an address alone that is new when all together fail too often, also with several at once', () => {
    const { guard, attempt } = trial(3, 10);
    for (let index = 0; index < 10; index += 1) attempt(`10.0.0.${index}`, `guess-${index}`);
    for (const token of ['a', 'b', 'c']) guard.admit('10.0.1.1', token);
    assert.equal(attempt('10.0.1.2', 'new', true), 0);
    assert.equal(attempt('10.0.1.2', 'newer', true), 0);
  });

  it('does not count a token that could not be checked', () => {
    const { guard, attempt } = trial(2);
    attempt('10.0.0.1', 'guess');
    for (let index = 0; index < 10; index += 1) guard.admit('10.0.0.1', `token-${index}`)('undecided');
    assert.equal(attempt('10.0.0.1', 'another'), 0);
    assert.ok(attempt('10.0.0.1', 'a third') > 0);
  });

  it('says once in the log from where, and never which token', () => {
    const { attempt, warnings } = trial();
    for (let index = 0; index < 50; index += 1) attempt('10.0.0.1', `canary-${index}`);
    assert.deepEqual(warnings, ['{"address":"10.0.0.1"}']);
  });
});

describe('network of an address', () => {
  for (const [address, expected] of [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ] as const) {
    it(`of ${address} is ${expected}`, () => assert.equal(networkOf(address), expected));
  }
});

import type { Phase } from '../resources/phase.ts';
import { render, verbatim } from '../messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timestamp } from '../base/clock.ts';
import { NautesError } from '../errors/errors.ts';
import type { Condition, ConditionType } from '../resources/condition.ts';
import { done, skipped, stalled, type StageResult, wait } from './stage.ts';
import { nextLook, type StageOutcome, type StageProgress } from './stage-summary.ts';
import { summarize } from './summary.ts';
import { HELD_BACK, type Summary } from './transition.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const MINUTE = 60_000;
const stages = [
  { condition: 'Reachable' },
  { condition: 'ComponentsReady' },
  { condition: 'Published' },
] as const satisfies readonly { condition: ConditionType }[];

const ok = done('Fine', verbatim('it is fine'));
const waiting = wait('Busy', verbatim('it takes time'), 1000);
const stuck = stalled(new NautesError('ClusterIdentityChanged', { cluster: 'one' }));
const notHere = skipped('NotHere', verbatim('does not apply'));

function outcomes(...results: readonly StageResult[]): StageOutcome[] {
  return results.map((result, index) => ({
    condition: stages[index]?.condition ?? 'Published',
    deadlineMilliseconds: 5 * MINUTE,
    result,
  }));
}

function condition(type: ConditionType, status: Condition['status'], reason: string, since = NOW - MINUTE): Condition {
  return { type, status, reason, message: verbatim(''), lastTransitionTime: timestamp(since) };
}

const readyBefore: Summary = {
  phase: 'Ready',
  conditions: [
    condition('Reachable', 'True', 'Fine'),
    condition('ComponentsReady', 'True', 'Fine'),
    condition('Published', 'False', 'NotHere'),
    condition('Ready', 'True', 'Ready'),
  ],
};

type Context = Pick<StageProgress, 'isComplete' | 'hadBeenReady' | 'isNewGeneration'> & { readonly now: number };

const context: Context = { now: NOW, isComplete: true, hadBeenReady: false, isNewGeneration: false };

function summaryOf(
  run: readonly StageOutcome[],
  previous: Summary | undefined,
  { now, ...progress }: Context = context,
): Summary {
  return summarize({ situation: 'stages', stages, outcomes: run, ...progress }, previous, now);
}

function find({ conditions }: Summary, type: ConditionType): Condition {
  const found = conditions.find((candidate) => candidate.type === type);
  assert.ok(found, `no condition ${type}`);
  return found;
}

describe('the summary of a run', () => {
  const cases: readonly {
    readonly what: string;
    readonly results: readonly StageResult[];
    readonly before?: Partial<Context>;
    readonly waitingSince?: number;
    readonly phase: Phase;
  }[] = [
    { what: 'all done', results: [ok, ok, ok], phase: 'Ready' },
    { what: 'all done but one that does not apply', results: [ok, ok, notHere], phase: 'Ready' },
    { what: 'a new one that waits', results: [ok, waiting, notHere], phase: 'Provisioning' },
    { what: 'a new one that waits beyond the deadline', results: [waiting], waitingSince: 6 * MINUTE, phase: 'Failed' },
    { what: 'a new one that is stalled', results: [stuck], phase: 'Failed' },
    { what: 'a ready one that waits', results: [waiting], before: { hadBeenReady: true }, phase: 'Degraded' },
    {
      what: 'a ready one that is stalled',
      results: [ok, stuck, ok],
      before: { hadBeenReady: true },
      phase: 'Degraded',
    },
    {
      what: 'a ready one that carries out a change',
      results: [ok, waiting, notHere],
      before: { hadBeenReady: true, isNewGeneration: true },
      phase: 'Provisioning',
    },
    {
      what: 'a ready one whose change is stalled',
      results: [stuck],
      before: { hadBeenReady: true, isNewGeneration: true },
      phase: 'Degraded',
    },
  ];
  for (const { what, results, before = {}, waitingSince, phase } of cases) {
    it(`${what} is ${phase}`, () => {
      const previous: Summary | undefined =
        waitingSince === undefined
          ? undefined
          : { phase: 'Provisioning', conditions: [condition('Reachable', 'False', 'Busy', NOW - waitingSince)] };
      const summary = summaryOf(outcomes(...results), previous, { ...context, ...before });
      assert.equal(summary.phase, phase);
      const ready = find(summary, 'Ready');
      assert.equal(ready.status, phase === 'Ready' ? 'True' : 'False');
    });
  }

  it('Ready says the reason, the stage and the remedy of the first thing that is not done', () => {
    const ready = find(summaryOf(outcomes(ok, stuck, ok), undefined, context), 'Ready');
    const { reason, message, action } = ready;
    assert.equal(reason, 'ClusterIdentityChanged');
    assert.match(render(message, 'en'), /^ComponentsReady: ./);
    assert.deepEqual(action, stuck.action);
  });

  it('what was skipped is False and says that it does not count', () => {
    const summary = summaryOf(outcomes(ok, waiting, notHere), undefined, context);
    const optional = summary.conditions.filter((each) => each.optional === true);
    assert.deepEqual(
      optional.map(({ type, status }) => [type, status]),
      [['Published', 'False']],
    );
  });

  it('what could not run is Unknown and names what it waits for', () => {
    const later = find(summaryOf(outcomes(waiting), undefined, context), 'ComponentsReady');
    assert.deepEqual([later.status, render(later.message, 'en')], ['Unknown', 'waits for Reachable: Busy']);
  });

  it('transition times move with the status only', () => {
    const summary = summaryOf(outcomes(ok, waiting, notHere), readyBefore, { ...context, hadBeenReady: true });
    assert.equal(find(summary, 'Reachable').lastTransitionTime, timestamp(NOW - MINUTE));
    assert.equal(find(summary, 'ComponentsReady').lastTransitionTime, timestamp(NOW));
    assert.equal(find(summary, 'Ready').lastTransitionTime, timestamp(NOW));
    const again = summaryOf(outcomes(ok, stuck, notHere), summary, {
      ...context,
      now: NOW + MINUTE,
      hadBeenReady: true,
    });
    assert.equal(find(again, 'ComponentsReady').lastTransitionTime, timestamp(NOW), 'another reason, the same status');
  });

  describe('in the middle of a run', () => {
    const middle: Context = { ...context, isComplete: false };

    it('a ready cluster stays exactly as it was', () => {
      const during = summaryOf(outcomes(ok), readyBefore, { ...middle, hadBeenReady: true });
      assert.deepEqual(during.phase, 'Ready');
      assert.deepEqual(find(during, 'ComponentsReady'), find(readyBefore, 'ComponentsReady'));
      assert.deepEqual(find(during, 'Ready'), find(readyBefore, 'Ready'));
    });

    it('a new cluster shows what is being worked on', () => {
      const during = summaryOf(outcomes(ok), undefined, middle);
      assert.equal(during.phase, 'Provisioning');
      assert.equal(find(during, 'ComponentsReady').status, 'Unknown');
      assert.equal(render(find(during, 'Ready').message, 'en'), 'ComponentsReady is being worked on');
    });

    it('what held it in the run before holds it until that stage has run again, with its deadline', () => {
      const since = timestamp(NOW - 20 * MINUTE);
      const before = summaryOf(outcomes(ok, waiting, notHere), undefined, {
        ...context,
        now: NOW - 20 * MINUTE,
      });
      const during = summaryOf(outcomes(ok), before, middle);
      assert.equal(find(during, 'Ready').reason, 'Busy');
      assert.equal(find(during, 'ComponentsReady').lastTransitionTime, since);
      const after = summaryOf(outcomes(ok, waiting, notHere), during, context);
      assert.equal(after.phase, 'Failed', 'the deadline was not started anew');
    });

    it('what held it and is over by now no longer holds it', () => {
      const before = summaryOf(outcomes(waiting), undefined, context);
      const during = summaryOf(outcomes(ok), before, middle);
      assert.equal(find(during, 'Ready').reason, 'InProgress');
    });

    it('stages after one that does not block keep what is known of them', () => {
      const during = summaryOf(outcomes(ok, waiting), readyBefore, { ...middle, hadBeenReady: true });
      assert.equal(during.phase, 'Degraded');
      assert.deepEqual(find(during, 'Published'), find(readyBefore, 'Published'));
    });

    describe('of a cluster that was held back', () => {
      const held = (phase: Phase, status: Condition['status']): Summary => ({
        phase,
        conditions: [condition('Reachable', status, 'Fine'), condition('Ready', 'False', HELD_BACK)],
      });

      for (const phase of ['Ready', 'Degraded'] as const) {
        it(`and was ${phase}: it is worked on and Degraded, no longer held`, () => {
          const during = summaryOf(outcomes(ok), held(phase, 'True'), { ...middle, hadBeenReady: true });
          assert.deepEqual([during.phase, find(during, 'Ready').reason], ['Degraded', 'InProgress']);
          assert.equal(find(during, 'Ready').lastTransitionTime, timestamp(NOW - MINUTE), 'not Ready all the time');
        });
      }

      for (const phase of ['Pending', 'Provisioning', 'Failed'] as const) {
        it(`and was ${phase}: it is Provisioning, no longer held`, () => {
          const during = summaryOf([], held(phase, 'Unknown'), middle);
          assert.deepEqual([during.phase, find(during, 'Ready').reason], ['Provisioning', 'InProgress']);
        });
      }

      it('is Ready when all its stages are done', () => {
        const before = { ...context, hadBeenReady: true };
        assert.equal(summaryOf(outcomes(ok, ok, notHere), held('Ready', 'True'), before).phase, 'Ready');
      });
    });
  });
});

describe('a problem of the file', () => {
  const error = new NautesError('ClusterFileInvalid', { name: 'one', file: 'x.yaml', problem: verbatim('no spec') });

  it('keeps what is known of a cluster that was ready', () => {
    const summary = summarize({ situation: 'unusable', error }, readyBefore, NOW);
    assert.equal(summary.phase, 'Degraded');
    assert.deepEqual(find(summary, 'ComponentsReady'), find(readyBefore, 'ComponentsReady'));
    assert.deepEqual([find(summary, 'Ready').status, find(summary, 'Ready').reason], ['False', 'ClusterFileInvalid']);
  });

  it('is all that is known of a new one', () => {
    const summary = summarize({ situation: 'unusable', error }, undefined, NOW);
    assert.deepEqual([summary.phase, summary.conditions.length], ['Failed', 1]);
  });
});

describe('the rest of the life of a resource', () => {
  const why = { reason: 'Why', message: verbatim('because') };

  it('begins as Pending', () => {
    const summary = summarize({ situation: 'registered' }, undefined, NOW);
    assert.deepEqual([summary.phase, find(summary, 'Ready').status], ['Pending', 'False']);
  });

  it('is Provisioning again when its file changes, with everything that was known', () => {
    const summary = summarize({ situation: 'changed' }, readyBefore, NOW);
    assert.deepEqual([summary.phase, find(summary, 'Ready').reason], ['Provisioning', 'InProgress']);
    assert.deepEqual(find(summary, 'ComponentsReady'), find(readyBefore, 'ComponentsReady'));
  });

  it('is Deleting while it is off-boarded, and says how far that is', () => {
    const summary = summarize({ situation: 'offboarding', ...why }, readyBefore, NOW);
    assert.equal(summary.phase, 'Deleting');
    assert.deepEqual([find(summary, 'Offboarded').reason, find(summary, 'Ready').reason], ['Why', 'Deleting']);
    const later = summarize({ situation: 'offboarding', ...why, reason: 'Other' }, summary, NOW + MINUTE);
    assert.equal(find(later, 'Offboarded').lastTransitionTime, timestamp(NOW));
  });

  it('is Degraded while its removal waits to be confirmed', () => {
    const summary = summarize({ situation: 'removalHeld', ...why }, readyBefore, NOW);
    assert.deepEqual(
      [summary.phase, find(summary, 'Offboarded').reason, find(summary, 'Ready').reason],
      ['Degraded', 'Why', 'Why'],
    );
  });
});

describe('the next look', () => {
  it('is the soonest that a stage asks for, and none when all is done', () => {
    assert.equal(nextLook(outcomes(ok, waiting, stuck)), 1000);
    assert.equal(nextLook(outcomes(ok, ok, notHere)), undefined);
  });
});

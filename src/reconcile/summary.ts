import type { Phase } from '../resources/phase.ts';
import type { ConditionType } from '../resources/condition.ts';
import type { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import { explain, type Explanation } from './stage.ts';
import { type StageProgress, summarizeStages } from './stage-summary.ts';
import { type ConditionDraft, type Summary, wasReady, withTransition } from './transition.ts';

/** Where a resource is in its life. From this alone `Ready` and the phase are made. */
export type Situation =
  /** Registered, and nothing has been done yet. */
  | { readonly situation: 'registered' }
  /** Its file has changed: what was known stays until each stage says how it is. */
  | { readonly situation: 'changed' }
  /** Stages have run, or are about to. */
  | StageProgress
  /** Its runs were under way when the process ended uncleanly: what is known of it stays until it is its turn. */
  | ({ readonly situation: 'heldBack' } & Explanation)
  /** Its file cannot be acted upon: nothing of the resource is touched, and what is known of it stays. */
  | { readonly situation: 'unusable'; readonly error: NautesError }
  /** It is being off-boarded. */
  | ({ readonly situation: 'offboarding' } & Explanation)
  /** Its file is gone, and nothing is touched until a maintainer confirms the removal. */
  | ({ readonly situation: 'removalHeld' } & Explanation);

/**
 * What is said of a resource as a whole. The only place where `Ready` and the phase are made.
 * @param previous what was said before, for the times of transitions and for what is not known yet
 * @param now milliseconds since the epoch
 */
export function summarize(situation: Situation, previous: Summary | undefined, now: number): Summary {
  const replace = (phase: Phase, ...drafts: readonly ConditionDraft[]): Summary => {
    const others = (previous?.conditions ?? []).filter(({ type }) => !drafts.some((draft) => draft.type === type));
    return { phase, conditions: [...others, ...drafts.map((draft) => withTransition(draft, previous, now))] };
  };
  switch (situation.situation) {
    case 'registered':
      return replace('Pending', notReady({ reason: 'Pending', message: message('Pending') }));
    case 'changed':
      return replace('Provisioning', notReady({ reason: 'InProgress', message: message('InProgress.change') }));
    case 'stages':
      return summarizeStages(situation, previous, now);
    case 'heldBack':
      return replace(heldPhase(previous?.phase), { ...notReady(situation), status: 'Unknown' });
    case 'unusable':
      return replace(wasReady(previous?.phase) ? 'Degraded' : 'Failed', notReady(explain(situation.error)));
    case 'offboarding':
      // A deletion is carried out whether the resource is paused or not.
      return without(
        'Paused',
        replace('Deleting', offboarded(situation), notReady({ ...situation, reason: 'Deleting' })),
      );
    case 'removalHeld':
      return replace('Degraded', offboarded(situation), notReady(situation));
    default:
      throw new Error('unknown situation');
  }
}

/** Nothing tells now that it is as declared. */
function heldPhase(phase: Phase | undefined): Phase {
  return phase === 'Ready' ? 'Degraded' : (phase ?? 'Pending');
}

function without(unwanted: ConditionType, { phase, conditions }: Summary): Summary {
  return { phase, conditions: conditions.filter(({ type }) => type !== unwanted) };
}

function notReady({ reason, message: text, action }: Explanation): ConditionDraft {
  return { type: 'Ready', status: 'False', reason, message: text, ...(action && { action }) };
}

function offboarded({ reason, message: text, action }: Explanation): ConditionDraft {
  return { type: 'Offboarded', status: 'False', reason, message: text, ...(action && { action }) };
}

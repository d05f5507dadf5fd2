import type { NautesClient } from '../../../client/index.ts';
import { NautesError } from '../../../errors/errors.ts';
import { reportFailure } from '../../invocation/failure.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { type Consent, Prompt } from '../../invocation/prompt.ts';
import {
  type AgreedDeletions,
  type DeleteFlags,
  type DeletionFailure,
  type DeletionTarget,
  deletionQuery,
  isNotFound,
  sayNotThere,
} from './deletion.ts';
import { printDeletionPlan } from './deletion-plan.ts';

/**
 * Asks about each, with what it would lose, before anything is deleted.
 * @throws NautesError `NothingConfirmed`
 */
export async function askForAll(
  invocation: Invocation,
  client: NautesClient,
  targets: readonly DeletionTarget[],
  flags: DeleteFlags,
  signal: AbortSignal,
): Promise<AgreedDeletions> {
  const { terminal, texts } = invocation;
  const agreed: DeletionTarget[] = [];
  const failures: DeletionFailure[] = [];
  let consent: Consent = 'no';
  using prompt = new Prompt(invocation);
  for (const target of targets) {
    const { kind, name } = target;
    try {
      await showLosses(invocation, client, target, flags, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (flags.ignoreNotFound === true && isNotFound(error)) {
        sayNotThere(invocation, target);
      } else {
        failures.push({ name, error });
        if (targets.length > 1) reportFailure(error, terminal, texts);
      }
      continue;
    }
    if (consent !== 'all') {
      consent = await prompt.ask(texts.output.deleteQuestion(kind.name, name, client.server, targets.length > 1));
    }
    if (consent === 'no') terminal.say(texts.output.notDeleted(kind.name, name));
    else agreed.push(target);
  }
  return { targets: agreed, failures };
}

/** Nothing of what is no cluster, and nothing where the server is too old to say. */
async function showLosses(
  invocation: Invocation,
  client: NautesClient,
  { kind, name }: DeletionTarget,
  flags: DeleteFlags,
  signal: AbortSignal,
): Promise<void> {
  if (kind.name !== 'Cluster') return;
  try {
    const plan = await client.planDeletion(name, { query: deletionQuery(flags), signal });
    printDeletionPlan(invocation, plan, 'messages');
  } catch (error) {
    if (!(error instanceof NautesError && error.reason === 'DryRunNotServed')) throw error;
  }
}

import type { NautesClient } from '../../client/index.ts';
import { NautesError } from '../../errors/errors.ts';
import { reference, type SpecDocument } from '../documents/document.ts';
import { type CheckFlags, saveQuery } from '../documents/operation.ts';
import { type Invocation, warning } from '../invocation/invocation.ts';
import type { OutcomePrinter } from './outcome.ts';
import { printPlan } from './plan-output.ts';

/** Documents to send or to plan, and how to print what comes of them. */
export interface PlanWork {
  readonly documents: readonly SpecDocument[];
  readonly print: OutcomePrinter | undefined;
}

/** Asks the server what saves would do, and shows it. @throws NautesError `PlanRefused` */
export async function planAll(
  invocation: Invocation,
  client: NautesClient,
  { documents, print }: PlanWork,
  flags: CheckFlags,
  signal: AbortSignal,
): Promise<void> {
  let refused = 0;
  for (const document of documents) {
    if (document.kind.name !== 'Cluster') {
      invocation.terminal.say(warning(invocation, invocation.texts.output.notPlanned(reference(document))));
      continue;
    }
    const plan = await client.plan(document.name, document.body, { query: saveQuery(flags), signal });
    if (print === undefined) printPlan(invocation, plan);
    else print(document, plan);
    if (plan.findings.some(({ blocking }) => blocking)) refused += 1;
  }
  if (refused > 0) throw new NautesError('PlanRefused', { count: refused });
}

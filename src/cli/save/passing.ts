import type { NautesClient } from '../../client/index.ts';
import { NautesError } from '../../errors/errors.ts';
import { type CheckFlags, saveQuery } from '../documents/operation.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { DocumentCheck } from '../kubeconfig/fill.ts';
import { printPlan } from './plan-output.ts';

/** What the plan of a new cluster lacks as long as it has no credential. */
const WITHOUT_CREDENTIAL = 'KUBECONFIG_REQUIRED';

/**
 * Asks the server for the plan of a document that has no credential yet: what it would refuse in any case is shown, and
 * nothing is made on the cluster for it.
 * @throws NautesError `PlanRefused`
 */
export function planFirst(
  invocation: Invocation,
  client: NautesClient,
  flags: CheckFlags,
  signal: AbortSignal,
): DocumentCheck {
  return async ({ name, body }) => {
    const plan = await client.plan(name, body, { query: saveQuery(flags), signal });
    const findings = plan.findings.filter(({ blocking, reason }) => blocking && reason !== WITHOUT_CREDENTIAL);
    if (findings.length === 0) return;
    printPlan(invocation, { ...plan, findings });
    throw new NautesError('PlanRefused', { count: 1 });
  };
}

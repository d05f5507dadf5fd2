import type { NautesClient } from '../../client/index.ts';
import { NautesError } from '../../errors/errors.ts';
import { type CheckFlags, saveQuery } from '../documents/operation.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { DocumentCheck } from '../kubeconfig/fill.ts';
import { printPlan } from './plan-output.ts';

/** What the plan of a new cluster lacks as long as it has no credential. */
const WITHOUT_CREDENTIAL = 'KUBECONFIG_REQUIRED';

/** What the plan of a kubeconfig says whose proxy the configuration of the server does not allow. */
const PROXY_REFUSED = 'KubeconfigProxyRefused';

type PlanFinding = Awaited<ReturnType<NautesClient['plan']>>['findings'][number];

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
  return async ({ name, body }, proxied) => {
    const refuseFor = async (content: typeof body, isMeant: (finding: PlanFinding) => boolean): Promise<void> => {
      const plan = await client.plan(name, content, { query: saveQuery(flags), signal });
      const findings = plan.findings.filter((finding) => finding.blocking && isMeant(finding));
      if (findings.length === 0) return;
      printPlan(invocation, { ...plan, findings });
      throw new NautesError('PlanRefused', { count: 1 });
    };
    await refuseFor(body, ({ reason }) => reason !== WITHOUT_CREDENTIAL);
    if (proxied === undefined) return;
    await refuseFor({ ...body, kubeconfig: proxied.reveal() }, ({ messageId }) => messageId === PROXY_REFUSED);
  };
}

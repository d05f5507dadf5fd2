import { isOtherCertificate, ProbeTimeout, type VersionedCredential } from '../../../../cluster-access/index.ts';
import { NautesError } from '../../../../errors/errors.ts';
import { message } from '../../../../messages/message.ts';
import { type Abandoned, abandoned } from '../../../../reconcile/outcome.ts';
import { done, type Stage, type StageResult, wait } from '../../../../reconcile/stage.ts';
import { credentialCandidates } from '../../credentials/candidates.ts';
import { type Accepted, firstAccepted } from '../../credentials/first-accepted.ts';
import { lookAtSettled } from '../../runtime/settled-look.ts';
import { hostOf } from '../../runtime/settled-state.ts';
import type { StageContext } from '../../runtime/stage-context.ts';
import { checkHolder } from './holder.ts';
import { waitForPredecessor } from './predecessor.ts';

/** How soon a virtual cluster that was created again is tried again. */
const KUBECONFIG_PAUSE_MILLISECONDS = 3_000;

/** Reaches the cluster with a credential that it accepts and makes sure that it is the one that was registered. */
export const connectStage: Stage<StageContext> = {
  condition: 'Reachable',
  deadlineMilliseconds: 5 * 60_000,
  run: connect,
};

async function connect(context: StageContext, signal: AbortSignal): Promise<StageResult | Abandoned> {
  const candidates = await credentialCandidates(context, signal);
  try {
    const unchanged = await seenUnchanged(context, candidates[0], signal);
    return await reached(context, unchanged ?? (await firstAccepted(context, candidates, signal)), signal);
  } catch (error) {
    if (error instanceof ProbeTimeout) return abandoned;
    if (context.host === undefined || !isOtherCertificate(error)) throw error;
    const text = message('KubeconfigPending.certificate', { problem: error.said });
    return wait('KubeconfigPending', text, KUBECONFIG_PAUSE_MILLISECONDS); // none can be uploaded
  }
}

/** A cluster that is as it was when all was as declared has accepted the credential. Writes `settled`. */
async function seenUnchanged(
  context: StageContext,
  credential: VersionedCredential | undefined,
  signal: AbortSignal,
): Promise<Accepted | undefined> {
  const { cluster, hostCluster, memory, paused, reporter, services } = context;
  const { settled, unsuitedUntil } = memory;
  const now = services.clock.now();
  if (credential === undefined || settled === undefined || now >= settled.until || now < unsuitedUntil)
    return undefined;
  const isSame = settled.host === hostOf(cluster, hostCluster) && reporter.status.phase === 'Ready';
  if (paused !== undefined || !isSame) return undefined;
  const request = { cluster, memory, settled, kinds: settled.kinds, credential };
  const facts = await lookAtSettled(services, request, signal);
  if (facts === undefined) {
    memory.settled = undefined; // also when this run does not get to its end
    return undefined;
  }
  context.settled = settled;
  return { credential, facts: { ...facts, uid: settled.uid } };
}

async function reached(
  context: StageContext,
  { credential, facts }: Accepted,
  signal: AbortSignal,
): Promise<StageResult> {
  checkIdentity(context, facts.uid);
  context.reached = { credential, ...facts };
  const predecessor = await waitForPredecessor(context.services, context.cluster, facts.uid);
  if (predecessor !== undefined) return predecessor;
  context.services.identities.claim(context.cluster, facts.uid, context.services.repo.snapshot());
  if (context.settled === undefined) await checkHolder(context, signal);
  else context.holder = context.settled.holder;
  const { apiServer } = context.cluster.spec;
  await context.reporter.report({ apiServer, kubernetes: { version: facts.version, uid: facts.uid } });
  return done('Reachable', message('Reachable', { version: facts.version, server: apiServer }));
}

/** The address leads to the cluster that was registered; a virtual one is what its host has there. */
function checkIdentity({ cluster, reporter }: StageContext, uid: string): void {
  if (cluster.spec.clusterType === 'virtual') return;
  const known = [cluster.kubernetesUid ?? '', reporter.status.kubernetes.uid]; // as saved, and as reached before
  const isOther = known.some((expected) => expected !== '' && expected !== uid);
  if (isOther) throw new NautesError('ClusterIdentityChanged', { cluster: cluster.name });
}

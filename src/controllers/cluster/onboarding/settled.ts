import type { KindState } from '../../../kube/index.ts';
import { ACCESS_NAMESPACE } from '../../../kube-objects/kube-object.ts';
import { wellKnown } from '../../../kube-objects/resource-types.ts';
import { nextLook, type StageOutcome } from '../../../reconcile/stage-summary.ts';
import type { Cluster } from '../../../resources/cluster/cluster.ts';
import type { ConditionType } from '../../../resources/condition.ts';
import { halfLife } from '../credentials/own-credential.ts';
import { hostOf, type SettledState } from '../runtime/settled-state.ts';
import { clusterNow, reachedCluster, type StageContext } from '../runtime/stage-context.ts';

/** Everything is looked into after this time although no list has changed: some conditions count only once they are old. */
const SETTLED_MILLISECONDS = 3_600_000;

/** Conditions that only the cluster itself has to be asked for. */
const OF_THE_CLUSTER: readonly ConditionType[] = [
  'Reachable',
  'CredentialReady',
  'ComponentsReady',
  'EntryPointsReady',
];

/** What is remembered of a run that found everything as declared; nothing of another. */
export async function settledState(
  context: StageContext,
  outcomes: readonly StageOutcome[],
  commit: string,
): Promise<SettledState | undefined> {
  if (nextLook(outcomes) !== undefined) return undefined; // a stage is to be tried again
  if (context.settled !== undefined) return { ...context.settled, commit };
  const [components, entryPoints] = (['ComponentsReady', 'EntryPointsReady'] as const).map(
    (type) => outcomes.find(({ condition }) => condition === type)?.result,
  );
  if (!context.isAsDeclared || components?.outcome !== 'done' || entryPoints?.outcome !== 'done') return undefined;
  const kinds = await context.objects?.states();
  if (kinds === undefined || !(await saysWhoHolds(context, kinds))) return undefined;
  const { credential, version, uid } = reachedCluster(context);
  const now = context.services.clock.now();
  return {
    commit,
    credentialVersion: credential.version,
    version,
    uid,
    holder: context.holder,
    host: hostOf(context.cluster, context.hostCluster),
    kinds,
    components,
    entryPoints,
    standsAlone: standsAlone(context.cluster, outcomes),
    until: now + Math.min(SETTLED_MILLISECONDS, halfLife(credential.stored) - clusterNow(context)),
  };
}

/** Whether nothing else than the cluster has to be asked whether all is as declared. */
function standsAlone(cluster: Cluster, outcomes: readonly StageOutcome[]): boolean {
  const isOfCluster = ({ condition, result }: StageOutcome): boolean =>
    OF_THE_CLUSTER.includes(condition) || result.reason === 'NoManagementCluster';
  return cluster.spec.clusterType === 'physical' && outcomes.every(isOfCluster);
}

/** Our own Namespace is among what was listed: another installation that takes the cluster changes it. */
async function saysWhoHolds({ objects }: StageContext, kinds: readonly KindState[]): Promise<boolean> {
  const { apiVersion, kind } = wellKnown.namespace;
  const namespaces = kinds.find(({ type }) => type.apiVersion === apiVersion && type.kind === kind);
  if (namespaces === undefined || objects === undefined) return false;
  const heads = await objects.ofType(namespaces.type, new AbortController().signal); // they are there
  return heads.some(({ metadata }) => metadata.name === ACCESS_NAMESPACE);
}

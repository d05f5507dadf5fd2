import type { ClusterEntry } from '../../../resources/cluster/cluster-files.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { KindState } from '../../../kube/index.ts';
import { groupOf } from '../../../kube-objects/kube-object.ts';
import type { RunOutcome } from '../../../reconcile/outcome.ts';
import { withJitter } from '../../../reconcile/reconciler.ts';
import type { ClusterMemory } from '../runtime/cluster-memory.ts';
import type { ControllerServices } from '../runtime/services.ts';
import { lookAtSettled } from '../runtime/settled-look.ts';
import { hostOf } from '../runtime/settled-state.ts';

/** Kinds whose loss is felt at once, by group: they are looked at more often than the others. */
const QUICK_KINDS: Readonly<Record<string, string>> = {
  '': 'Service',
  apps: 'Deployment',
  'apiextensions.k8s.io': 'CustomResourceDefinition',
};

/** Looks at a cluster that begin soon although the one before did not find everything as it was left. */
const MAXIMUM_TRIES = 2;

/** What is due so soon is done now. */
const DUE_MILLISECONDS = 1_000;

/** Intervals of quick looks differ by this share of them. */
const QUICK_JITTER = 0.1;

/**
 * A look at a cluster on which everything was as declared, without a run of all stages: at a few kinds, or at all that the
 * registration has there when that is due.
 * @returns `undefined` when there has to be such a run
 */
export async function lookAgain(
  services: ControllerServices,
  { name, resource: cluster }: ClusterEntry,
  memory: ClusterMemory,
  signal: AbortSignal,
): Promise<(Extract<RunOutcome, { outcome: 'done' }> & { readonly isQuick: boolean }) | undefined> {
  const { settled } = memory;
  const now = services.clock.now();
  if (cluster === undefined || settled === undefined || now >= settled.until || now < memory.unsuitedUntil)
    return undefined;
  const isQuick = now + DUE_MILLISECONDS < memory.nextLook;
  if (!isQuick && !settled.standsAlone) return undefined; // its other stages look as well
  const clusters = services.repo.snapshot().of(clusterFiles);
  const commit = (await services.repo.lastCommit(clusterFiles, name, signal))?.id;
  const host = hostOf(cluster, clusters.get(cluster.spec.hostCluster ?? '')?.resource);
  if (commit !== settled.commit || host !== settled.host) return undefined;
  const kinds = isQuick ? settled.kinds.filter(isQuickKind) : settled.kinds;
  if ((await lookAtSettled(services, { cluster, memory, settled, kinds }, signal)) === undefined) {
    memory.settled = undefined;
    return undefined;
  }
  if (!isQuick) scheduleLook(services, memory);
  return { outcome: 'done', milliseconds: untilNext(services, memory), isQuick };
}

/** When a cluster that is done is looked at again: soon while it has still to be seen to be as it was left. */
export function untilNextLook(services: ControllerServices, memory: ClusterMemory, outcome: RunOutcome): RunOutcome {
  if (outcome.outcome !== 'done') return outcome;
  scheduleLook(services, memory);
  if (memory.settled === undefined && memory.triesToSettle >= MAXIMUM_TRIES) return outcome;
  memory.triesToSettle = memory.settled === undefined ? memory.triesToSettle + 1 : 0;
  const next = untilNext(services, memory);
  return { outcome: 'done', milliseconds: Math.min(next, outcome.milliseconds ?? next) };
}

function scheduleLook({ clock, settings }: ControllerServices, memory: ClusterMemory): void {
  memory.nextLook = clock.now() + withJitter(settings.driftMilliseconds);
}

function untilNext({ clock, settings }: ControllerServices, { nextLook, settled }: ClusterMemory): number {
  const left = Math.max(0, Math.min(nextLook, settled?.until ?? nextLook) - clock.now());
  return Math.min(left, withJitter(settings.quickLookMilliseconds, QUICK_JITTER));
}

function isQuickKind({ type: { apiVersion, kind } }: KindState): boolean {
  return QUICK_KINDS[groupOf(apiVersion)] === kind;
}

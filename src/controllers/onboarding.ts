import { asNautesError, NautesError } from '../base/errors.ts';
import type { ClusterEntry } from '../config-repo/config-repo.ts';
import type { Cluster } from '../model/cluster.ts';
import type { RepairLog } from './repair-log.ts';
import { Reporter } from './reporter.ts';
import type { ControllerServices } from './services.ts';
import { runStage, type Stage, stalled } from './stage.ts';
import { componentsStage } from './stages/components.ts';
import { connectStage } from './stages/connect.ts';
import type { StageContext } from './stages/context.ts';
import { credentialStage, halfLife } from './stages/credential.ts';
import { entryPointsStage } from './stages/entry-points.ts';
import { publishStage } from './stages/publish.ts';
import { nextLook, type StageOutcome, summarize } from './summary.ts';

/** The stages of a physical cluster, in order. */
const physicalStages: readonly Stage<StageContext>[] = [
  connectStage,
  credentialStage,
  componentsStage,
  entryPointsStage,
  publishStage,
];

/** Stages after one of these run although it is not done: what it waits for is no reason to keep them back. */
const doesNotBlock = new Set<Stage<StageContext>>([componentsStage, entryPointsStage, publishStage]);

export interface OnboardingResult {
  /** When to look again because something is not done; absent when all is as declared. */
  readonly againMilliseconds?: number;
  /** False when the cluster itself could not be reached or would not let us in. */
  readonly reachedCluster: boolean;
}

/** One level-based run: reads what should be and what is, changes the difference, reports. */
export async function onboard(
  services: ControllerServices,
  entry: ClusterEntry,
  repairs: RepairLog,
  failures: number,
  signal: AbortSignal,
): Promise<OnboardingResult> {
  const { cluster } = entry;
  if (cluster === undefined) return reportUnreadable(services, entry);
  const known = await services.status.status(cluster.name);
  if (known !== undefined && known.incarnation !== cluster.incarnation)
    return reportOtherIncarnation(services, cluster);

  const commit = await services.repo.lastCommit(cluster.name, signal);
  const reporter = await Reporter.open(services.status, cluster, entry.generation, commit?.id ?? '');
  const isNewGeneration = known?.observedGeneration !== entry.generation;
  const wasReady = !isNewGeneration && (known?.phase === 'Ready' || known?.phase === 'Degraded');
  const context: StageContext = {
    cluster,
    scope: { cluster: cluster.name, incarnation: cluster.incarnation },
    isNewGeneration,
    services,
    reporter,
    repairs,
    active: undefined,
    reached: undefined,
  };
  const report = (outcomes: readonly StageOutcome[]): Promise<void> =>
    reporter.summarize(summarize(physicalStages, outcomes, reporter.status, { now: services.clock.now(), wasReady }));
  const outcomes = await runStages(context, failures, report, signal);
  const again = nextLook(outcomes) ?? untilRotation(context);
  return {
    ...(again === undefined ? {} : { againMilliseconds: again }),
    reachedCluster: context.reached !== undefined,
  };
}

/** Runs the stages in order; what is known is reported after each. */
async function runStages(
  context: StageContext,
  failures: number,
  report: (outcomes: readonly StageOutcome[]) => Promise<void>,
  signal: AbortSignal,
): Promise<readonly StageOutcome[]> {
  const outcomes: StageOutcome[] = [];
  for (const stage of physicalStages) {
    const onUnexpected = (error: unknown): void => {
      const fields = { cluster: context.cluster.name, stage: stage.condition, error };
      context.services.logger.error(fields, 'a stage failed in a way that nobody expected');
    };
    const result = await runStage(stage, context, { failures, onUnexpected }, signal);
    outcomes.push({ condition: stage.condition, deadlineMilliseconds: stage.deadlineMilliseconds, result });
    await report(outcomes);
    const isOpen = result.outcome === 'wait' || result.outcome === 'stalled';
    if (isOpen && !doesNotBlock.has(stage)) break;
  }
  return outcomes;
}

/** A rotation that is due before the next look for drift brings the next look forward. */
function untilRotation(context: StageContext): number | undefined {
  const stored = context.reached?.credential.stored;
  if (stored === undefined || stored.expiresAt === '') return undefined;
  const now = context.services.clock.now() + (context.reached?.clockDifferenceMilliseconds ?? 0);
  const left = Math.max(1_000, halfLife(stored) - now);
  return left < context.services.settings.driftMilliseconds ? left : undefined;
}

/** The file cannot be understood: the last good state stays, and people see why nothing changes. */
async function reportUnreadable(
  services: ControllerServices,
  { name, problem }: ClusterEntry,
): Promise<OnboardingResult> {
  await reportStalled(services, name, asNautesError(problem));
  return { reachedCluster: true };
}

async function reportOtherIncarnation(services: ControllerServices, cluster: Cluster): Promise<OnboardingResult> {
  await reportStalled(services, cluster.name, new NautesError('IncarnationChanged', { cluster: cluster.name }));
  return { reachedCluster: true };
}

/** Marks a cluster whose file is the problem as Degraded, without touching it. */
async function reportStalled(services: ControllerServices, name: string, error: NautesError): Promise<void> {
  const known = await services.status.status(name);
  if (known === undefined) {
    services.logger.warn({ cluster: name, reason: error.reason }, error.message);
    return;
  }
  const reporter = await Reporter.open(
    services.status,
    { name, incarnation: known.incarnation },
    known.observedGeneration,
    known.commit,
  );
  const outcome: StageOutcome = { condition: 'Reachable', deadlineMilliseconds: 0, result: stalled(error) };
  const now = services.clock.now();
  await reporter.summarize(summarize(physicalStages, [outcome], known, { now, wasReady: true }));
}

import { defined } from '../../../base/defined.ts';
import type { ClusterReporter } from '../runtime/services.ts';
import { clusterKey, clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import { abandoned, type RunOutcome } from '../../../reconcile/outcome.ts';
import { asNautesError, isErrorReason, NautesError } from '../../../errors/errors.ts';
import { type ClusterEntry, clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { Cluster } from '../../../resources/cluster/cluster.ts';
import { declaredHost, describeHost, madeOn } from '../../../resources/cluster/host.ts';
import type { ClusterStatus } from '../../../resources/cluster/cluster-status.ts';
import type { ClusterMemory } from '../runtime/cluster-memory.ts';
import type { ReportSubject } from '../../../reconcile/reporter.ts';
import type { ControllerServices } from '../runtime/services.ts';
import { runStage, type Stage, STALLED_RETRY_MILLISECONDS } from '../../../reconcile/stage.ts';
import { activePause } from '../../../resources/cluster/pause.ts';
import { explainPause, reportPause, untilEndOfPause } from '../runtime/pausing.ts';
import { componentsStage } from './stages/components/stage.ts';
import { connectStage } from './stages/connect.ts';
import { clusterNow, type StageContext } from '../runtime/stage-context.ts';
import { credentialStage, halfLife } from '../credentials/own-credential.ts';
import { entryPointsStage } from './stages/entry-points.ts';
import { settledState } from './settled.ts';
import { provisionStage } from './stages/provision.ts';
import { followPublications } from './stages/publish/follow.ts';
import { publishStage } from './stages/publish/stage.ts';
import { secretAccessStage, withSecretAccessStage } from '../credentials/secret-access.ts';
import { nextLook, type StageOutcome } from '../../../reconcile/stage-summary.ts';
import { wasReady } from '../../../reconcile/transition.ts';

/** The stages of a physical cluster, in order. */
const physicalStages: readonly Stage<StageContext>[] = [
  connectStage,
  credentialStage,
  componentsStage,
  entryPointsStage,
  publishStage,
];

/** A virtual cluster is made on its host first. */
const virtualStages: readonly Stage<StageContext>[] = [provisionStage, ...physicalStages];

/** Stages after one of these run although it is not done: what it waits for is no reason to keep them back. */
const doesNotBlock = new Set<Stage<StageContext>>([secretAccessStage, componentsStage, entryPointsStage, publishStage]);

/** What the controller keeps of a cluster between its runs. */
export interface OnboardingOptions {
  readonly memory: ClusterMemory;
  /** Runs in a row that did not reach the cluster, for the back-off. */
  readonly failures: number;
  /** The run is abandoned when the cluster has not answered by then; `undefined`: never. */
  readonly contactMilliseconds: number | undefined;
}

/** One level-based run: reads what should be and what is, changes the difference, reports. */
export async function onboard(
  services: ControllerServices,
  entry: ClusterEntry,
  options: OnboardingOptions,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const { name } = entry;
  const { status, reporting, repo } = services;
  const known = await status.get(clusterKey(name));
  const commit = (await repo.lastCommit(clusterFiles, name, signal))?.id ?? '';
  const { fileRevision: observedGeneration } = entry;
  const subject: ReportSubject = { name, incarnation: known?.incarnation ?? '', observedGeneration, commit };
  const cluster = await clusterOf(services, entry, known);
  if (cluster instanceof NautesError) {
    await reporting.unusable(subject, cluster);
    return { outcome: 'wait', milliseconds: STALLED_RETRY_MILLISECONDS, answered: true, failure: cluster.reason };
  }
  const reporter = await reporting.open({ ...subject, incarnation: cluster.incarnation });
  const context = newContext(services, cluster, reporter, options);
  const { paused } = context;
  await reportPause(reporter, paused);
  const run = {
    hadBeenReady: wasReady(known?.phase),
    isNewGeneration: known?.observedGeneration !== observedGeneration,
  };
  const shownPause = paused === undefined ? {} : { pause: explainPause(paused) };
  const stages = withSecretAccessStage(
    cluster.spec.clusterType === 'virtual' ? virtualStages : physicalStages,
    services,
  );
  const report = (outcomes: readonly StageOutcome[], isComplete: boolean): Promise<void> =>
    reporter.summarize({ situation: 'stages', stages, outcomes, isComplete, ...run, ...shownPause });
  const outcomes = await runStages(context, { stages, failures: options.failures, report }, signal);
  if (outcomes === undefined) return abandoned;
  options.memory.settled = await settledState(context, outcomes, commit);
  const again = nextLook(outcomes);
  const endOfPause = untilEndOfPause(paused, services.clock.now()) ?? Number.POSITIVE_INFINITY;
  if (again !== undefined) {
    const failure = failureOf(outcomes);
    const milliseconds = Math.min(again, endOfPause);
    return { outcome: 'wait', milliseconds, answered: context.reached !== undefined, ...defined({ failure }) };
  }
  const next = Math.min(untilRotation(context) ?? Number.POSITIVE_INFINITY, endOfPause);
  return next < services.settings.driftMilliseconds ? { outcome: 'done', milliseconds: next } : { outcome: 'done' };
}

/** The cluster, or why its file cannot be acted upon: the last good state stays, and the status says why nothing changes. */
async function clusterOf(
  { inventory }: ControllerServices,
  { name, resource: cluster, problem }: ClusterEntry,
  known: ClusterStatus | undefined,
): Promise<Cluster | NautesError> {
  if (cluster === undefined) return asNautesError(problem);
  const { incarnation, spec } = cluster;
  if (known === undefined || known.incarnation === '') return cluster;
  if (known.incarnation !== incarnation) return new NautesError('IncarnationChanged', { cluster: name });
  // A physical cluster that no host is known of is where it was; asking for more would cost every run.
  const isAsked = spec.clusterType === 'virtual' && known.host === undefined;
  const registration = clusterRegistration({ cluster: name, incarnation });
  const made = madeOn(incarnation, known, isAsked ? await inventory.list(registration) : []);
  const declared = declaredHost(spec);
  if (made === undefined || made.host === declared) return cluster;
  const details = { cluster: name, made: describeHost(made.host), declared: describeHost(declared) };
  return new NautesError('PlaceChanged', details);
}

function newContext(
  services: ControllerServices,
  cluster: Cluster,
  reporter: ClusterReporter,
  { memory, contactMilliseconds }: OnboardingOptions,
): StageContext {
  const scope = { cluster: cluster.name, incarnation: cluster.incarnation };
  const hostCluster = services.repo
    .snapshot()
    .of(clusterFiles)
    .get(cluster.spec.hostCluster ?? '')?.resource;
  const owner = { installation: services.installation.id, ...scope };
  const nothing = { host: undefined, holder: undefined, active: undefined, reached: undefined };
  const unlooked = { namespaces: undefined, objects: undefined, settled: undefined, isAsDeclared: false };
  const found = { hostCluster, ...nothing, ...unlooked, isHeldUp: false };
  const paused = activePause(cluster.spec, services.clock.now());
  return { cluster, paused, scope, owner, services, reporter, memory, contactMilliseconds, ...found };
}

interface RunOptions {
  readonly stages: readonly Stage<StageContext>[];
  readonly failures: number;
  readonly report: (outcomes: readonly StageOutcome[], isComplete: boolean) => Promise<void>;
}

/** A virtual cluster that we have a credential for is seen to also while its host is in trouble. */
function blocks(stage: Stage<StageContext>, { active }: StageContext): boolean {
  return stage === provisionStage ? active === undefined : !doesNotBlock.has(stage);
}

/** Runs the stages in order; what is known is reported after each. `undefined` when the run was abandoned. */
async function runStages(
  context: StageContext,
  { stages, failures, report }: RunOptions,
  signal: AbortSignal,
): Promise<readonly StageOutcome[] | undefined> {
  const outcomes: StageOutcome[] = [];
  for (const [index, stage] of stages.entries()) {
    const onUnexpected = (error: unknown): void => {
      const fields = { cluster: context.cluster.name, stage: stage.condition, error };
      context.services.logger.error(fields, 'unexpected error in stage');
    };
    const result = await runStage(stage, context, { failures, onUnexpected }, signal);
    if (result.outcome === 'abandoned') return undefined;
    outcomes.push({ condition: stage.condition, deadlineMilliseconds: stage.deadlineMilliseconds, result });
    const isOpen = result.outcome === 'wait' || result.outcome === 'stalled';
    context.isHeldUp ||= isOpen;
    const isLast = index === stages.length - 1 || (isOpen && (blocks(stage, context) || signal.aborted));
    await report(outcomes, isLast);
    if (isLast || signal.aborted) break;
  }
  if (signal.aborted) return outcomes; // it took too long
  if (outcomes.length < stages.length) await followPublications(context, signal);
  return outcomes;
}

/** The reason of the first stage that failed: an error, or components that are degraded; waiting is no failure. */
function failureOf(outcomes: readonly StageOutcome[]): string | undefined {
  const isFailure = ({ result: { outcome, reason } }: StageOutcome): boolean =>
    outcome === 'stalled' || (outcome === 'wait' && (isErrorReason(reason) || reason === 'ComponentsDegraded'));
  return outcomes.find(isFailure)?.result.reason;
}

/** A rotation that is due before the next look for drift brings the next look forward. */
function untilRotation(context: StageContext): number | undefined {
  const stored = context.reached?.credential.stored;
  if (stored === undefined) return undefined;
  const left = Math.max(1_000, halfLife(stored) - clusterNow(context));
  return left < context.services.settings.driftMilliseconds ? left : undefined;
}

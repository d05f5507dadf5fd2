import { incarnationOfOriginal } from '../../../../../resources/cluster/clone.ts';
import { clusterFiles } from '../../../../../resources/cluster/cluster-files.ts';
import { clusterRegistration } from '../../../../../resources/cluster/cluster-key.ts';
import { message } from '../../../../../messages/message.ts';
import { asNautesError, NautesError } from '../../../../../errors/errors.ts';
import { backoff, sleep } from '../../../../../base/async/timing.ts';
import { defined } from '../../../../../base/defined.ts';
import { advisoriesFor } from '../../../../../catalog/advisories.ts';
import {
  applyComponent,
  type ApplyReport,
  componentHealth,
  type ForeignObject,
  foreignError,
  isWorkload,
  type HealthReport,
  type ObjectFailure,
  type SharedField,
} from '../../../../../kube/index.ts';
import { describeReference, objectKey, plainReference } from '../../../../../kube-objects/kube-object.ts';
import type { InventoryEntry } from '../../../../../resources/inventory.ts';
import { VIRTUAL_CLUSTER_CATEGORY } from '../../../../../resources/cluster/components.ts';
import {
  type ComponentStatus,
  MAXIMUM_UNREADY_OBJECTS,
  type UnreadyObject,
} from '../../../../../resources/cluster/cluster-status.ts';
import { componentFacts } from '../../../../../render/facts.ts';
import { takenFrom } from '../../../../../resources/cluster/holder.ts';
import { ApplyProgress } from './apply-progress.ts';
import { recordApply } from './apply-record.ts';
import { type ComponentState, showComponent } from './component-status.ts';
import type { ComponentOutcome, ComponentWork } from './component-work.ts';
import { loginOf } from './login.ts';

/** How long a run follows a component that has been applied. */
const FOLLOW_MILLISECONDS = 20_000;
/** A component that has not been ready for so long is looked into: pods tell why. */
const PODS_AFTER_MILLISECONDS = 5_000;
const RETRY_BACKOFF = { initialMilliseconds: 4_000, maximumMilliseconds: 120_000 };
/** A component that is not ready for twice this time is tried again half as often. */
const RETRY_PATIENCE_MILLISECONDS = 15_000;
/** A component that has not become ready in this time is degraded: a person should look at what holds it. */
export const COMPONENT_DEADLINE_MILLISECONDS = 10 * 60_000;

/** Renders, applies and follows one component until it is healthy, or as long as the run may. */
export async function installComponent(work: ComponentWork, signal: AbortSignal): Promise<ComponentOutcome> {
  const { context } = work;
  context.memory.unreadySince(work.choice.name, context.services.clock.now()); // unless it turns out to be ready
  try {
    const report = await applyOnce(work, signal);
    const foreign = report.foreign.filter(({ adopted }) => !adopted);
    if (foreign.length > 0) return await isForeign(work, foreign);
    work.onApplied();
    const obstacle = obstacleOf(report);
    if (obstacle !== undefined) return await failedAt(work, obstacle, report.failures);
    const outcome = await follow(work, report, signal);
    const contested = outcome.status.phase === 'Ready' ? contestedField(work, report) : undefined;
    return contested === undefined ? outcome : await failed(work, contested, '');
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NautesError)) {
      const { services, cluster } = work.context;
      services.logger.error(
        { cluster: cluster.name, component: work.choice.name, error },
        'unexpected error in component',
      );
    }
    return await failed(work, asNautesError(error), '');
  }
}

/** Without what is being removed, or had to stay although it is not declared any more. */
function wantedEntries({ entries, pruned, left }: ApplyReport): readonly InventoryEntry[] {
  const unwanted = new Set([...pruned, ...left.map(({ object }) => object)].map(objectKey));
  return entries.filter((entry) => !unwanted.has(objectKey(entry)));
}

/** What keeps the component from being as declared, whatever its health. */
function obstacleOf({ failures }: ApplyReport): ObjectFailure | undefined {
  return failures[0];
}

/** The component is somebody else's: nothing of it was applied. What makes a virtual cluster cannot be left out. */
async function isForeign(work: ComponentWork, foreign: readonly ForeignObject[]): Promise<ComponentOutcome> {
  const { choice, category, context } = work;
  const [first] = foreign;
  if (category === VIRTUAL_CLUSTER_CATEGORY && first !== undefined) {
    return await failed(work, new NautesError('ObjectForeign', { object: describeReference(first.object) }), '');
  }
  const alternatives = context.services.catalog.alternativesTo(choice.name, category);
  return await failed(work, foreignError({ component: choice.name, foreign }, { category, alternatives }), '');
}

function contestedField({ context }: ComponentWork, { entries }: ApplyReport): NautesError | undefined {
  const own = new Set(entries.map(objectKey));
  const contested = context.memory.repairs.contested(context.services.clock.now());
  const field = contested.find(({ object }) => own.has(objectKey(object)));
  if (field === undefined) return undefined;
  const { object, path, manager } = field;
  return new NautesError('FieldContested', {
    object: describeReference(object),
    field: path,
    manager: manager || '?',
  });
}

async function applyOnce(work: ComponentWork, signal: AbortSignal): Promise<ApplyReport> {
  const { context, definition, choice } = work;
  const { services, cluster, memory } = context;
  const registration = clusterRegistration(context.scope);
  const objects = await work.render();
  const isFirst = work.inventory.length === 0;
  if (isFirst) await show(work, { phase: 'Installing', reason: 'Applying', message: message('Applying') });
  const contested = memory.repairs
    .contested(services.clock.now())
    .map(({ object, path, manager }): SharedField => ({ kind: object.kind, name: object.name, path, owner: manager }));
  const progress = new ApplyProgress((done, total) => showApplied(work, done, total));
  const applying = applyComponent(
    work.connection,
    {
      component: work.owner,
      owner: context.owner,
      ...takenFrom(cluster),
      namespaces: [choice.namespace],
      objects,
      inventory: work.inventory,
      recordIntent: (entries) => services.inventory.put(registration, entries),
      adoptForeign: adopts(work),
      // What an earlier registration could not remove would be in the way of this one for ever.
      adoptIncarnations: [
        ...(await services.offboardings.residues(work.predecessors)),
        ...incarnationOfOriginal(context.cluster, services.repo.snapshot().of(clusterFiles)),
      ],
      ignoreFields: [...(definition.sharedFields ?? []), ...contested],
      isOver: work.isOver,
      ownedObjects: work.ownedObjects,
      ...(work.ownership && { ownership: work.ownership }),
      onApplied: progress.report,
      mode: 'full',
    },
    signal,
  );
  await Promise.allSettled([applying]);
  await progress.settled();
  const report = await applying;
  await recordApply(work, report);
  return report;
}

/** Counts the objects of a component that is being installed; one that is ready stays so while it is compared. */
async function showApplied(work: ComponentWork, done: number, total: number): Promise<void> {
  const { components } = work.context.reporter.status;
  const before = components.find(({ name }) => name === work.choice.name);
  if (before?.phase === 'Ready') return;
  const objects = { total, ready: 0 };
  const text = message('Applying.counted', { done, total });
  const known = defined({ unready: before?.unready }); // until they are looked at again
  await show(work, inTime(work, { phase: 'Installing', reason: 'Applying', message: text, objects, ...known }));
}

/** The catalogue says so of the component everywhere, the file of it on this cluster. */
function adopts({ definition, category, context }: ComponentWork): boolean {
  const adopting = context.cluster.spec.adoptComponents ?? [];
  return definition.adopt === true || adopting.some((one) => one === category);
}

/**
 * Looks at the health of what was applied until it is good, or for so long that the run gives its place to another. Nothing
 * is read while every object has the version with which all were healthy.
 */
async function follow(work: ComponentWork, report: ApplyReport, signal: AbortSignal): Promise<ComponentOutcome> {
  const entries = wantedEntries(report);
  const { versions = '' } = report;
  const { memory, services } = work.context;
  if (versions !== '' && memory.isKnownHealthy(work.choice.name, versions, services.clock.now())) {
    const total = entries.length;
    const status = await show(work, healthStatus({ total, ready: total, problems: [] }));
    return { status, retryMilliseconds: 0, isAsDeclared: true };
  }
  const appliedAt = performance.now();
  const until = appliedAt + FOLLOW_MILLISECONDS;
  let pending = entries;
  const isNew = report.applied.some(isWorkload);
  if (isNew) await work.looks.next(signal);
  for (let look = 0; ; look += 1) {
    const isFirst = isNew && look === 0;
    const how = isFirst ? { readsPods: false, looks: work.looks } : { readsPods: isSlow(work) };
    const health = await componentHealth(work.connection, pending, signal, { ...how, appliedAt });
    const ready = entries.length - pending.length + health.ready;
    const status = await show(work, inTime(work, healthStatus({ ...health, total: entries.length, ready })));
    if (status.phase === 'Ready') {
      if (versions !== '') memory.markHealthy(work.choice.name, versions, services.clock.now());
      return { status, retryMilliseconds: 0, isAsDeclared: versions !== '' };
    }
    if (performance.now() > until || status.phase === 'Degraded')
      return { status, retryMilliseconds: retryTime(work, status) };
    const unready = new Set(
      [...health.problems.map(({ object }) => object), ...(health.postponed ?? [])].map(objectKey),
    );
    pending = pending.filter((entry) => unready.has(objectKey(entry))); // what was ready is looked at in the next run
    await sleep(Math.min(2_000, 300 * 1.5 ** look), signal);
  }
}

/** A workload is not ready for a moment after each change: its pods are asked why when it takes longer. */
function isSlow({ context, choice }: ComponentWork): boolean {
  const now = context.services.clock.now();
  return now - context.memory.unreadySince(choice.name, now) >= PODS_AFTER_MILLISECONDS;
}

/** How a component is by the health of its objects. */
export function healthStatus({ total, ready, problems }: HealthReport): ComponentState {
  const objects = { total, ready };
  const problem = problems.find(({ state }) => state === 'Failed') ?? problems[0];
  if (problem === undefined)
    return { phase: 'Ready', reason: 'Healthy', message: message('Healthy', { ready, total }), objects };
  const what = message('About.name', { name: describeReference(problem.object), what: problem.message });
  const phase = problem.state === 'Failed' ? 'Degraded' : 'Installing';
  const text = message('Unhealthy', { ready, total, problem: what });
  return { phase, reason: problem.reason, message: text, objects, unready: unreadyObjects(problems) };
}

/** The first of them, as a status names them. */
function unreadyObjects(problems: readonly UnreadyObject[]): readonly UnreadyObject[] {
  const some = problems.slice(0, MAXIMUM_UNREADY_OBJECTS);
  return some.map(({ object, reason, message: text }) => ({ object, reason, message: text }));
}

/** What has been on its way for too long is degraded; it is worked on all the same. */
function inTime({ context, choice }: ComponentWork, state: ComponentState): ComponentState {
  const now = context.services.clock.now();
  const isLate = now - context.memory.unreadySince(choice.name, now) > COMPONENT_DEADLINE_MILLISECONDS;
  return state.phase === 'Installing' && isLate ? { ...state, phase: 'Degraded' } : state;
}

/** What keeps the first of these objects from being as declared. */
function failedAt(
  work: ComponentWork,
  { object, error }: ObjectFailure,
  failures: readonly ObjectFailure[],
): Promise<ComponentOutcome> {
  const problems = failures.map((one) => ({
    object: plainReference(one.object),
    reason: one.error.reason,
    message: one.error.said,
  }));
  return failed(work, error, describeReference(object), { unready: unreadyObjects(problems) });
}

async function failed(
  work: ComponentWork,
  error: NautesError,
  object: string,
  more: Pick<ComponentState, 'unready'> = {},
): Promise<ComponentOutcome> {
  const isNamed = object === '' || error.message.includes(object);
  const text = isNamed ? error.said : message('About.name', { name: object, what: error.said });
  const status = await show(work, { phase: 'Degraded', reason: error.reason, message: text, ...more });
  const retryMilliseconds = error.retryAfterMilliseconds ?? retryTime(work, status);
  return { status, retryMilliseconds, ...(error.action && { action: error.action }) };
}

function show(work: ComponentWork, state: ComponentState): Promise<ComponentStatus> {
  const { choice, definition, context, facts } = work;
  const own = componentFacts(facts, choice, definition);
  const login = loginOf(definition, choice, own);
  return showComponent(context, work, { advisories: advisoriesFor(definition, own), ...defined({ login }), ...state });
}

/** Longer the longer it has not been ready, so that a component that never will be costs little. */
function retryTime({ context, choice }: ComponentWork, status: ComponentStatus): number {
  const now = context.services.clock.now();
  const waited = now - context.memory.unreadySince(choice.name, now);
  const attempt = Math.floor(Math.log2(1 + waited / RETRY_PATIENCE_MILLISECONDS));
  return backoff(status.phase === 'Degraded' ? attempt + 1 : attempt, RETRY_BACKOFF);
}

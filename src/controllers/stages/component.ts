import { asNautesError, NautesError } from '../../base/errors.ts';
import { backoff, sleep } from '../../base/timing.ts';
import {
  applyComponent,
  type ApplyReport,
  type ClusterConnection,
  componentHealth,
  describeReference,
  type HealthReport,
  type SharedField,
} from '../../kube/index.ts';
import type { InventoryEntry } from '../../model/inventory.ts';
import type { ComponentStatus } from '../../model/status.ts';
import type { Facts } from '../../render/facts.ts';
import type { WantedComponent } from './components.ts';
import type { StageContext } from './context.ts';

const RETRY_BACKOFF = { initialMilliseconds: 4_000, maximumMilliseconds: 120_000 };
const MAXIMUM_MESSAGE_LENGTH = 500;

/** How one component stands at the end of a run. */
export interface ComponentOutcome {
  readonly status: ComponentStatus;
  /** When to look again while it is not ready. */
  readonly retryMilliseconds: number;
  readonly remedy?: string;
}

export interface ComponentWork extends WantedComponent {
  readonly context: StageContext;
  readonly connection: ClusterConnection;
  readonly facts: Facts;
  readonly kubernetesVersion: string;
  readonly inventory: readonly InventoryEntry[];
  /** Called once the component's objects are there, before they are healthy. */
  onApplied(): void;
  /** False when the run shall end although the component is not healthy yet. */
  mayFollow(): boolean;
}

/** Renders, applies and follows one component until it is healthy, or as long as the run may. */
export async function installComponent(work: ComponentWork, signal: AbortSignal): Promise<ComponentOutcome> {
  try {
    const report = await applyOnce(work, signal);
    work.onApplied();
    const contested = work.context.repairs.contested(work.context.services.clock.now());
    const own = contested.filter(({ object }) => report.entries.some((entry) => sameObject(entry, object)));
    const [failure] = report.failures;
    if (failure !== undefined) return await failed(work, failure.error, describeReference(failure.object));
    const foreign = report.foreign.find(({ adopted }) => !adopted);
    if (foreign !== undefined) {
      const details = { object: describeReference(foreign.object) };
      return await failed(work, new NautesError('ObjectForeign', details), details.object);
    }
    const outcome = await follow(work, report.entries, signal);
    if (own[0] === undefined || outcome.status.phase !== 'Ready') return outcome;
    const { object, path, manager } = own[0];
    const details = { object: describeReference(object), field: path, manager: manager || 'somebody' };
    return await failed(work, new NautesError('FieldContested', details), '');
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NautesError)) {
      const { services, cluster } = work.context;
      services.logger.error(
        { cluster: cluster.name, component: work.choice.name, error },
        'a component failed in a way that nobody expected',
      );
    }
    return await failed(work, asNautesError(error), '');
  }
}

async function applyOnce(work: ComponentWork, signal: AbortSignal): Promise<ApplyReport> {
  const { context, definition, choice } = work;
  const { services, cluster, repairs } = context;
  const objects = await services.renderer.render({ ...work }, signal);
  const isFirst = work.inventory.length === 0;
  if (isFirst) await show(work, { phase: 'Installing', reason: 'Applying', message: 'its objects are being applied' });
  const contested = repairs
    .contested(services.clock.now())
    .map(({ object, path }): SharedField => ({ kind: object.kind, name: object.name, path }));
  const report = await applyComponent(
    work.connection,
    {
      component: choice.name,
      incarnation: cluster.incarnation,
      namespaces: [choice.namespace],
      objects,
      inventory: work.inventory,
      recordIntent: (entries) => services.status.putInventory(cluster.incarnation, entries),
      adoptForeign: definition.adopt ?? false,
      ignoreFields: [...(definition.sharedFields ?? []), ...contested],
      mode: 'full',
    },
    signal,
  );
  await record(work, report);
  return report;
}

/** Stores what an apply found and tells people what it repaired, pruned or left. */
async function record(work: ComponentWork, report: ApplyReport): Promise<void> {
  const { services, cluster, reporter, repairs } = work.context;
  if (!sameEntries(report.entries, work.inventory))
    await services.status.putInventory(cluster.incarnation, report.entries);
  if (report.gone.length > 0) await services.status.removeInventory(cluster.incarnation, report.gone);
  repairs.add(report.repaired, services.clock.now());
  const subject = `components/${work.choice.name}`;
  for (const { object, fields, manager } of report.repaired) {
    const who = manager === '' ? '' : ` (changed by ${manager})`;
    const what = fields.length === 0 ? 'had been deleted and was made again' : `${fields.join(', ')} set back${who}`;
    await reporter.event('Warning', 'DriftRepaired', `${describeReference(object)}: ${what}`, subject);
  }
  for (const object of report.pruned) {
    await reporter.event('Normal', 'ObjectPruned', `${describeReference(object)} is no longer wanted`, subject);
  }
  for (const { object, reason } of report.left) {
    await reporter.event('Warning', 'ObjectLeft', `${describeReference(object)} is left: ${reason}`, subject);
  }
}

/** Looks at the health of what was applied until it is good or the run shall end. */
async function follow(
  work: ComponentWork,
  entries: readonly InventoryEntry[],
  signal: AbortSignal,
): Promise<ComponentOutcome> {
  for (let look = 0; ; look += 1) {
    const health = await componentHealth(work.connection, entries, signal);
    const status = await show(work, healthStatus(health));
    if (status.phase === 'Ready') return { status, retryMilliseconds: 0 };
    if (!work.mayFollow() || status.phase === 'Degraded') return { status, retryMilliseconds: retryTime(work, status) };
    await sleep(Math.min(2_000, 150 * 1.5 ** look), signal);
  }
}

type ComponentState = Pick<ComponentStatus, 'phase' | 'reason' | 'message'> & {
  readonly objects?: ComponentStatus['objects'];
};

function healthStatus({ total, ready, problems }: HealthReport): ComponentState {
  const objects = { total, ready };
  const problem = problems.find(({ state }) => state === 'Failed') ?? problems[0];
  if (problem === undefined)
    return { phase: 'Ready', reason: 'Healthy', message: `${ready} of ${total} objects are ready`, objects };
  const message = `${ready} of ${total} ready, ${describeReference(problem.object)}: ${problem.message}`;
  const phase = problem.state === 'Failed' ? 'Degraded' : 'Installing';
  return { phase, reason: problem.reason, message: message.slice(0, MAXIMUM_MESSAGE_LENGTH), objects };
}

async function failed(work: ComponentWork, error: NautesError, object: string): Promise<ComponentOutcome> {
  const text = object === '' || error.message.includes(object) ? error.message : `${object}: ${error.message}`;
  const message = text.slice(0, MAXIMUM_MESSAGE_LENGTH);
  const status = await show(work, { phase: 'Degraded', reason: error.reason, message });
  const retryMilliseconds = error.retryAfterMilliseconds ?? retryTime(work, status);
  return { status, retryMilliseconds, remedy: error.remedy };
}

async function show(work: ComponentWork, state: ComponentState): Promise<ComponentStatus> {
  const { choice, definition, category, context, facts } = work;
  const before = context.reporter.status.components.find(({ name }) => name === choice.name);
  const advisories = (definition.advisories ?? []).filter(({ unless }) => unless === undefined || !facts[unless]);
  const status: ComponentStatus = {
    name: choice.name,
    category,
    namespace: choice.namespace,
    version: definition.version,
    objects: before?.objects ?? { total: 0, ready: 0 },
    advisories: advisories.map(({ text }) => text),
    ...state,
  };
  await context.reporter.reportComponent(status);
  return status;
}

/** Longer the longer it has not been ready, so that a component that never will be costs little. */
function retryTime(work: ComponentWork, status: ComponentStatus): number {
  const condition = work.context.reporter.status.conditions.find(({ type }) => type === 'ComponentsReady');
  const since = condition?.status === 'False' ? Date.parse(condition.lastTransitionTime) : Number.NaN;
  const waited = Number.isNaN(since) ? 0 : work.context.services.clock.now() - since;
  const attempt = Math.floor(Math.log2(1 + waited / 15_000));
  return backoff(status.phase === 'Degraded' ? attempt + 1 : attempt, RETRY_BACKOFF);
}

function sameObject(
  left: { kind: string; namespace: string; name: string },
  right: { kind: string; namespace: string; name: string },
): boolean {
  return left.kind === right.kind && left.namespace === right.namespace && left.name === right.name;
}

function sameEntries(left: readonly InventoryEntry[], right: readonly InventoryEntry[]): boolean {
  if (left.length !== right.length) return false;
  const known = new Set(right.map((entry) => JSON.stringify(Object.entries(entry).sort())));
  return left.every((entry) => known.has(JSON.stringify(Object.entries(entry).sort())));
}

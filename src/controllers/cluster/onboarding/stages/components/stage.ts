import { clusterRegistration } from '../../../../../resources/cluster/cluster-key.ts';
import { describeReference } from '../../../../../kube-objects/kube-object.ts';
import { message } from '../../../../../messages/message.ts';
import {
  type ComponentCategory,
  type ComponentChoice,
  VIRTUAL_CLUSTER_CATEGORY,
} from '../../../../../resources/cluster/components.ts';
import { type ObjectOwnership, objectOwnership, supersededEntries } from '../../../../../kube/index.ts';
import type { InventoryEntry } from '../../../../../resources/inventory.ts';
import {
  done,
  type Stage,
  type StageResult,
  STALLED_RETRY_MILLISECONDS,
  wait,
} from '../../../../../reconcile/stage.ts';
import type { ComponentOutcome } from './component-work.ts';
import { showDeclared } from './component-status.ts';
import { overRegistrations } from '../../../runtime/over-registrations.ts';
import { ComponentRun } from './dependency-order.ts';
import type { StageContext } from '../../../runtime/stage-context.ts';
import { observeComponents } from './observation.ts';
import { isBuiltIn } from '../../../credentials/secret-access.ts';
import { type FormerComponentsRemoval, removeFormerComponents } from './former-components.ts';
import type { DeclaredComponent } from './declared-component.ts';
import { ComponentRenderings } from './renderings.ts';

const DEADLINE_MILLISECONDS = 15 * 60_000;
/** Objects of former components that are on their way out are checked again so soon. */
const REMOVAL_PAUSE_MILLISECONDS = 2_000;

export const componentsStage: Stage<StageContext> = {
  condition: 'ComponentsReady',
  deadlineMilliseconds: DEADLINE_MILLISECONDS,
  run: runComponents,
};

/** Installs the declared components in the order of their dependencies, in parallel where possible; removes the others. */
async function runComponents(context: StageContext, signal: AbortSignal): Promise<StageResult> {
  if (context.settled !== undefined) return context.settled.components;
  const declared = declaredComponents(context);
  await showDeclared(context.reporter, declared);
  const before = await componentEntries(context);
  if (context.paused !== undefined) {
    return summarizePaused(await observeComponents(context, declared, before, signal));
  }
  const renderings = new ComponentRenderings(context, signal);
  const isInstalled = before.length > 0;
  const ownership = objectOwnership(await renderings.claims(declared, isInstalled), before);
  const isFormer = ({ component }: InventoryEntry): boolean => !ownership.isDeclared(component);

  await showOnly(context, declared, before.filter(isFormer));
  const isOver = await overRegistrations(context.services);
  const parts = { declared, inventory: before, renderings, ownership, isOver };
  const outcomes = await new ComponentRun(context, parts, signal).outcomes();
  const entries = await withoutSuperseded(context, ownership);
  const removal = await removeFormerComponents(context, { entries, ownership, isOver }, signal);
  await showOnly(
    context,
    declared,
    entries.filter(({ component }) => removal.components.has(component)),
  );
  context.isAsDeclared =
    outcomes.every(({ isAsDeclared = false }) => isAsDeclared) &&
    ownership.isComplete &&
    entries.every((entry) => !isFormer(entry));
  return summarizeComponents(outcomes, removal);
}

/** What the inventory has of components of the catalogue. */
async function componentEntries({ services, scope }: StageContext): Promise<readonly InventoryEntry[]> {
  const entries = await services.inventory.list(clusterRegistration(scope));
  return entries.filter(({ component }) => !isBuiltIn(component, services));
}

/** The inventory as the run has left it, without what has been handed over to another component. */
async function withoutSuperseded(
  context: StageContext,
  ownership: ObjectOwnership,
): Promise<readonly InventoryEntry[]> {
  const entries = await componentEntries(context);
  const superseded = new Set(supersededEntries(ownership, entries));
  await context.services.inventory.remove(clusterRegistration(context.scope), [...superseded]);
  return entries.filter((entry) => !superseded.has(entry));
}

function declaredComponents({ cluster, services }: StageContext): readonly DeclaredComponent[] {
  const choices = Object.entries(cluster.spec.components) as [ComponentCategory, ComponentChoice][];
  return choices.map(([category, choice]) => ({
    category,
    choice,
    definition: services.catalog.component(choice.name),
  }));
}

/** Components that are no longer declared are being removed, and leave the status once nothing of them is there. */
async function showOnly(
  context: StageContext,
  declared: readonly DeclaredComponent[],
  former: readonly InventoryEntry[],
): Promise<void> {
  const totals = Map.groupBy(former, ({ component }) => component);
  const components = context.reporter.status.components.flatMap((component) => {
    if (component.category === VIRTUAL_CLUSTER_CATEGORY) return [component]; // it is its host's
    if (declared.some(({ choice }) => choice.name === component.name)) return [component];
    context.memory.markReady(component.name);
    const total = totals.get(component.name)?.length;
    if (total === undefined) return [];
    return [
      {
        ...component,
        phase: 'Removing',
        reason: 'Removing',
        message: message('Removing'),
        objects: { total, ready: 0 },
      } as const,
    ];
  });
  await context.reporter.report({ components });
}

/** What is no longer declared stays until the end of the pause. */
function summarizePaused(outcomes: readonly ComponentOutcome[]): StageResult {
  const waiting = outcomes.filter(({ status }) => status.reason === 'Paused').map(({ status }) => status.name);
  const others = outcomes.filter(({ status }) => status.reason !== 'Paused');
  if (waiting.length === 0 || others.some(({ status }) => status.phase === 'Degraded')) {
    return summarizeComponents(others, { components: new Set(), remaining: 0, first: undefined });
  }
  return wait('Paused', message('Paused.components', { names: waiting }), STALLED_RETRY_MILLISECONDS);
}

function summarizeComponents(outcomes: readonly ComponentOutcome[], removal: FormerComponentsRemoval): StageResult {
  const unready = outcomes.filter(({ status }) => status.phase !== 'Ready');
  const { remaining, first } = removal;
  if (unready.length === 0 && first !== undefined) {
    const what = { first: describeReference(first), what: first.message };
    return wait(
      'RemovingComponents',
      message('RemovingComponents', { remaining, ...what }),
      REMOVAL_PAUSE_MILLISECONDS,
    );
  }
  if (unready.length === 0) {
    const count = outcomes.length;
    return done(
      'ComponentsReady',
      count === 1 ? message('ComponentsReady.one') : message('ComponentsReady', { count }),
    );
  }
  const degraded = unready.filter(({ status }) => status.phase === 'Degraded');
  const shown = degraded.length > 0 ? degraded : unready;
  const each = shown.map(({ status }) => message('About.name', { name: status.name, what: status.message }));
  const text = each.length === 1 && each[0] !== undefined ? each[0] : message('Several', { each });
  const milliseconds = Math.min(...unready.map(({ retryMilliseconds }) => retryMilliseconds));
  const action = shown.find((outcome) => outcome.action !== undefined)?.action;
  return wait(degraded.length > 0 ? 'ComponentsDegraded' : 'ComponentsInstalling', text, milliseconds, action);
}

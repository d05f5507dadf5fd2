import { clusterRegistration } from '../../../../../resources/cluster/cluster-key.ts';
import { message } from '../../../../../messages/message.ts';
import {
  type ComponentCategory,
  type ComponentChoice,
  VIRTUAL_CLUSTER_CATEGORY,
} from '../../../../../resources/cluster/components.ts';
import type { InventoryEntry } from '../../../../../resources/inventory.ts';
import { done, type Stage, type StageResult, wait } from '../../../../../reconcile/stage.ts';
import type { ComponentOutcome } from './installation.ts';
import { ComponentRun } from './dependency-order.ts';
import type { StageContext } from '../../../runtime/stage-context.ts';
import { isBuiltIn } from '../../../credentials/secret-access.ts';
import { type LeftoverRemoval, removeLeftovers } from './former-components.ts';
import type { WantedComponent } from './declared-component.ts';

const DEADLINE_MILLISECONDS = 15 * 60_000;
/** Objects of former components that are on their way out are looked at again so soon. */
const REMOVAL_PAUSE_MILLISECONDS = 2_000;

export const componentsStage: Stage<StageContext> = {
  condition: 'ComponentsReady',
  deadlineMilliseconds: DEADLINE_MILLISECONDS,
  run: runComponents,
};

/** Installs what shall be there in the order of its dependencies, in parallel where that allows; removes the rest. */
async function runComponents(context: StageContext, signal: AbortSignal): Promise<StageResult> {
  const wanted = wantedComponents(context);
  const entries = await context.services.inventory.list(clusterRegistration(context.scope));
  const inventory = Map.groupBy(entries, ({ component }) => component);
  const isLeft = (name: string): boolean =>
    !isBuiltIn(name, context.services) && !wanted.some(({ choice }) => choice.name === name);
  const leftovers = new Map([...inventory].filter(([name]) => isLeft(name)));

  await showOnly(context, wanted, leftovers);
  const outcomes = await new ComponentRun(context, wanted, inventory, signal).outcomes();
  const removal = await removeLeftovers(context, [...leftovers.values()].flat(), signal);
  await showOnly(context, wanted, new Map([...leftovers].filter(([name]) => removal.components.has(name))));
  return summarizeComponents(outcomes, removal);
}

function wantedComponents({ cluster, services }: StageContext): readonly WantedComponent[] {
  const choices = Object.entries(cluster.spec.components) as [ComponentCategory, ComponentChoice][];
  return choices.map(([category, choice]) => ({
    category,
    choice,
    definition: services.catalog.component(choice.name),
  }));
}

/** Components that are no longer wanted are being removed, and vanish from the status when nothing of them is left. */
async function showOnly(
  context: StageContext,
  wanted: readonly WantedComponent[],
  leftovers: ReadonlyMap<string, readonly InventoryEntry[]>,
): Promise<void> {
  const components = context.reporter.status.components.flatMap((component) => {
    if (component.category === VIRTUAL_CLUSTER_CATEGORY) return [component]; // it is its host's
    if (wanted.some(({ choice }) => choice.name === component.name)) return [component];
    context.memory.markReady(component.name);
    const total = leftovers.get(component.name)?.length;
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

function summarizeComponents(outcomes: readonly ComponentOutcome[], removal: LeftoverRemoval): StageResult {
  const unready = outcomes.filter(({ status }) => status.phase !== 'Ready');
  if (unready.length === 0 && removal.remaining > 0) {
    const { remaining, first } = removal;
    return wait('RemovingComponents', message('RemovingComponents', { remaining, first }), REMOVAL_PAUSE_MILLISECONDS);
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
  const action = shown.find(({ remedy }) => remedy !== undefined)?.remedy;
  return wait(degraded.length > 0 ? 'ComponentsDegraded' : 'ComponentsInstalling', text, milliseconds, action);
}

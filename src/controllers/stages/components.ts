import { NautesError } from '../../base/errors.ts';
import type { ComponentDefinition } from '../../catalog/definition.ts';
import { dependenciesAmong } from '../../catalog/dependencies.ts';
import { removeObjects } from '../../kube/index.ts';
import type { ComponentCategory, ComponentChoice } from '../../model/cluster.ts';
import { ACCESS_COMPONENT, type InventoryEntry } from '../../model/inventory.ts';
import type { ComponentStatus } from '../../model/status.ts';
import { clusterFacts } from '../../render/facts.ts';
import { done, type Stage, type StageResult, wait } from '../stage.ts';
import { type ComponentOutcome, installComponent } from './component.ts';
import { reachedCluster, type StageContext, useCluster } from './context.ts';

/** How long one run follows an installation before it gives its place to another cluster. */
const FOLLOW_MILLISECONDS = 20_000;
const DEADLINE_MILLISECONDS = 15 * 60_000;

export const componentsStage: Stage<StageContext> = {
  condition: 'ComponentsReady',
  deadlineMilliseconds: DEADLINE_MILLISECONDS,
  run: runComponents,
};

/** A component that the cluster shall have. */
export interface WantedComponent {
  readonly category: ComponentCategory;
  readonly choice: ComponentChoice;
  readonly definition: ComponentDefinition;
}

/** Installs what shall be there in the order of its dependencies, in parallel where that allows; removes the rest. */
async function runComponents(context: StageContext, signal: AbortSignal): Promise<StageResult> {
  const wanted = wantedComponents(context);
  const inventory = groupByComponent(await context.services.status.inventory(context.cluster.incarnation));
  const leftovers = [...inventory].filter(
    ([name]) => name !== ACCESS_COMPONENT && !wanted.some(({ choice }) => choice.name === name),
  );
  await forgetRemoved(
    context,
    wanted,
    leftovers.map(([name]) => name),
  );

  const run = new ComponentRun(context, wanted, inventory, signal);
  const outcomes = await run.outcomes();
  const removal = await removeLeftovers(
    context,
    leftovers.flatMap(([, entries]) => entries),
    signal,
  );
  return summarizeComponents(outcomes, removal);
}

function wantedComponents(context: StageContext): readonly WantedComponent[] {
  const { catalog } = context.services;
  const wanted: WantedComponent[] = [];
  for (const [category, choice] of Object.entries(context.cluster.spec.components) as [
    ComponentCategory,
    ComponentChoice,
  ][]) {
    const definition = catalog.component(choice.name);
    if (definition === undefined) throw new NautesError('ComponentUnknown', { component: choice.name });
    wanted.push({ category, choice, definition });
  }
  return wanted;
}

function groupByComponent(entries: readonly InventoryEntry[]): ReadonlyMap<string, readonly InventoryEntry[]> {
  const groups = new Map<string, InventoryEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.component);
    if (group === undefined) groups.set(entry.component, [entry]);
    else group.push(entry);
  }
  return groups;
}

/** Components that are no longer wanted and of which nothing is left vanish from the status. */
async function forgetRemoved(
  context: StageContext,
  wanted: readonly WantedComponent[],
  leftovers: readonly string[],
): Promise<void> {
  const { components } = context.reporter.status;
  const kept = components.filter(
    ({ name }) => wanted.some(({ choice }) => choice.name === name) || leftovers.includes(name),
  );
  if (kept.length !== components.length) await context.reporter.report({ components: kept });
}

/** Runs the components of one cluster, each as soon as those it waits for are done. */
class ComponentRun {
  readonly #context: StageContext;
  readonly #wanted: readonly WantedComponent[];
  readonly #inventory: ReadonlyMap<string, readonly InventoryEntry[]>;
  readonly #signal: AbortSignal;
  readonly #applied = new Map<string, PromiseWithResolvers<void>>();
  readonly #finished = new Map<string, Promise<ComponentOutcome>>();
  readonly #until: number;

  constructor(
    context: StageContext,
    wanted: readonly WantedComponent[],
    inventory: ReadonlyMap<string, readonly InventoryEntry[]>,
    signal: AbortSignal,
  ) {
    this.#context = context;
    this.#wanted = wanted;
    this.#inventory = inventory;
    this.#signal = signal;
    this.#until = performance.now() + FOLLOW_MILLISECONDS;
    for (const { choice } of wanted) this.#applied.set(choice.name, Promise.withResolvers());
  }

  async outcomes(): Promise<readonly ComponentOutcome[]> {
    const dependencies = dependenciesAmong(this.#wanted.map(({ definition }) => definition));
    const started = Promise.withResolvers<void>();
    for (const component of this.#wanted) {
      const { requires = [], after = [] } = dependencies.get(component.choice.name) ?? {};
      const work = started.promise.then(() => this.#one(component, requires, after));
      this.#finished.set(component.choice.name, work);
    }
    started.resolve();
    const settled = await Promise.allSettled(this.#finished.values());
    this.#signal.throwIfAborted();
    return settled.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  async #one(
    component: WantedComponent,
    requires: readonly string[],
    after: readonly string[],
  ): Promise<ComponentOutcome> {
    const applied = this.#applied.get(component.choice.name);
    try {
      await Promise.all(after.map((name) => this.#applied.get(name)?.promise));
      for (const name of requires) {
        const outcome = await this.#finished.get(name);
        if (outcome?.status.phase !== 'Ready') return await this.#waitsFor(component, name);
      }
      const { cluster, services } = this.#context;
      return await useCluster(this.#context, (connection) =>
        installComponent(
          {
            ...component,
            context: this.#context,
            connection,
            facts: clusterFacts(cluster, services.settings.render),
            kubernetesVersion: reachedCluster(this.#context).version.replace(/^v/, ''),
            inventory: this.#inventory.get(component.choice.name) ?? [],
            onApplied: () => applied?.resolve(),
            mayFollow: () => performance.now() < this.#until,
          },
          this.#signal,
        ),
      );
    } finally {
      applied?.resolve(); // those that come after wait for the attempt, not for its success
    }
  }

  async #waitsFor(component: WantedComponent, name: string): Promise<ComponentOutcome> {
    const { choice, definition, category } = component;
    const status: ComponentStatus = {
      name: choice.name,
      category,
      namespace: choice.namespace,
      version: definition.version,
      phase: 'Pending',
      reason: 'WaitingForComponent',
      message: `waits until ${name} is ready`,
      objects: { total: 0, ready: 0 },
      advisories: [],
    };
    await this.#context.reporter.reportComponent(status);
    return { status, retryMilliseconds: 2_000 };
  }
}

interface LeftoverRemoval {
  readonly remaining: number;
  readonly first: string;
}

/** Removes the objects of components that are no longer wanted, one pass at a time. */
async function removeLeftovers(
  context: StageContext,
  entries: readonly InventoryEntry[],
  signal: AbortSignal,
): Promise<LeftoverRemoval> {
  if (entries.length === 0) return { remaining: 0, first: '' };
  const { incarnation } = context.cluster;
  const report = await useCluster(context, (connection) =>
    removeObjects(connection, { incarnation, entries, keepDependants: true }, signal),
  );
  await context.services.status.removeInventory(incarnation, [...report.removed, ...report.left]);
  for (const { kind, name, reason } of report.left) {
    await context.reporter.event('Warning', 'ObjectLeft', `${kind} ${name} of a former component is left: ${reason}`);
  }
  const [first] = report.remaining;
  return { remaining: report.remaining.length, first: first === undefined ? '' : `${first.kind} ${first.name}` };
}

function summarizeComponents(outcomes: readonly ComponentOutcome[], removal: LeftoverRemoval): StageResult {
  const unready = outcomes.filter(({ status }) => status.phase !== 'Ready');
  if (removal.remaining > 0 && unready.length === 0) {
    const message = `${removal.remaining} objects of former components are still there, first ${removal.first}`;
    return wait('RemovingComponents', message, 2_000);
  }
  if (unready.length === 0) return done('ComponentsReady', `all ${outcomes.length} components are ready`);
  const degraded = unready.filter(({ status }) => status.phase === 'Degraded');
  const shown = degraded.length > 0 ? degraded : unready;
  const message = shown.map(({ status }) => `${status.name}: ${status.message}`).join('; ');
  const milliseconds = Math.min(...unready.map(({ retryMilliseconds }) => retryMilliseconds));
  const remedy = shown.map(({ remedy: text }) => text ?? '').find((text) => text !== '') ?? '';
  return wait(degraded.length > 0 ? 'ComponentsDegraded' : 'ComponentsInstalling', message, milliseconds, remedy);
}

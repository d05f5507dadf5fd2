import { message } from '../../../../../messages/message.ts';
import { NautesError } from '../../../../../errors/errors.ts';
import { dependenciesAmong } from '../../../../../catalog/dependencies.ts';
import {
  type ClusterConnection,
  type ObjectOwnership,
  OwnedObjectIndex,
  SharedLooks,
} from '../../../../../kube/index.ts';
import { wellKnown } from '../../../../../kube-objects/resource-types.ts';
import type { InventoryEntry } from '../../../../../resources/inventory.ts';
import { explain, STALLED_RETRY_MILLISECONDS } from '../../../../../reconcile/stage.ts';
import type { ComponentOutcome } from './component-work.ts';
import { installComponent } from './installation.ts';
import { reachedCluster, type StageContext, useCluster } from '../../../runtime/stage-context.ts';
import { showComponent } from './component-status.ts';
import type { DeclaredComponent } from './declared-component.ts';
import type { ComponentRenderings } from './renderings.ts';

/** What the components of one run share. */
export interface ComponentRunParts {
  readonly declared: readonly DeclaredComponent[];
  readonly inventory: readonly InventoryEntry[];
  readonly renderings: ComponentRenderings;
  readonly ownership: ObjectOwnership;
  /** Whether a registration is over: what it left is taken over. */
  readonly isOver: (incarnation: string) => boolean;
}

/** Runs the components of one cluster, each as soon as those it waits for are done. */
export class ComponentRun {
  readonly #context: StageContext;
  readonly #parts: ComponentRunParts;
  readonly #inventory: ReadonlyMap<string, readonly InventoryEntry[]>;
  readonly #signal: AbortSignal;
  /** By name: resolved when the component has been applied, or will not be in this run. */
  readonly #applied = new Map<string, PromiseWithResolvers<void>>();
  readonly #looks: SharedLooks;
  readonly #finished = new Map<string, Promise<ComponentOutcome>>();

  constructor(context: StageContext, parts: ComponentRunParts, signal: AbortSignal) {
    this.#context = context;
    this.#parts = parts;
    this.#inventory = Map.groupBy(parts.inventory, ({ component }) => component);
    this.#signal = signal;
    this.#looks = new SharedLooks(context.owner);
    for (const { choice } of parts.declared) this.#applied.set(choice.name, Promise.withResolvers());
  }

  /** How each component stands at the end of this run. Rejects when the run was aborted. */
  async outcomes(): Promise<readonly ComponentOutcome[]> {
    const { declared } = this.#parts;
    const definitions = declared.map(({ definition }) => definition).filter((definition) => definition !== undefined);
    const dependencies = dependenciesAmong(definitions);
    const started = Promise.withResolvers<void>(); // all are known before the first looks for another
    for (const component of declared) {
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
    component: DeclaredComponent,
    requires: readonly string[],
    after: readonly string[],
  ): Promise<ComponentOutcome> {
    const applied = this.#applied.get(component.choice.name);
    let written = requires.length === 0 ? this.#looks.expect() : () => {}; // who waits for a look is not waited for by it
    try {
      await Promise.all(after.flatMap((name) => this.#applied.get(name)?.promise ?? []));
      for (const name of requires) {
        const outcome = await this.#finished.get(name);
        if (outcome?.status.phase !== 'Ready') return await this.#waitsFor(component, name);
      }
      if (requires.length > 0) written = this.#looks.expect();
      return await this.#install(component, () => {
        applied?.resolve();
        written();
      });
    } finally {
      applied?.resolve(); // those that come after wait for the attempt, not for its success
      written();
    }
  }

  async #install(component: DeclaredComponent, onApplied: () => void): Promise<ComponentOutcome> {
    const { definition, choice } = component;
    if (definition === undefined) return this.#unknown(component);
    const { cluster } = this.#context;
    const { uid: kubernetesUid } = reachedCluster(this.#context);
    const { renderings, ownership } = this.#parts;
    return useCluster(
      this.#context,
      (connection) =>
        installComponent(
          {
            ...component,
            definition,
            context: this.#context,
            connection,
            facts: renderings.facts,
            render: () => renderings.of(component),
            owner: choice.name,
            predecessors: { kubernetesUid, apiServer: cluster.spec.apiServer },
            inventory: this.#inventory.get(choice.name) ?? [],
            ownership,
            isOver: this.#parts.isOver,
            ownedObjects: this.#ownedObjectsOn(connection),
            looks: this.#looks,
            onApplied,
          },
          this.#signal,
        ),
      this.#signal,
    );
  }

  /** All components of a run use one connection. */
  #ownedObjectsOn(connection: ClusterConnection): OwnedObjectIndex {
    const context = this.#context;
    if (context.objects?.isOf(connection) === true) return context.objects;
    context.objects = new OwnedObjectIndex(connection, context.owner);
    if (context.namespaces !== undefined) context.objects.know(wellKnown.namespace, context.namespaces);
    return context.objects;
  }

  /** What it has installed stays: the catalogue may know it again. */
  async #unknown(component: DeclaredComponent): Promise<ComponentOutcome> {
    const { action, ...why } = explain(new NautesError('ComponentUnknown', { component: component.choice.name }));
    const status = await showComponent(this.#context, component, { phase: 'Degraded', ...why });
    return { status, retryMilliseconds: STALLED_RETRY_MILLISECONDS, ...(action && { action }) };
  }

  /** It is tried again when the one that it waits for is. */
  async #waitsFor(component: DeclaredComponent, name: string): Promise<ComponentOutcome> {
    const text = message('WaitingForComponent', { name });
    const state = { phase: 'Pending', reason: 'WaitingForComponent', message: text } as const;
    const status = await showComponent(this.#context, component, state);
    return { status, retryMilliseconds: Number.POSITIVE_INFINITY };
  }
}

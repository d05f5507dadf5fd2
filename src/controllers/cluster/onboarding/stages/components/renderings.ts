import { sleep } from '../../../../../base/async/timing.ts';
import type { KubeObject } from '../../../../../kube-objects/kube-object.ts';
import type { ComponentClaim } from '../../../../../kube/index.ts';
import { unknownAdditions } from '../../../../../catalog/unknown-additions.ts';
import { clusterFacts, type Facts } from '../../../../../render/facts.ts';
import { NautesError } from '../../../../../errors/errors.ts';
import { reachedCluster, type StageContext } from '../../../runtime/stage-context.ts';
import type { DeclaredComponent } from './declared-component.ts';

/** A source that takes longer keeps no other component waiting: nothing is removed in such a run. */
const CLAIMS_PATIENCE_MILLISECONDS = 10_000;

/** What the declared components of one run consist of; each is rendered once. */
export class ComponentRenderings {
  readonly facts: Facts;
  readonly #context: StageContext;
  readonly #signal: AbortSignal;
  readonly #objects = new Map<string, Promise<readonly KubeObject[]>>();

  constructor(context: StageContext, signal: AbortSignal) {
    const { cluster, services, hostCluster } = context;
    this.facts = clusterFacts(cluster, services.settings.render, hostCluster);
    this.#context = context;
    this.#signal = signal;
  }

  /** @throws NautesError as the renderer does, and `ComponentUnknown` or `AdditionUnknown` for what the catalogue does not have */
  of(component: DeclaredComponent): Promise<readonly KubeObject[]> {
    const { name } = component.choice;
    const known = this.#objects.get(name);
    if (known !== undefined) return known;
    const objects = this.#render(component);
    objects.catch(() => {}); // it is told where the objects are asked for
    this.#objects.set(name, objects);
    return objects;
  }

  /**
   * What each component brings, as far as that can be known now.
   * @param isAwaited false when nothing is there yet that one component could take from another
   */
  async claims(declared: readonly DeclaredComponent[], isAwaited: boolean): Promise<readonly ComponentClaim[]> {
    const brought = new Map<string, readonly KubeObject[]>();
    const renderings = declared.map(async (component) => {
      brought.set(component.choice.name, await this.of(component));
    });
    const settled = Promise.allSettled(renderings);
    if (isAwaited) await Promise.race([settled, sleep(CLAIMS_PATIENCE_MILLISECONDS, this.#signal)]);
    return declared.map(({ choice: { name, namespace } }) => ({
      component: name,
      objects: brought.get(name),
      namespaces: [namespace],
    }));
  }

  async #render({ choice, definition }: DeclaredComponent): Promise<readonly KubeObject[]> {
    if (definition === undefined) throw new NautesError('ComponentUnknown', { component: choice.name });
    const [unknown] = unknownAdditions(definition, choice.additions);
    if (unknown !== undefined) throw new NautesError('AdditionUnknown', { component: choice.name, ...unknown });
    const { services } = this.#context;
    const kubernetesVersion = reachedCluster(this.#context).version.replace(/^v/, '');
    return services.renderer.render({ definition, choice, facts: this.facts, kubernetesVersion }, this.#signal);
  }
}

import type { CatalogCategory, ComponentCategory } from '../resources/cluster/components.ts';
import type { ClusterSpec } from '../resources/cluster/cluster.ts';
import type { ComponentDefinition, Variety } from './definition.ts';

/** The components that clusters can have, and which categories a variety of cluster gets. Immutable. */
export class Catalog {
  readonly #components: ReadonlyMap<string, ComponentDefinition>;
  readonly #defaults: ReadonlyMap<string, ComponentDefinition>;
  readonly #varieties: readonly Variety[];

  /** Of several varieties for the same clusters the first counts. */
  constructor(components: readonly ComponentDefinition[], varieties: readonly Variety[]) {
    this.#components = new Map(components.map((component) => [component.name, component]));
    this.#defaults = defaultComponents(components);
    this.#varieties = varieties;
  }

  components(): readonly ComponentDefinition[] {
    return [...this.#components.values()];
  }

  varieties(): readonly Variety[] {
    return this.#varieties;
  }

  component(name: string): ComponentDefinition | undefined {
    return this.#components.get(name);
  }

  /** Names of the other components of a category. */
  alternativesTo(component: string, category: CatalogCategory): readonly string[] {
    const others = this.components().filter((one) => one.category === category && one.name !== component);
    return others.map(({ name }) => name);
  }

  /** The default components of all categories. */
  defaults(): readonly ComponentDefinition[] {
    return [...this.#defaults.values()];
  }

  /** The default component of a category; `undefined` when the catalogue has none. */
  defaultFor(category: CatalogCategory): ComponentDefinition | undefined {
    return this.#defaults.get(category);
  }

  /** The categories of a variety, or `undefined` when there is no such variety. */
  categoriesOf(
    spec: Pick<ClusterSpec, 'usage' | 'clusterType'> & { readonly workerType?: string },
  ): readonly ComponentCategory[] | undefined {
    return this.#varieties.find(
      (variety) =>
        variety.usage === spec.usage &&
        variety.clusterType === spec.clusterType &&
        variety.workerType === (spec.workerType ?? ''),
    )?.categories;
  }
}

/** The component of each category that is declared the default, else the first one. */
function defaultComponents(components: readonly ComponentDefinition[]): ReadonlyMap<string, ComponentDefinition> {
  const defaults = new Map<string, ComponentDefinition>();
  for (const component of components) {
    const known = defaults.get(component.category);
    if (known === undefined || (component.default === true && known.default !== true)) {
      defaults.set(component.category, component);
    }
  }
  return defaults;
}

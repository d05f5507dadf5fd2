import type { ComponentDefinition } from './definition.ts';

/** What one component waits for among those that a cluster has. */
export interface ComponentDependencies {
  /** Must be healthy before. */
  readonly requires: readonly string[];
  /** Must have been applied before. */
  readonly after: readonly string[];
}

type Dependent = Pick<ComponentDefinition, 'name' | 'requires' | 'after'>;

/**
 * The dependencies among the given components only: what a cluster does not have is not waited for.
 * `*` stands for every component that does not itself say `*`.
 */
export function dependenciesAmong(components: readonly Dependent[]): ReadonlyMap<string, ComponentDependencies> {
  const present = new Set(components.map((component) => component.name));
  const early = components.filter((component) => !component.after?.includes('*')).map((component) => component.name);
  return new Map(
    components.map((component) => {
      const after = (component.after ?? []).flatMap((name) => (name === '*' ? early : [name]));
      return [
        component.name,
        {
          requires: (component.requires ?? []).filter((name) => present.has(name)),
          after: [...new Set(after)].filter((name) => present.has(name) && name !== component.name),
        },
      ];
    }),
  );
}

/** Names in an order in which every component comes after what it waits for, or a cycle that makes this impossible. */
export function dependencyOrder(
  components: readonly Dependent[],
): { readonly order: readonly string[] } | { readonly cycle: readonly string[] } {
  const dependencies = dependenciesAmong(components);
  const order: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): readonly string[] | undefined => {
    if (done.has(name)) return undefined;
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    path.push(name);
    const { requires = [], after = [] } = dependencies.get(name) ?? {};
    for (const dependency of [...requires, ...after]) {
      const cycle = visit(dependency);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(name);
    order.push(name);
    return undefined;
  };
  for (const component of components) {
    const cycle = visit(component.name);
    if (cycle !== undefined) return { cycle };
  }
  return { order };
}

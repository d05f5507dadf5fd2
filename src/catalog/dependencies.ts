import type { ComponentDefinition } from './definition.ts';

/** The dependencies of a component among those that a cluster has. */
export interface ComponentDependencies {
  /** Must be healthy before. */
  readonly requires: readonly string[];
  /** Must have been applied before. */
  readonly after: readonly string[];
}

type Dependent = Pick<ComponentDefinition, 'name' | 'requires' | 'after'>;

/**
 * The dependencies among the given components only: one that the cluster does not have is ignored.
 * `*` means every component that does not declare `*` itself.
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

/** A topological order of the names, or a cycle that makes it impossible. */
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

import type { CatalogFile, ComponentDefinition, Variety } from './definition.ts';
import { dependencyOrder } from './dependencies.ts';
import { clusterFactNames } from './fact-names.ts';
import { reservedComponentNames } from '../resources/inventory.ts';
import { placeholdersIn } from './template.ts';

/** Checks of a catalogue that a schema cannot express. Each function returns the first problem, as a sentence. */

/** Duplicate entries of one file. */
export function duplicateProblem({ components = [], varieties = [] }: CatalogFile): string | undefined {
  const name = firstDuplicate(components.map((component) => component.name));
  if (name !== undefined) return `${name} is there twice`;
  const variety = firstDuplicate(varieties.map(describeVariety));
  return variety === undefined ? undefined : `the variety "${variety}" is there twice`;
}

/** Problems of one component's definition, independent of the others. */
export function componentProblem(component: ComponentDefinition): string | undefined {
  if (reservedComponentNames.has(component.name)) return `${component.name}: this name is taken by Nautes itself`;
  const problem = additionProblem(component) ?? patchProblem(component);
  return problem === undefined ? undefined : `${component.name}: ${problem}`;
}

function additionProblem({ additions = [] }: ComponentDefinition): string | undefined {
  const twice = firstDuplicate(additions.map(({ name }) => name));
  if (twice !== undefined) return `the addition ${twice} is there twice`;
  for (const { name, pattern, default: value } of additions) {
    if (pattern === undefined) continue;
    const expression = asExpression(pattern);
    if (expression === undefined) return `the pattern of the addition ${name} is no regular expression`;
    if (value !== undefined && !expression.test(value)) return `the default of the addition ${name} has another form`;
  }
  return undefined;
}

function asExpression(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}

function patchProblem({ patches = [] }: ComponentDefinition): string | undefined {
  const idle = patches.find(({ merge, set, append, documents }) => (merge ?? set ?? append ?? documents) === undefined);
  if (idle !== undefined) return `a patch of ${idle.target.kind} ${idle.target.name ?? ''} changes nothing`;
  return undefined;
}

/** Problems between components: unknown facts, missing components, cycles. */
export function referenceProblem(
  component: ComponentDefinition,
  components: readonly ComponentDefinition[],
): string | undefined {
  const problem = dependencyProblem(component, components) ?? factProblem(component, components);
  return problem === undefined ? undefined : `${component.name}: ${problem}`;
}

function dependencyProblem(
  { name, requires = [], after = [] }: ComponentDefinition,
  components: readonly ComponentDefinition[],
): string | undefined {
  const known = new Set(['*', ...components.map((component) => component.name)]);
  const unknown = [...requires, ...after].find((dependency) => !known.has(dependency));
  if (unknown !== undefined) return `it waits for ${unknown}, which the catalogue does not have`;
  const order = dependencyOrder(components);
  if (!('cycle' in order) || !order.cycle.includes(name)) return undefined;
  return `components wait for each other: ${order.cycle.join(' → ')}`;
}

function factProblem(component: ComponentDefinition, components: readonly ComponentDefinition[]): string | undefined {
  const known = factNames(component, components);
  const { sources, objects, patches, advisories = [] } = component;
  const templates = { values: sources.map((source) => ('values' in source ? source.values : {})), objects, patches };
  try {
    const used = [
      ...placeholdersIn(templates),
      ...advisories.map(({ unless }) => ({ fact: unless, path: 'advisories' })),
      ...(patches ?? []).map(({ when }) => ({ fact: when, path: 'patches' })),
      { fact: component.when, path: 'when' },
    ];
    const unknown = used.find(({ fact }) => fact !== undefined && !known.has(fact));
    return unknown === undefined ? undefined : `${unknown.path}: there is no fact ${unknown.fact}`;
  } catch (error) {
    return error instanceof Error ? error.message : 'unreadable template';
  }
}

function factNames(component: ComponentDefinition, components: readonly ComponentDefinition[]): ReadonlySet<string> {
  const gateways = components.filter(({ category }) => category === 'gateway');
  return new Set<string>([
    ...clusterFactNames,
    ...(component.additions ?? []).map(({ name }) => `additions.${name}`),
    ...gateways.flatMap(({ additions = [] }) => additions.map(({ name }) => `gateway.${name}`)),
  ]);
}

/** Several defaults for one category. */
export function defaultsProblem(components: readonly ComponentDefinition[]): string | undefined {
  const defaults = components.filter((component) => component.default === true);
  const twice = firstDuplicate(defaults.map(({ category }) => category));
  return twice === undefined ? undefined : `the category ${twice} has several defaults`;
}

function describeVariety({ clusterType, workerType, usage }: Variety): string {
  return [clusterType, workerType, usage].filter(Boolean).join(' ');
}

function firstDuplicate(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

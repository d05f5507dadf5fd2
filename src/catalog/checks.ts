import type { CatalogFile, ComponentDefinition, Variety } from './definition.ts';
import { dependencyOrder } from './dependencies.ts';
import { clusterFactNames } from './fact-names.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { reservedComponentNames } from '../resources/inventory.ts';
import { CatalogProblem } from './problem.ts';
import { placeholdersIn } from './template.ts';

/** Checks of a catalogue that a schema cannot express. Each function returns the first problem. */

/** Duplicate entries of one file. */
export function duplicateProblem({ components = [], varieties = [] }: CatalogFile): Message | undefined {
  const name = firstDuplicate(components.map((component) => component.name));
  if (name !== undefined) return message('CatalogInvalid.twice', { name });
  const variety = firstDuplicate(varieties.map(describeVariety));
  return variety === undefined ? undefined : message('CatalogInvalid.varietyTwice', { variety });
}

/** Problems of one component's definition, independent of the others. */
export function componentProblem(component: ComponentDefinition): Message | undefined {
  return about(component, nameProblem(component) ?? additionProblem(component) ?? patchProblem(component));
}

function about({ name }: ComponentDefinition, what: Message | undefined): Message | undefined {
  return what === undefined ? undefined : message('About.name', { name, what });
}

function nameProblem({ name }: ComponentDefinition): Message | undefined {
  return reservedComponentNames.has(name) ? message('CatalogInvalid.nameTaken') : undefined;
}

function additionProblem({ additions = [] }: ComponentDefinition): Message | undefined {
  const twice = firstDuplicate(additions.map(({ name }) => name));
  if (twice !== undefined) return message('CatalogInvalid.additionTwice', { name: twice });
  for (const { name, pattern, default: value } of additions) {
    if (pattern === undefined) continue;
    const expression = asExpression(pattern);
    if (expression === undefined) return message('CatalogInvalid.additionPattern', { name });
    if (value !== undefined && !expression.test(value)) return message('CatalogInvalid.additionDefault', { name });
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

function patchProblem({ patches = [] }: ComponentDefinition): Message | undefined {
  const idle = patches.find(({ merge, set, append, documents }) => (merge ?? set ?? append ?? documents) === undefined);
  if (idle === undefined) return undefined;
  const { kind, name = '' } = idle.target;
  return message('CatalogInvalid.patchIdle', { kind, name });
}

/** Problems between components: unknown facts, missing components, cycles. */
export function referenceProblem(
  component: ComponentDefinition,
  components: readonly ComponentDefinition[],
): Message | undefined {
  return about(component, dependencyProblem(component, components) ?? factProblem(component, components));
}

function dependencyProblem(
  { name, requires = [], after = [] }: ComponentDefinition,
  components: readonly ComponentDefinition[],
): Message | undefined {
  const known = new Set(['*', ...components.map((component) => component.name)]);
  const unknown = [...requires, ...after].find((dependency) => !known.has(dependency));
  if (unknown !== undefined) return message('CatalogInvalid.dependencyUnknown', { component: unknown });
  const order = dependencyOrder(components);
  if (!('cycle' in order) || !order.cycle.includes(name)) return undefined;
  return message('CatalogInvalid.cycle', { cycle: order.cycle.join(' → ') });
}

function factProblem(component: ComponentDefinition, components: readonly ComponentDefinition[]): Message | undefined {
  const known = factNames(component, components);
  const { sources, objects, patches, login, advisories = [] } = component;
  const templates = {
    values: sources.map((source) => ('values' in source ? source.values : {})),
    objects,
    patches,
    login,
  };
  try {
    const used = [
      ...placeholdersIn(templates),
      ...advisories.map(({ unless }) => ({ fact: unless, path: 'advisories' })),
      ...(patches ?? []).map(({ when }) => ({ fact: when, path: 'patches' })),
      { fact: component.when, path: 'when' },
    ];
    const unknown = used.find(({ fact }) => fact !== undefined && !known.has(fact));
    if (unknown?.fact === undefined) return undefined;
    const what = message('CatalogInvalid.factUnknown', { fact: unknown.fact });
    return message('About.name', { name: unknown.path, what });
  } catch (error) {
    if (error instanceof CatalogProblem) return error.said;
    throw error;
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
export function defaultsProblem(components: readonly ComponentDefinition[]): Message | undefined {
  const defaults = components.filter((component) => component.default === true);
  const twice = firstDuplicate(defaults.map(({ category }) => category));
  return twice === undefined ? undefined : message('CatalogInvalid.defaults', { category: twice });
}

function describeVariety({ clusterType, workerType, usage }: Variety): string {
  return [clusterType, workerType, usage].filter(Boolean).join(' ');
}

function firstDuplicate(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

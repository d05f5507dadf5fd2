import type { ComponentDefinition } from '../../catalog/definition.ts';
import { unknownAdditions } from '../../catalog/unknown-additions.ts';
import { action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import { wildcardDomain } from '../../resources/cluster/api-server.ts';
import {
  type ComponentCategory,
  type ComponentChoice,
  type ComponentDraft,
  type ComponentDrafts,
  componentCategories,
  NO_COMPONENT,
  unchosenCategories,
} from '../../resources/cluster/components.ts';
import { isNamespaceName } from '../../resources/cluster/names.ts';
import { readNodePort } from '../../resources/cluster/node-port.ts';
import { adoptingCategories, leftOutCategories, reportMissingRequirements } from './component-choices.ts';
import { type Completion, outsideNodePorts } from './completion.ts';
import type { ClusterProfile } from './profile.ts';

const WIRE_CATEGORY = (category: string): string => category.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The component of each category that a cluster has. */
export type Components = Partial<Record<ComponentCategory, ComponentChoice>>;

/** The components of a cluster, and what was decided about their categories; absent where that is nothing. */
export interface CompletedComponents {
  readonly components: Components;
  readonly withoutComponents?: readonly ComponentCategory[];
  readonly adoptComponents?: readonly ComponentCategory[];
}

/**
 * The components that the draft asks for, completed from the catalogue.
 * @param domain for default host names where no IP address is known; absent when it is reported
 */
export function completeComponents(
  completion: Completion,
  profile: ClusterProfile,
  domain: string | undefined,
): CompletedComponents {
  const categories = completion.context.catalog.categoriesOf(profile);
  if (categories === undefined) {
    completion.report(
      'usage',
      message('ClusterInvalid.profile', {
        type: profile.clusterType,
        usage: profile.usage,
        workerType: profile.workerType ?? '',
      }),
    );
    return { components: {} };
  }
  const wanted = completion.context.draft.components;
  warnOfDropped(completion, profile, categories);
  const leftOut = leftOutCategories(completion, categories);
  const components: Partial<Record<ComponentCategory, ComponentChoice>> = {};
  for (const category of categories) {
    if (leftOut.includes(category)) continue;
    const choice = completeComponent({ completion, category, domain }, wanted[category]);
    if (choice !== undefined) components[category] = choice;
  }
  reportMissingRequirements(completion, components, leftOut);
  const adopting = adoptingCategories(completion, components);
  return {
    components,
    ...(leftOut.length === 0 ? {} : { withoutComponents: leftOut }),
    ...(adopting.length === 0 ? {} : { adoptComponents: adopting }),
  };
}

interface ComponentContext {
  readonly completion: Completion;
  readonly category: ComponentCategory;
  readonly domain: string | undefined;
}

function completeComponent(context: ComponentContext, wanted: ComponentDraft | undefined): ComponentChoice | undefined {
  const { completion, category } = context;
  const { catalog, facts } = completion.context;
  const field = `components_list.${WIRE_CATEGORY(category)}`;
  const asked = wanted?.name ?? '';
  const definition = asked === '' ? catalog.defaultFor(category) : catalog.component(asked);
  if (definition === undefined) {
    completion.report(
      `${field}.name`,
      asked === ''
        ? message('ClusterInvalid.noComponent')
        : message('ClusterInvalid.componentUnknown', { component: asked }),
    );
    return undefined;
  }
  if (definition.category !== category) {
    completion.report(
      `${field}.name`,
      message('ClusterInvalid.componentCategory', { component: asked, category: WIRE_CATEGORY(definition.category) }),
    );
    return undefined;
  }
  if (wanted === undefined && definition.when !== undefined && !facts[definition.when]) return undefined;
  const namespace = wanted?.namespace || definition.namespace;
  if (!isNamespaceName(namespace)) completion.report(`${field}.namespace`, message('ClusterInvalid.namespace'));
  const given = wanted?.additions ?? {};
  reportUnknown(completion, definition, given, field);
  const additions = completeAdditions(context, definition, given);
  checkAdditions(context, definition, { given, additions, field });
  return { name: definition.name, namespace, additions };
}

function reportUnknown(
  completion: Completion,
  definition: ComponentDefinition,
  given: Readonly<Record<string, string>>,
  field: string,
): void {
  for (const { key, hint } of unknownAdditions(definition, given)) {
    const said = message('ClusterInvalid.additionUnknown', { component: definition.name, key, hint });
    completion.report(`${field}.additions.${key}`, said, action('CorrectIt'));
  }
}

function completeAdditions(
  context: ComponentContext,
  definition: ComponentDefinition,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const additions: Record<string, string> = {};
  for (const addition of definition.additions ?? []) {
    const fallback = addition.name === 'host' ? defaultHost(definition.name, context) : undefined;
    const value = addition.default ?? fallback;
    if (value !== undefined) additions[addition.name] = value;
  }
  for (const [key, value] of Object.entries(given)) if (value !== '') additions[key] = value;
  return additions;
}

function defaultHost(component: string, { completion, domain }: ComponentContext): string | undefined {
  const { name, ipAddress } = completion.context;
  const base = ipAddress === undefined ? domain : wildcardDomain(ipAddress);
  return base === undefined ? undefined : `${component}.${name}.${base}`;
}

interface CompletedAdditions {
  readonly given: Readonly<Record<string, string>>;
  /** With defaults. */
  readonly additions: Readonly<Record<string, string>>;
  readonly field: string;
}

function checkAdditions(
  context: ComponentContext,
  definition: ComponentDefinition,
  { given, additions, field: component }: CompletedAdditions,
): void {
  const { completion } = context;
  for (const { name, pattern, required } of definition.additions ?? []) {
    const field = `${component}.additions.${name}`;
    const value = additions[name];
    if (value === undefined) {
      const followsFromDomain = name === 'host' && context.domain === undefined;
      if (required === true && !followsFromDomain)
        completion.report(field, message('ClusterInvalid.additionMissing', { component: definition.name }));
    } else if (pattern !== undefined && !new RegExp(pattern).test(value)) {
      if (given[name]) completion.report(field, message('ClusterInvalid.additionForm', { pattern }));
      else
        completion.report(field, message('ClusterInvalid.additionDefault', { value }), action('GiveField', { field }));
    } else if (name.endsWith('NodePort') && readNodePort(value) === undefined) {
      completion.report(field, outsideNodePorts());
    }
  }
  const { httpNodePort, httpsNodePort } = additions;
  if (httpNodePort !== undefined && httpNodePort === httpsNodePort) {
    completion.report(`${component}.additions.httpsNodePort`, message('ClusterInvalid.sharedPort'));
  }
}

/**
 * Files of the original list components of categories that the cluster's variety does not have: a gateway for virtual
 * clusters, nearly everything for a host in 0.3.9. Nothing of them is installed.
 */
function warnOfDropped(
  { context: { draft }, warnings }: Completion,
  profile: ClusterProfile,
  categories: readonly ComponentCategory[],
): void {
  const unchosen: readonly string[] = Object.values(unchosenCategories); // the decoder has warned of them
  for (const [category, { name }] of Object.entries(draft.components)) {
    if (name === NO_COMPONENT || unchosen.includes(category) || categories.some((known) => known === category))
      continue;
    if (category === 'gateway' && profile.clusterType === 'virtual') {
      warnings.push(message('Warning.gatewayDropped'));
      continue;
    }
    const kind = [profile.clusterType, profile.workerType, profile.usage].filter(Boolean).join(' ');
    warnings.push(
      message('Warning.categoryDropped', { field: `components_list.${WIRE_CATEGORY(category)}`, profile: kind }),
    );
  }
}

/** Namespace of the category `cert_mgt` of 0.3, which has no component here. */
const CERT_MANAGER_NAMESPACE = 'cert-manager';

/**
 * Namespaces that may be reserved although no component of the cluster is there: those of components that the save names
 * and the cluster's variety does not get, and the usual ones of all components, as the original's files reserve them.
 */
export function otherComponentNamespaces({ context: { draft, catalog } }: Completion): ReadonlySet<string> {
  const named = Object.values(draft.components satisfies ComponentDrafts).map(({ namespace }) => namespace);
  const usual = catalog
    .components()
    .filter(({ category }) => componentCategories.some((known) => known === category))
    .map(({ namespace }) => namespace);
  return new Set([...named, ...usual, CERT_MANAGER_NAMESPACE]);
}

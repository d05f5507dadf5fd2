import type { Catalog } from '../../catalog/catalog.ts';
import type { ComponentDefinition } from '../../catalog/definition.ts';
import { type ApiServerAddress, nipDomain } from '../../resources/cluster/api-server.ts';
import type { ClusterSpec, ClusterType, ClusterUsage, WorkerType } from '../../resources/cluster/cluster.ts';
import type { ComponentCategory, ComponentChoice } from '../../resources/cluster/components.ts';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import type { ComponentDraft } from '../../resources/cluster/components.ts';
import { clusterFields } from '../../resources/cluster/fields.ts';
import { completeFields } from '../../resources/complete-fields.ts';
import { clusterNameProblem, isNamespaceName } from '../../resources/cluster/names.ts';
import { NODE_PORT_RANGE, readNodePort } from '../../resources/cluster/node-port.ts';
import type { Violation } from '../../resources/violation.ts';

/** What completing a draft needs besides the draft. */
export interface CompletionContext {
  /** The address of the draft, or what is wrong with it. */
  readonly address: ApiServerAddress | string;
  readonly catalog: Catalog;
  /** IP address of the API server's host where it is known, for default host names. */
  readonly ipAddress: string | undefined;
  /** Facts that hold for all clusters: a component whose `when` is empty among them is left out. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface Completion {
  /** Absent when there are violations. */
  readonly spec?: ClusterSpec;
  readonly violations: readonly Violation[];
  /** What is accepted and has no effect. */
  readonly warnings: readonly string[];
}

const WIRE_CATEGORY = (category: string): string => category.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Fills the defaults in and checks everything that can be checked without other clusters; reports all violations. */
export function completeSpec(name: string, draft: ClusterDraft, context: CompletionContext): Completion {
  const violations: Violation[] = [];
  const warnings: string[] = [];
  const report = (field: string, message: string, remedy = ''): void => {
    violations.push({ field, message, remedy });
  };

  const nameProblem = clusterNameProblem(name);
  if (nameProblem !== undefined) report('cluster_name', nameProblem, 'Choose another name.');
  const { address } = context;
  if (typeof address === 'string') report('api_server', address, 'Give the address as https://host:port.');
  const profile = readProfile(draft, address, report);
  if (typeof address === 'string' || profile === undefined) return { violations, warnings };

  const primaryDomain = draft.primaryDomain || defaultDomain(address);
  if (!isDomain(primaryDomain))
    report('primary_domain', 'this is not a domain name', 'Use lower case letters, digits, "-" and ".".');
  const components = completeComponents(
    name,
    withoutGateway(draft, warnings),
    profile,
    { ...context, primaryDomain },
    report,
  );
  checkReservedNamespaces(draft, components, report);
  checkClusterResources(draft, report);
  const others = completeFields(clusterFields, draft, RULED);
  violations.push(...others.violations);
  if (violations.length > 0) return { violations, warnings };
  return {
    violations,
    warnings,
    spec: {
      apiServer: address.url,
      clusterKind: 'kubernetes',
      ...profile,
      primaryDomain,
      components,
      ...others.values,
    },
  };
}

/** The fields that rules of their own complete; all others follow from their description. */
const RULED = [
  'apiServer',
  'clusterKind',
  'clusterType',
  'usage',
  'workerType',
  'hostCluster',
  'vclusterNodePort',
  'primaryDomain',
  'components',
] as const;

type Report = (field: string, message: string, remedy?: string) => void;

interface ClusterProfile {
  readonly clusterType: ClusterType;
  readonly usage: ClusterUsage;
  readonly workerType?: WorkerType;
  readonly hostCluster?: string;
  readonly vclusterNodePort?: number;
}

function readProfile(
  draft: ClusterDraft,
  address: ApiServerAddress | string,
  report: Report,
): ClusterProfile | undefined {
  const { clusterType, usage } = draft;
  if (draft.clusterKind !== 'kubernetes')
    report('cluster_kind', 'only clusters of kind "kubernetes" can be registered');
  const knownType = clusterType === 'physical' || clusterType === 'virtual';
  if (!knownType) report('cluster_type', 'this is neither "physical" nor "virtual"');
  const knownUsage = usage === 'host' || usage === 'worker';
  if (!knownUsage) report('usage', 'this is neither "host" nor "worker"');
  if (!knownType || !knownUsage) return undefined;

  const workerType = readWorkerType(draft, report);
  if (usage === 'worker' && workerType === undefined) return undefined;
  checkHost(draft, report);
  return {
    clusterType,
    usage,
    ...(workerType === undefined ? {} : { workerType }),
    ...(clusterType === 'virtual' ? { hostCluster: draft.hostCluster, ...virtualPort(draft, address, report) } : {}),
  };
}

/** The type of a worker, `undefined` for hosts and for what is none. */
function readWorkerType({ usage, workerType }: ClusterDraft, report: Report): WorkerType | undefined {
  if (usage === 'host') {
    if (workerType !== '') report('worker_type', 'a host has no worker type', 'Leave it empty.');
    return undefined;
  }
  const wanted = workerType || 'deployment';
  if (wanted === 'deployment' || wanted === 'pipeline') return wanted;
  report('worker_type', 'this is neither "deployment" nor "pipeline"');
  return undefined;
}

function checkHost(draft: ClusterDraft, report: Report): void {
  if (draft.clusterType === 'physical' && draft.hostCluster !== '') {
    report('host_cluster', 'a physical cluster belongs to no host cluster', 'Leave it empty.');
  }
  if (draft.clusterType !== 'virtual') return;
  if (draft.usage === 'host') report('cluster_type', 'a host cluster cannot be virtual');
  if (draft.hostCluster === '') report('host_cluster', 'a virtual cluster needs the name of its host cluster');
}

function virtualPort(
  draft: ClusterDraft,
  address: ApiServerAddress | string,
  report: Report,
): { vclusterNodePort?: number } {
  const written = draft.vclusterNodePort || (typeof address === 'string' ? '' : String(address.port));
  const port = readNodePort(written);
  if (port === undefined) {
    report('vcluster.https_node_port', outsideRange());
    return {};
  }
  if (typeof address !== 'string' && address.port !== port) {
    report('vcluster.https_node_port', `api_server names port ${address.port}, this is ${port}`, 'Make both the same.');
  }
  return { vclusterNodePort: port };
}

function outsideRange(): string {
  return `this is not a node port between ${NODE_PORT_RANGE.first} and ${NODE_PORT_RANGE.last}`;
}

/** The original lists a gateway for virtual pipeline workers and installs none: they are reached through their host's. */
function withoutGateway(draft: ClusterDraft, warnings: string[]): ClusterDraft {
  const { gateway, ...components } = draft.components;
  if (gateway === undefined || draft.clusterType !== 'virtual' || draft.workerType !== 'pipeline') return draft;
  warnings.push('components_list.gateway is dropped: a virtual cluster is reached through the gateway of its host');
  return { ...draft, components };
}

interface ComponentContext extends CompletionContext {
  readonly primaryDomain: string;
}

function completeComponents(
  name: string,
  draft: ClusterDraft,
  profile: ClusterProfile,
  context: ComponentContext,
  report: Report,
): Partial<Record<ComponentCategory, ComponentChoice>> {
  const categories = context.catalog.categoriesOf(profile);
  if (categories === undefined) {
    report('usage', `there is no ${profile.clusterType} ${profile.usage} of type "${profile.workerType ?? ''}"`);
    return {};
  }
  for (const category of Object.keys(draft.components)) {
    if (!categories.some((wanted) => wanted === category)) {
      const kind = [profile.clusterType, profile.workerType, profile.usage].filter(Boolean).join(' ');
      report(
        `components_list.${WIRE_CATEGORY(category)}`,
        `a ${kind} has no component of this category`,
        'Leave it out.',
      );
    }
  }
  const components: Partial<Record<ComponentCategory, ComponentChoice>> = {};
  for (const category of categories) {
    const choice = completeComponent(name, category, draft.components[category], context, report);
    if (choice !== undefined) components[category] = choice;
  }
  return components;
}

function completeComponent(
  name: string,
  category: ComponentCategory,
  wanted: ComponentDraft | undefined,
  context: ComponentContext,
  report: Report,
): ComponentChoice | undefined {
  const field = `components_list.${WIRE_CATEGORY(category)}`;
  const given = wanted?.name ?? '';
  const definition = given === '' ? context.catalog.defaultFor(category) : context.catalog.component(given);
  if (definition === undefined) {
    report(`${field}.name`, given === '' ? `the catalogue has no component for it` : `the catalogue has no "${given}"`);
    return undefined;
  }
  if (definition.category !== category) {
    report(`${field}.name`, `"${given}" serves the category ${WIRE_CATEGORY(definition.category)}`);
    return undefined;
  }
  if (wanted === undefined && definition.when !== undefined && !context.facts[definition.when]) return undefined;
  const namespace = wanted?.namespace || definition.namespace;
  if (!isNamespaceName(namespace)) report(`${field}.namespace`, 'this is not the name of a namespace');
  const additions = completeAdditions(name, definition, wanted?.additions ?? {}, context);
  checkAdditions(definition, additions, field, report);
  return { name: definition.name, namespace, additions };
}

function completeAdditions(
  name: string,
  definition: ComponentDefinition,
  given: Readonly<Record<string, string>>,
  context: ComponentContext,
): Record<string, string> {
  const additions: Record<string, string> = {};
  for (const addition of definition.additions ?? []) {
    const fallback = addition.name === 'host' ? defaultHost(definition.name, name, context) : undefined;
    const value = addition.default ?? fallback;
    if (value !== undefined) additions[addition.name] = value;
  }
  for (const [key, value] of Object.entries(given)) if (value !== '') additions[key] = value;
  return additions;
}

function defaultHost(component: string, cluster: string, context: ComponentContext): string {
  const domain = context.ipAddress === undefined ? context.primaryDomain : nipDomain(context.ipAddress);
  return `${component}.${cluster}.${domain}`;
}

function checkAdditions(
  definition: ComponentDefinition,
  additions: Readonly<Record<string, string>>,
  field: string,
  report: Report,
): void {
  for (const { name, pattern, required } of definition.additions ?? []) {
    const value = additions[name];
    if (value === undefined) {
      if (required === true) report(`${field}.additions.${name}`, `${definition.name} needs this value`);
    } else if (pattern !== undefined && !new RegExp(pattern).test(value)) {
      report(`${field}.additions.${name}`, `the value does not have the form ${pattern}`);
    } else if (name.endsWith('NodePort') && readNodePort(value) === undefined) {
      report(`${field}.additions.${name}`, outsideRange());
    }
  }
  const { httpNodePort, httpsNodePort } = additions;
  if (httpNodePort !== undefined && httpNodePort === httpsNodePort) {
    report(`${field}.additions.httpsNodePort`, 'http and https cannot share a node port');
  }
}

function checkReservedNamespaces(
  draft: ClusterDraft,
  components: Partial<Record<ComponentCategory, ComponentChoice>>,
  report: Report,
): void {
  const namespaces = new Set(Object.values(components).map((component) => component.namespace));
  for (const namespace of Object.keys(draft.reservedNamespacesAllowedProducts)) {
    if (!namespaces.has(namespace)) {
      report(`reserved_namespaces_allowed_products.${namespace}`, 'no component of the cluster has this namespace');
    }
  }
}

function checkClusterResources(draft: ClusterDraft, report: Report): void {
  for (const [product, resources] of Object.entries(draft.productAllowedClusterResources)) {
    if (resources.some(({ kind, group }) => kind === '' || group === '')) {
      report(`product_allowed_cluster_resources.${product}`, 'kind and group of a resource must not be empty');
    }
  }
}

/** The domain that stands for a cluster when none is given: nip.io of an IP address, else the host name itself. */
function defaultDomain(address: ApiServerAddress): string {
  return address.isIp ? nipDomain(address.host) : address.host;
}

function isDomain(text: string): boolean {
  return text.length <= 253 && /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

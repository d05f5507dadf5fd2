import { defined } from '../../base/defined.ts';
import { action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import { type ApiServerAddress, wildcardDomain } from '../../resources/cluster/api-server.ts';
import type { ClusterSpec } from '../../resources/cluster/cluster.ts';
import { clusterFields } from '../../resources/cluster/fields.ts';
import { clusterNameProblem } from '../../resources/cluster/names.ts';
import { completeFields } from '../../resources/complete-fields.ts';
import { type Components, completeComponents, otherComponentNamespaces } from './complete-components.ts';
import { Completion, type CompletionContext } from './completion.ts';
import { readProfile } from './profile.ts';

/** A completed draft: its spec is absent when there are violations. */
export type CompletedSpec = Pick<Completion, 'violations' | 'warnings'> & { readonly spec?: ClusterSpec };

/** Fills the defaults in and checks everything that can be checked without other clusters; reports all violations. */
export function completeSpec(context: CompletionContext): CompletedSpec {
  const completion = new Completion(context);
  const spec = specOf(completion);
  const { violations, warnings } = completion;
  return violations.length > 0 ? { violations, warnings } : { violations, warnings, spec };
}

function specOf(completion: Completion): ClusterSpec | undefined {
  const { name, draft, address: read } = completion.context;
  const nameProblem = clusterNameProblem(name);
  if (nameProblem !== undefined) completion.report('cluster_name', nameProblem, action('ChooseOtherName'));
  if (read.problem !== undefined) completion.report('api_server', read.problem, action('GiveAddress'));
  const profile = readProfile(completion);
  const { address } = read;
  if (address === undefined || profile === undefined) return undefined;
  if (profile.clusterType === 'virtual' && address.path !== '') {
    completion.report('api_server', message('ApiServerInvalid.virtualPath'), action('GiveAddress'));
  }

  const primaryDomain = completeDomain(completion, address);
  const { components, ...choices } = completeComponents(completion, profile, primaryDomain);
  checkReservedNamespaces(completion, components);
  checkClusterResources(completion);
  const cloneOf = completeClone(completion);
  const others = completeFields(clusterFields, draft, RULED);
  completion.violations.push(...others.violations);
  return {
    apiServer: address.url,
    clusterKind: 'kubernetes',
    ...profile,
    primaryDomain: primaryDomain ?? '',
    components,
    ...choices,
    ...defined({ cloneOf }),
    ...others.values,
  };
}

/** Of which cluster it is a copy; as registered when the draft does not say. */
function completeClone(completion: Completion): string | undefined {
  const { name, draft, before } = completion.context;
  if (draft.cloneOf === '') return before?.cloneOf;
  const problem = draft.cloneOf === name ? message('ClusterInvalid.cloneOfItself') : clusterNameProblem(draft.cloneOf);
  if (problem !== undefined) completion.report('clone_of', problem, action('CorrectIt'));
  return draft.cloneOf;
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
  'cloneOf',
  'withoutComponents',
  'adoptComponents',
] as const;

function checkReservedNamespaces(completion: Completion, components: Components): void {
  const { draft } = completion.context;
  const namespaces = new Set(Object.values(components).map((component) => component.namespace));
  const others = otherComponentNamespaces(completion);
  for (const namespace of Object.keys(draft.reservedNamespacesAllowedProducts)) {
    if (namespaces.has(namespace)) continue;
    if (others.has(namespace)) completion.warnings.push(message('Warning.namespaceUnused', { namespace }));
    else
      completion.report(`reserved_namespaces_allowed_products.${namespace}`, message('ClusterInvalid.namespaceUnused'));
  }
}

function checkClusterResources(completion: Completion): void {
  const { draft } = completion.context;
  for (const [product, resources] of Object.entries(draft.productAllowedClusterResources)) {
    if (resources.some(({ kind, group }) => kind === '' || group === '')) {
      completion.report(`product_allowed_cluster_resources.${product}`, message('ClusterInvalid.resourceEmpty'));
    }
  }
}

/** The primary domain; `undefined` where it is reported as missing or invalid. */
function completeDomain(completion: Completion, address: ApiServerAddress): string | undefined {
  const given = completion.context.draft.primaryDomain;
  const domain = given || defaultDomain(address, completion.context.ipAddress);
  if (domain !== undefined && isDomain(domain)) return domain;
  if (given === '') {
    const said = message('ClusterInvalid.domainMissing', { host: address.host });
    completion.report('primary_domain', said, action('GiveField', { field: 'primary_domain' }));
  } else {
    completion.report('primary_domain', message('ClusterInvalid.domain'), action('UseDomainCharacters'));
  }
  return undefined;
}

/** The host name, or a domain of the IP address where there is no name or none that Kubernetes takes (`my_host`). */
function defaultDomain({ host, isIp }: ApiServerAddress, ipAddress: string | undefined): string | undefined {
  if (isIp) return wildcardDomain(host);
  if (isDomain(host)) return host;
  return ipAddress === undefined ? undefined : wildcardDomain(ipAddress);
}

function isDomain(text: string): boolean {
  return text.length <= 253 && /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

import { type Cluster } from '../resources/cluster/cluster.ts';
import { componentCategories } from '../resources/cluster/components.ts';
import type { WorkloadAccount, WorkloadRole } from './workload-auth.ts';

/** One line of the configuration: who may log in under which role. */
export interface RoleRule {
  readonly role: string;
  /** A namespace, or `{category}` for that of the component which serves it. */
  readonly namespace: string;
  /** Name of a ServiceAccount, or `*`. */
  readonly account: string;
}

/** The controller of External Secrets, where its chart puts it. */
export const DEFAULT_ROLES = ['external-secrets={secretSync}/external-secrets'] as const;
export const DEFAULT_POLICY = 'workload-{cluster}-{role}';

const RULE = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)=([^/]+)\/([^/]+)$/;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const POLICY = /^[a-z0-9{}_.-]{1,200}$/;

/**
 * Reads `role=namespace/serviceaccount`.
 * @throws RangeError saying what is wrong
 */
export function readRoleRule(text: string): RoleRule {
  const [, role = '', , namespace = '', account = ''] = RULE.exec(text) ?? [];
  if (role === '') throw new RangeError('it is not role=namespace/serviceaccount');
  const category = /^\{(.*)\}$/.exec(namespace)?.[1];
  if (category !== undefined && !componentCategories.some((known) => known === category)) {
    throw new RangeError(`there is no category of components ${JSON.stringify(category)}`);
  }
  if (category === undefined && !NAME.test(namespace)) throw new RangeError('its namespace is not the name of one');
  if (account !== '*' && !NAME.test(account)) throw new RangeError('its service account is neither a name nor *');
  return { role, namespace, account };
}

/**
 * What is wrong with the template of policy names, if anything. It begins with a text of its own, by which our policy
 * in Vault tells the policies that it may hand out from all others.
 */
export function policyTemplateProblem(template: string): string | undefined {
  if (!POLICY.test(template)) return 'it holds other characters than lower case letters, digits, "-", "_" and "."';
  if (/[{}]/.test(template.replace(/\{(cluster|role)\}/g, '')))
    return 'it has a placeholder other than {cluster}, {role}';
  return fixedPrefix(template).length < 3 ? 'it must begin with at least three fixed characters' : undefined;
}

/** What all policy names of the template begin with. */
export function fixedPrefix(template: string): string {
  return template.split('{')[0] ?? '';
}

/** The roles of a cluster; those for components that it does not have are left out. */
export function rolesOf(cluster: Cluster, rules: readonly RoleRule[], policyTemplate: string): readonly WorkloadRole[] {
  const accounts = new Map<string, WorkloadAccount[]>();
  for (const { role, namespace, account } of rules) {
    const resolved = resolveNamespace(cluster, namespace);
    if (resolved === undefined) continue;
    accounts.set(role, [...(accounts.get(role) ?? []), { namespace: resolved, name: account }]);
  }
  return [...accounts].map(([name, bound]) => ({
    name,
    accounts: bound,
    policy: policyOf(policyTemplate, cluster.name, name),
  }));
}

function resolveNamespace({ spec }: Cluster, namespace: string): string | undefined {
  const category = componentCategories.find((known) => namespace === `{${known}}`);
  return category === undefined ? namespace : spec.components[category]?.namespace;
}

function policyOf(template: string, cluster: string, role: string): string {
  return template.replaceAll('{cluster}', cluster).replaceAll('{role}', role);
}

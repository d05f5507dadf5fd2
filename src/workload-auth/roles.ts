import { type Cluster } from '../resources/cluster/cluster.ts';
import { componentCategories } from '../resources/cluster/components.ts';
import type { WorkloadAccount, WorkloadRole } from './workload-auth.ts';
import { message, render } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** One line of the configuration: who may log in under which role. */
export interface RoleRule {
  readonly role: string;
  /** A namespace, or `{category}` for that of the component in the category. */
  readonly namespace: string;
  /** Name of a ServiceAccount, or `*`. */
  readonly account: string;
}

/** The ServiceAccount of External Secrets, as its chart names it. */
export const DEFAULT_ROLES = ['external-secrets={secretSync}/external-secrets'] as const;
export const DEFAULT_POLICY = 'workload-{cluster}-{role}';

const RULE = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)=([^/]+)\/([^/]+)$/;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const POLICY = /^[a-z0-9{}_.-]{1,200}$/;

/** Why a text is no rule. */
export class RoleRuleError extends RangeError {
  override readonly name = 'RoleRuleError';
  readonly said: Message;

  constructor(said: Message) {
    super(render(said, 'en'));
    this.said = said;
  }
}

/**
 * Parses `role=namespace/serviceaccount`.
 * @throws RoleRuleError saying what is wrong
 */
export function readRoleRule(text: string): RoleRule {
  const [, role = '', , namespace = '', account = ''] = RULE.exec(text) ?? [];
  if (role === '') throw new RoleRuleError(message('roleRule.form'));
  const category = /^\{(.*)\}$/.exec(namespace)?.[1];
  if (category !== undefined && !componentCategories.some((known) => known === category)) {
    throw new RoleRuleError(message('roleRule.category', { category: JSON.stringify(category) }));
  }
  if (category === undefined && !NAME.test(namespace)) throw new RoleRuleError(message('roleRule.namespace'));
  if (account !== '*' && !NAME.test(account)) throw new RoleRuleError(message('roleRule.account'));
  return { role, namespace, account };
}

/**
 * What is wrong with the template of policy names, if anything. Its fixed prefix is how our policy
 * in Vault distinguishes the policies that it may assign from all others.
 */
export function policyTemplateProblem(template: string): Message | undefined {
  if (!POLICY.test(template)) return message('policyTemplate.characters');
  if (/[{}]/.test(template.replace(/\{(cluster|role)\}/g, ''))) {
    return message('policyTemplate.placeholder', { known: ['{cluster}', '{role}'] });
  }
  return fixedPrefix(template).length < 3 ? message('policyTemplate.prefix') : undefined;
}

/** The fixed prefix of all policy names of the template. */
export function fixedPrefix(template: string): string {
  return template.split('{')[0] ?? '';
}

/** The roles of a cluster; those of components that it does not have are omitted. */
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

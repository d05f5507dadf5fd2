import type { WorkloadSettings } from '../../controllers/cluster/runtime/services.ts';
import { isLoopback, type VaultClient } from '../../vault/index.ts';
import {
  noWorkloadAuth,
  policyTemplateProblem,
  readRoleRule,
  type RoleRule,
  RoleRuleError,
  VaultWorkloadAuth,
  type WorkloadAuth,
} from '../../workload-auth/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { invalidKey } from '../configuration/invalid.ts';
import { message } from '../../messages/message.ts';

/**
 * The login of clusters' workloads to Vault; `undefined` when no Vault is configured.
 * @throws NautesError `ConfigurationInvalid`
 */
export function workloadAuthOf(configuration: Configuration, vault: VaultClient | undefined): WorkloadAuth | undefined {
  if (vault === undefined) {
    if (configuration.vault.workloadAuth !== 'kubernetes') return undefined;
    throw invalidKey('vault.workloadAuth', message('ConfigurationInvalid.workloadAuth'));
  }
  return isWorkloadAuthWanted(configuration)
    ? new VaultWorkloadAuth(vault, ownAuthMount(configuration))
    : noWorkloadAuth;
}

/** Whether the server sets up the logins of clusters' workloads. */
export function isWorkloadAuthWanted({ vault, secrets }: Configuration): boolean {
  return vault.workloadAuth === 'auto' ? secrets.store === 'vault' : vault.workloadAuth === 'kubernetes';
}

/** The auth mount where the server itself logs in; empty for a configured token. */
export function ownAuthMount({ secrets }: Configuration): string {
  const { method, mount } = secrets.vault.auth;
  return method === 'token' ? '' : mount || method;
}

/** @throws NautesError `ConfigurationInvalid` */
export function workloadSettings({ vault }: Configuration): WorkloadSettings {
  const problem = policyTemplateProblem(vault.policy);
  if (problem !== undefined) throw invalidKey('vault.policy', problem);
  return { roles: vault.roles.map(ruleOf), policyTemplate: vault.policy };
}

function ruleOf(text: string): RoleRule {
  try {
    return readRoleRule(text);
  } catch (error) {
    if (!(error instanceof RoleRuleError)) throw error;
    throw invalidKey('vault.roles', message('About.name', { name: text, what: error.said }));
  }
}

/** The address for agent injectors; empty when there is none that is valid on other machines. */
export function injectorAddress({ vault, secrets }: Configuration): string {
  if (vault.address !== '') return vault.address;
  const { address } = secrets.vault;
  return URL.canParse(address) && !isLoopback(new URL(address).hostname) ? address : '';
}

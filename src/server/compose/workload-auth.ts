import type { WorkloadSettings } from '../../controllers/cluster/runtime/services.ts';
import { NautesError } from '../../errors/errors.ts';
import { isLoopback, type VaultClient } from '../../vault/index.ts';
import {
  noWorkloadAuth,
  policyTemplateProblem,
  readRoleRule,
  type RoleRule,
  VaultWorkloadAuth,
  type WorkloadAuth,
} from '../../workload-auth/index.ts';
import type { Configuration } from '../configuration/configuration.ts';

/**
 * How workloads of clusters get at secrets; `undefined` where no Vault is configured: then there is nothing to say.
 * @throws NautesError `ConfigurationInvalid`
 */
export function workloadAuthOf(configuration: Configuration, vault: VaultClient | undefined): WorkloadAuth | undefined {
  if (vault === undefined) {
    if (configuration.vault.workloadAuth !== 'kubernetes') return undefined;
    throw invalid('vault.workloadAuth: kubernetes needs secrets.vault.address');
  }
  return isWorkloadAuthWanted(configuration)
    ? new VaultWorkloadAuth(vault, ownAuthMount(configuration))
    : noWorkloadAuth;
}

/** Whether the server is to let the workloads of clusters in. */
export function isWorkloadAuthWanted({ vault, secrets }: Configuration): boolean {
  return vault.workloadAuth === 'auto' ? secrets.store === 'vault' : vault.workloadAuth === 'kubernetes';
}

/** Where the server itself logs in; empty for a token that is given to it. */
export function ownAuthMount({ secrets }: Configuration): string {
  const { method, mount } = secrets.vault.auth;
  return method === 'token' ? '' : mount || method;
}

/** @throws NautesError `ConfigurationInvalid` */
export function workloadSettings({ vault }: Configuration): WorkloadSettings {
  const problem = policyTemplateProblem(vault.policy);
  if (problem !== undefined) throw invalid(`vault.policy: ${problem}`);
  return { roles: vault.roles.map(ruleOf), policyTemplate: vault.policy };
}

function ruleOf(text: string): RoleRule {
  try {
    return readRoleRule(text);
  } catch (error) {
    throw invalid(`vault.roles: ${text}: ${error instanceof Error ? error.message : 'not understood'}`);
  }
}

/** The address that agent injectors use; empty when none is known that means the same to other machines. */
export function injectorAddress({ vault, secrets }: Configuration): string {
  if (vault.address !== '') return vault.address;
  const { address } = secrets.vault;
  return URL.canParse(address) && !isLoopback(new URL(address).hostname) ? address : '';
}

function invalid(problem: string): NautesError {
  return new NautesError('ConfigurationInvalid', { problem });
}

export {
  DEFAULT_POLICY,
  DEFAULT_ROLES,
  policyTemplateProblem,
  readRoleRule,
  type RoleRule,
  RoleRuleError,
  rolesOf,
} from './roles.ts';
export { VaultWorkloadAuth } from './vault-workload-auth.ts';
export { workloadAuthPolicy } from './vault-rights.ts';
export * from './workload-auth.ts';

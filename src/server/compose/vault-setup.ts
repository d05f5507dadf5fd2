import { isPem } from '../../base/tls/authorities.ts';
import { vaultStorePolicy } from '../../secrets/index.ts';
import { policyText } from '../../vault/index.ts';
import { workloadAuthPolicy } from '../../workload-auth/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { isWorkloadAuthWanted, ownAuthMount } from './workload-auth.ts';

/** Name of our policy, and of our role, when the configuration names none. */
const OWN_NAME = 'nautes';

/** The minimal policy of the server, in Vault's HCL. */
export function vaultPolicy(configuration: Configuration): string {
  const { vault } = configuration.secrets;
  return policyText([
    ...vaultStorePolicy(vault.mount, vault.ownMount),
    ...(isWorkloadAuthWanted(configuration)
      ? workloadAuthPolicy(configuration.vault.policy, ownAuthMount(configuration))
      : []),
  ]);
}

/** The commands by which an operator prepares Vault for this configuration, with comments; a shell can run them. */
export function vaultSetup(configuration: Configuration, policyCommand: string): string {
  const { vault } = configuration.secrets;
  return [
    ...(vault.address === '' ? [] : [`export VAULT_ADDR=${vault.address}`]),
    ...(vault.caFile === '' || isPem(vault.caFile) ? [] : [`export VAULT_CACERT=${vault.caFile}`]),
    ...(vault.namespace === '' ? [] : [`export VAULT_NAMESPACE=${vault.namespace}`]),
    '',
    '# The engines: kubeconfigs for deployment tools, and the private data of the server.',
    ...[vault.mount, vault.ownMount].map((mount) => `vault secrets enable -path=${mount} -version=2 kv`),
    '',
    '# What the server may do.',
    `${policyCommand} | vault policy write ${OWN_NAME} -`,
    '',
    '# How the server logs in. What is secret goes into files that only you can read; give them to the server.',
    'umask 077',
    ...loginSetup(vault.auth),
    '',
  ].join('\n');
}

function loginSetup(auth: Configuration['secrets']['vault']['auth']): readonly string[] {
  const mount = auth.mount || auth.method;
  const role = auth.role || OWN_NAME;
  switch (auth.method) {
    case 'token':
      return [
        `vault token create -policy=${OWN_NAME} -orphan -period=24h -field=token > ${auth.tokenFile || 'vault-token'}`,
      ];
    case 'approle':
      return [
        `vault auth enable -path=${mount} approle`,
        `vault write auth/${mount}/role/${role} token_policies=${OWN_NAME} token_ttl=1h token_max_ttl=24h`,
        `vault read -field=role_id auth/${mount}/role/${role}/role-id   # for secrets.vault.auth.roleId`,
        `vault write -f -field=secret_id auth/${mount}/role/${role}/secret-id > ${auth.secretIdFile || 'vault-secret-id'}`,
      ];
    case 'kubernetes':
      return [
        `vault auth enable -path=${mount} kubernetes`,
        '# The cluster that the server runs on; its account needs the ClusterRole system:auth-delegator.',
        `vault write auth/${mount}/config kubernetes_host=https://KUBERNETES kubernetes_ca_cert=@ca.crt disable_local_ca_jwt=true`,
        `vault write auth/${mount}/role/${role} bound_service_account_names=nautes bound_service_account_namespaces=nautes token_policies=${OWN_NAME} token_ttl=1h`,
      ];
    case 'jwt':
      return [
        `vault auth enable -path=${mount} jwt`,
        '# The issuer of the token of the server; or jwt_validation_pubkeys=@key.pem in place of the first.',
        `vault write auth/${mount}/config oidc_discovery_url=https://ISSUER`,
        `vault write auth/${mount}/role/${role} role_type=jwt user_claim=sub bound_subject=SUBJECT bound_audiences=vault token_policies=${OWN_NAME} token_ttl=1h`,
      ];
    default:
      throw new Error('unknown method of logging in');
  }
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitiesOn, parsePolicy } from '../../../test/doubles/vault/policies.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { vaultPolicy, vaultSetup } from './vault-setup.ts';

const configured = (variables: Readonly<Record<string, string>>) => loadConfiguration({ environment: variables });

describe('the printed setup of Vault', () => {
  it('is a policy for the mounts of the configuration, with workloads or without', async () => {
    const variables = {
      NAUTES_SECRETS_STORE: 'vault',
      NAUTES_SECRETS_VAULT_MOUNT: 'team/clusters',
      NAUTES_SECRETS_VAULT_OWN_MOUNT: 'team/own',
      NAUTES_SECRETS_VAULT_AUTH_METHOD: 'approle',
      NAUTES_SECRETS_VAULT_AUTH_MOUNT: 'machines',
      NAUTES_VAULT_POLICY: 'runs-{cluster}',
    };
    const rules = parsePolicy(vaultPolicy(await configured(variables)));
    const may = (path: string): string => capabilitiesOn(rules, path).join(' ');
    assert.equal(may('team/clusters/data/kubernetes/one/default/admin'), 'create update');
    assert.equal(may('team/own/data/credentials/one/i/v'), 'create read update');
    assert.equal(may('sys/auth/one'), 'create delete sudo update');
    assert.deepEqual([may('sys/auth/machines'), may('auth/machines/role/x')], ['deny', 'deny']);
    assert.deepEqual([may('cluster/data/kubernetes/one/default/admin'), may('sys/policies/acl/x')], ['deny', 'deny']);
    assert.match(vaultPolicy(await configured(variables)), /"token_policies" = \["runs-\*"\]/);

    const without = parsePolicy(vaultPolicy(await configured({ ...variables, NAUTES_VAULT_WORKLOAD_AUTH: 'off' })));
    assert.equal(capabilitiesOn(without, 'sys/auth/one').join(), 'deny');
  });

  it('is a script for every auth method, with the names of the configuration', async () => {
    for (const method of ['token', 'approle', 'kubernetes', 'jwt']) {
      const variables = {
        NAUTES_SECRETS_VAULT_ADDRESS: 'https://vault.example:8200',
        NAUTES_SECRETS_VAULT_NAMESPACE: 'team',
        NAUTES_SECRETS_VAULT_CA_FILE: '/etc/ca.pem',
        NAUTES_SECRETS_VAULT_AUTH_METHOD: method,
        NAUTES_SECRETS_VAULT_AUTH_MOUNT: 'machines',
      };
      const script = vaultSetup(await configured(variables), 'nautes vault policy');
      assert.match(
        script,
        /^export VAULT_ADDR=https:\/\/vault\.example:8200\nexport VAULT_CACERT=\/etc\/ca\.pem\nexport VAULT_NAMESPACE=team\n/,
      );
      assert.match(script, /^vault secrets enable -path=nautes -version=2 kv$/m);
      assert.match(script, /^nautes vault policy \| vault policy write nautes -$/m);
      const login = method === 'token' ? /^vault token create -policy=nautes/m : /^vault auth enable -path=machines/m;
      assert.match(script, login);
    }
  });
});

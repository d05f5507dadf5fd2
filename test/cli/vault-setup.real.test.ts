import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { administeredReal } from '../doubles/vault/administered.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { setupCommands } from '../../src/workload-auth/vault-commands.ts';
import { VAULT_NOT_BUILT, vaultBinary } from '../../tools/vault/server.ts';
import { createCertificateAuthority } from '../../src/base/tls/x509.ts';

const COMMAND = join(import.meta.dirname, '../../bin/nautes');
const binary = await vaultBinary();
const skip = binary === undefined && VAULT_NOT_BUILT;

/** A shell in which `vault` and `nautes` are the real ones and root is logged in. */
async function openShell(address: string, rootToken: string) {
  const directory = await mkdtemp(join(tmpdir(), 'nautes-setup-'));
  await symlink(binary ?? '', join(directory, 'vault'));
  await symlink(COMMAND, join(directory, 'nautes'));
  const environment = {
    PATH: `${directory}:${process.env['PATH']}`,
    HOME: directory,
    VAULT_ADDR: address,
    VAULT_TOKEN: rootToken,
    GODEBUG: 'x509negativeserial=1',
  };
  return {
    directory,
    run: async (script: string): Promise<string> => {
      const result = await run('/bin/sh', ['-e'], { directory, environment, input: script });
      assert.equal(result.code, 0, `${script}\n${result.stdout.toString()}${result.stderr}`);
      return result.stdout.toString();
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

describe('what an operator is told to run', { skip }, () => {
  for (const method of ['token', 'approle'] as const) {
    it(`prepares Vault for a server that logs in by ${method}`, async () => {
      await using vault = await administeredReal();
      await using shell = await openShell(vault.address, vault.rootToken);
      const file = join(shell.directory, 'nautes.yaml');
      const secretFile = join(shell.directory, 'secret');
      const auth = { method, ...(method === 'token' ? { tokenFile: secretFile } : { secretIdFile: secretFile }) };
      const configuration = { secrets: { store: 'vault', vault: { address: vault.address, auth } } };
      await writeFile(file, stringifyYaml(configuration));
      const script = await shell.run(`nautes vault setup --config ${file}`);
      const output = await shell.run(script);
      const roleId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/m.exec(output)?.[0];
      if (method === 'approle') Object.assign(auth, { roleId });
      await using server = await NautesProcess.start({ configuration });
      const client = await server.client('reader', 'ada');
      const { status, body } = await client.request('GET', '/readyz');
      assert.equal(status, 200, JSON.stringify(body));
    });
  }

  it('sets up the auth method of a cluster in our place', async () => {
    await using vault = await administeredReal();
    await using shell = await openShell(vault.address, vault.rootToken);
    const { certificate } = createCertificateAuthority({ commonName: 'of the cluster' });
    await writeFile(join(shell.directory, 'one-ca.crt'), certificate);
    const commands = setupCommands({
      cluster: 'one',
      incarnation: 'i',
      server: 'https://127.0.0.1:6443',
      certificateAuthority: certificate,
      roles: [
        { name: 'shop', policy: 'workload-one-shop', accounts: [{ namespace: 'shop', name: '*' }] },
        { name: 'web', policy: 'workload-one-web', accounts: [{ namespace: 'web', name: 'web' }] },
      ],
    });
    await shell.run(commands.filter((command) => !command.startsWith('kubectl')).join(' && '));
    const role = await vault.admin('GET', 'auth/one/role/shop');
    assert.deepEqual(role['bound_service_account_names'], ['*']);
    assert.deepEqual([role['token_policies'], role['token_ttl']], [['workload-one-shop'], 3600]);
    const config = await vault.admin('GET', 'auth/one/config');
    assert.equal(String(config['kubernetes_ca_cert']).trim(), certificate.trim());
    await shell.run('vault auth disable one/');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { administeredDouble } from '../doubles/vault/administered.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { VaultSurroundings } from '../harness/vault-surroundings.ts';
import { waitUntil } from '../harness/wait-until.ts';

describe('a server whose Vault is away', () => {
  it('starts, says why it is not ready, and is ready when Vault is back', async () => {
    const vault = await administeredDouble();
    await using surroundings = await VaultSurroundings.prepare(vault);
    await vault.setSealed(true);
    await using server = await NautesProcess.start({ configuration: surroundings.configuration() });
    const client = await server.client('reader', 'ada');
    const sealed = await client.request('GET', '/readyz');
    assert.equal(sealed.status, 503);
    assert.deepEqual(sealed.body['reasons'], { secret_store: 'VaultSealed' });
    assert.equal((await client.request('GET', '/api/v1/clusters')).status, 200);
    await vault.setSealed(false);
    await waitUntil('ready', async () => (await client.request('GET', '/readyz')).status === 200);
    vault.double.faults.denied.push(/^POST sys\/capabilities-self/);
    await waitUntil('a right that is missing', async () => {
      const { status, body } = await client.request('GET', '/readyz');
      return status === 503 && JSON.stringify(body['reasons']) === '{"secret_store":"VaultPermissionDenied"}';
    });
    assert.match(server.output, /Vault at 127\.0\.0\.1:\d+ is sealed/);
  });
});

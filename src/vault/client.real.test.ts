import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { VAULT_NOT_BUILT, type VaultServer, startVault, vaultBinary } from '../../tools/vault/server.ts';
import { authoritiesWith } from '../base/tls/authorities.ts';
import { silentLogger } from '../base/logger.ts';
import { VaultClient } from './client.ts';
import { KvEngine } from './kv.ts';

const skip = (await vaultBinary()) === undefined && VAULT_NOT_BUILT;
const signal = new AbortController().signal;
const readOne = { operation: 'read', path: 'secret/data/one' } as const;

async function clientOf(vault: VaultServer, authorities?: readonly string[]): Promise<VaultClient> {
  const tokenFile = join(vault.directory, 'our-token');
  await writeFile(tokenFile, vault.rootToken);
  return new VaultClient({
    address: vault.address,
    auth: { method: 'token', tokenFile },
    logger: silentLogger,
    ...(authorities === undefined ? {} : { authorities }),
  });
}

describe('faults of a real Vault are reported', { skip }, () => {
  it('as an audit device that cannot be written to', async () => {
    await using vault = await startVault();
    const client = await clientOf(vault);
    const sockets: Socket[] = [];
    const auditor = createServer((socket) => void sockets.push(socket.on('error', () => {}).resume()));
    auditor.listen(0, '127.0.0.1');
    await once(auditor, 'listening');
    const address = `127.0.0.1:${(auditor.address() as AddressInfo).port}`;
    const options = { address, socket_type: 'tcp', write_timeout: '500ms' };
    await vault.request('POST', 'sys/audit/socket', { type: 'socket', options });
    assert.equal((await client.call(readOne, signal)).status, 404);
    auditor.close();
    for (const socket of sockets) socket.destroy();
    const blocked = { reason: 'VaultAuditBlocked', next: 'waiting' };
    // The first line after the disconnect still goes into the socket buffer.
    await client.call(readOne, signal).catch(() => {});
    await assert.rejects(client.call(readOne, signal), blocked);
    await assert.rejects(new KvEngine(client, 'secret').write('one', {}, 0, signal), blocked);
    await client.close();
  });

  it('as sealed, for as long as that lasts', async () => {
    await using vault = await startVault();
    const client = await clientOf(vault);
    await client.call(readOne, signal);
    await vault.setSealed(true);
    await assert.rejects(client.call(readOne, signal), { reason: 'VaultSealed', next: 'waiting' });
    await assert.rejects(client.checkHealth(signal), { reason: 'VaultSealed' });
    await vault.setSealed(false);
    assert.equal((await client.call(readOne, signal)).status, 404);
    await client.close();
  });

  it('as a certificate that is not trusted, until its authority is configured', async () => {
    await using vault = await startVault({ tls: true });
    const stranger = await clientOf(vault);
    await assert.rejects(stranger.call(readOne, signal), { reason: 'VaultCertificateRefused', next: 'stalled' });
    await stranger.close();
    const client = await clientOf(vault, authoritiesWith([vault.caCertificate]));
    assert.equal((await client.call(readOne, signal)).status, 404);
    await client.close();
  });

  it('as an engine of version 1, or as missing', async () => {
    await using vault = await startVault();
    await vault.request('POST', 'sys/mounts/old', { type: 'kv', options: { version: '1' } });
    const client = await clientOf(vault);
    for (const [mount, reason] of [
      ['old', 'VaultMountVersion1'],
      ['absent', 'VaultMountMissing'],
      ['sys', 'VaultMountUnsuitable'],
    ] as const) {
      await assert.rejects(new KvEngine(client, mount).read('a', signal), { reason }, mount);
    }
    await client.close();
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { VaultDouble } from '../../test/doubles/vault/vault-double.ts';
import { startHostileDoor } from '../../test/hostile/door.ts';
import type { HostilePeer } from '../../test/hostile/peer.ts';
import { VAULT_LIES } from '../../test/hostile/vault/kinds.ts';
import { silentLogger } from '../base/logger.ts';
import { NautesError } from '../errors/errors.ts';
import { VaultClient } from './client.ts';
import { KvEngine } from './kv.ts';

const MOUNT = 'cluster';
const LIMITS = { connectTimeout: 1_000, requestTimeout: 700 };

let directory = '';
let vault: VaultDouble;
let door: HostilePeer;
let roleId = '';

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nautes-hostile-vault-'));
  vault = await VaultDouble.start();
  door = await startHostileDoor(vault.address);
  const admin = async (path: string, body: unknown = {}, method = 'POST') =>
    ((await vault.request(method, path, body)).data ?? {}) as Readonly<Record<string, unknown>>;
  await admin(`sys/mounts/${MOUNT}`, { type: 'kv', options: { version: '2' } });
  await admin('sys/policies/acl/all', {
    policy: 'path "cluster/*" { capabilities = ["create", "read", "update", "delete", "list"] }',
  });
  await admin('sys/auth/approle', { type: 'approle' });
  await admin('auth/approle/role/nautes', { token_policies: 'all', token_ttl: '20m' });
  roleId = String((await admin('auth/approle/role/nautes/role-id', undefined, 'GET'))['role_id']);
  const { secret_id: secretId } = await admin('auth/approle/role/nautes/secret-id');
  await writeFile(join(directory, 'secret-id'), String(secretId), { mode: 0o600 });
});
after(async () => {
  await door.close();
  await vault[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

function open(): VaultClient {
  const secretIdFile = join(directory, 'secret-id');
  const auth = { method: 'approle', mount: 'approle', roleId, secretIdFile } as const;
  return new VaultClient({ address: door.url, auth, logger: silentLogger, limits: LIMITS });
}

async function outcome(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    assert.ok(error instanceof NautesError, inspect(error));
    assert.ok(!/\p{Cc}|\p{Bidi_Control}/u.test(error.message), JSON.stringify(error.message));
    assert.ok(error.message.length < 1_000);
    return error.reason;
  }
}

describe('a client of a Vault that lies', () => {
  for (const [kind, lies] of Object.entries(VAULT_LIES)) {
    it(`ends every request with a result or an error of its catalogue, and works when it is honest: ${kind}`, async () => {
      const client = open();
      const engine = new KvEngine(client, MOUNT);
      const signal = new AbortController().signal;
      door.misbehave(...lies);
      const works = [
        engine.write('a', { x: '1' }, 0, signal),
        engine.read('a', signal),
        engine.metadata('a', signal),
        engine.list('', signal),
        client.checkHealth(signal),
      ];
      await Promise.all(works.map(outcome));
      door.misbehave();
      const next = open(); // a login of an honest one
      const { version } = await new KvEngine(next, MOUNT).read('a', signal);
      assert.ok(Number.isSafeInteger(version));
      await Promise.all([client.close(), next.close()]);
    });
  }

  it('keeps no token that cannot be sent', async () => {
    const client = open();
    const signal = new AbortController().signal;
    door.misbehave(...(VAULT_LIES['odd-token'] ?? []));
    assert.equal(await outcome(new KvEngine(client, MOUNT).read('a', signal)), 'VaultResponseInvalid');
    door.misbehave();
    const done = async (): Promise<boolean> =>
      typeof (await outcome(new KvEngine(client, MOUNT).read('a', signal))) === 'object';
    while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 50)); // a refused login is held back for a while
    await client.close();
  });

  it('lists no name that would be another path', async () => {
    const client = open();
    door.misbehave(...(VAULT_LIES['odd-names'] ?? []));
    assert.deepEqual(await new KvEngine(client, MOUNT).list('', new AbortController().signal), ['sound']);
    door.misbehave();
    await client.close();
  });
});

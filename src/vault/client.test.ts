import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { VaultDouble, type VaultDoubleOptions } from '../../test/doubles/vault/vault-double.ts';
import { verbatim } from '../messages/message.ts';
import { authoritiesWith } from '../base/tls/authorities.ts';
import { silentLogger } from '../base/logger.ts';
import { VaultClient, type VaultClientOptions } from './client.ts';
import { KvEngine } from './kv.ts';

const signal = new AbortController().signal;
const MOUNT = 'cluster';

let directory: string;
let resources: AsyncDisposableStack;

beforeEach(async () => {
  resources = new AsyncDisposableStack();
  directory = await mkdtemp(join(tmpdir(), 'nautes-vault-'));
  resources.defer(() => rm(directory, { recursive: true }));
});
afterEach(() => resources.disposeAsync());

async function startDouble(options: VaultDoubleOptions = {}): Promise<VaultDouble> {
  const vault = resources.use(await VaultDouble.start(options));
  await vault.request('POST', `sys/mounts/${MOUNT}`, { type: 'kv', options: { version: '2' } });
  return vault;
}

async function clientOf(vault: VaultDouble, changes: Partial<VaultClientOptions> = {}): Promise<VaultClient> {
  const tokenFile = join(directory, 'token');
  await writeFile(tokenFile, `${vault.rootToken}\n`);
  const client = new VaultClient({
    address: vault.address,
    ...(vault.caCertificate === '' ? {} : { authorities: authoritiesWith([vault.caCertificate]) }),
    auth: { method: 'token', tokenFile },
    logger: silentLogger,
    ...changes,
  });
  resources.defer(() => client.close());
  return client;
}

const readOne = { operation: 'read', path: `${MOUNT}/data/one` } as const;

describe('faults of Vault are reported', () => {
  it('when nothing listens', async () => {
    const vault = await startDouble();
    const client = await clientOf(vault);
    await vault[Symbol.asyncDispose]();
    await assert.rejects(client.call(readOne, signal), { reason: 'VaultUnreachable', next: 'transient' });
  });

  it('when it is sealed, never initialised, throttled, broken or something else', async () => {
    const vault = await startDouble();
    const client = await clientOf(vault);
    const { faults } = vault;
    await client.call(readOne, signal);
    faults.sealed = true;
    await assert.rejects(client.call(readOne, signal), { reason: 'VaultSealed', next: 'waiting' });
    await assert.rejects(client.checkHealth(signal), { reason: 'VaultSealed' });
    faults.sealed = false;
    faults.uninitialized = true;
    await assert.rejects(client.checkHealth(signal), { reason: 'VaultNotInitialized', next: 'stalled' });
    faults.uninitialized = false;
    faults.throttled = true;
    await assert.rejects(client.call(readOne, signal), {
      reason: 'VaultThrottled',
      retryAfterMilliseconds: 2000,
    });
    faults.throttled = false;
    faults.broken = 502;
    await assert.rejects(client.call(readOne, signal), {
      reason: 'VaultServerError',
      said: { id: 'VaultServerError', params: { status: 502, address: client.address } },
    });
    faults.broken = 200;
    await assert.rejects(client.call(readOne, signal), { reason: 'VaultResponseInvalid', next: 'stalled' });
    faults.broken = undefined;
    await client.call(readOne, signal);
  });

  it('when it cannot write its audit log, whether it fails or hangs', async () => {
    const vault = await startDouble();
    const client = await clientOf(vault, { limits: { requestTimeout: 1_500 } });
    await client.call(readOne, signal);
    for (const audit of ['fails', 'hangs'] as const) {
      vault.faults.audit = audit;
      await assert.rejects(client.call(readOne, signal), { reason: 'VaultAuditBlocked', next: 'waiting' }, audit);
    }
  });

  it('when the token lacks a capability on one path, with that path, and other paths work', async () => {
    const vault = await startDouble();
    const client = await clientOf(vault);
    vault.faults.denied.push(/^POST cluster\/data\/one$/);
    const write = (name: string) =>
      client.call({ operation: 'write', path: `${MOUNT}/data/${name}`, body: { data: {} } }, signal);
    await assert.rejects(write('one'), (error: Error & { reason?: string }) => {
      assert.equal(error.reason, 'VaultPermissionDenied');
      assert.equal(error.message, 'Vault does not allow us to write cluster/data/one');
      return true;
    });
    assert.equal((await write('two')).status, 200);
  });

  it('when its certificate is from an unknown authority', async () => {
    const vault = await startDouble({ tls: true });
    const stranger = await clientOf(vault, { authorities: authoritiesWith([]) });
    await assert.rejects(stranger.call(readOne, signal), { reason: 'VaultCertificateRefused', next: 'stalled' });
    assert.equal(vault.seen.length, 0);
    assert.equal((await (await clientOf(vault)).call(readOne, signal)).status, 404);
  });

  it('without any bytes of its answer', async () => {
    const vault = await startDouble();
    const client = await clientOf(vault);
    vault.faults.onRequest = () => {
      throw new Error('canary');
    };
    await assert.rejects(client.call(readOne, signal), (error: Error) => {
      assert.doesNotMatch(JSON.stringify(error) + error.message, /canary/);
      return true;
    });
  });

  it('as closing once it is closed', async () => {
    const vault = await startDouble();
    const client = await clientOf(vault);
    await client.close();
    await assert.rejects(client.call(readOne, signal), { reason: 'Closing' });
  });
});

describe('redirects of a standby', () => {
  it('are followed with the token to a node that is configured', async () => {
    const active = await startDouble({ tls: true });
    const standby = resources.use(await VaultDouble.start({ tls: true, state: active.state }));
    standby.faults.standby = active.address;
    const authorities = authoritiesWith([active.caCertificate, standby.caCertificate]);
    const client = await clientOf(standby, { peers: [active.address], authorities });
    const kv = new KvEngine(client, MOUNT);
    assert.equal(await kv.write('one', { value: 'x' }, 0, signal), 1);
    assert.deepEqual((await kv.read('one', signal)).data, { value: 'x' });
    assert.ok(active.seen.every(({ hadToken }) => hadToken));
  });

  it('to any other host are rejected and send it nothing', async () => {
    const stranger = await startDouble({ tls: true });
    const standby = resources.use(await VaultDouble.start({ tls: true, state: stranger.state }));
    standby.faults.standby = stranger.address;
    const authorities = authoritiesWith([stranger.caCertificate, standby.caCertificate]);
    const client = await clientOf(standby, { authorities });
    await assert.rejects(
      client.call(readOne, signal),
      (error: Error & { reason?: string; said?: { readonly params: unknown } }) => {
        assert.equal(error.reason, 'VaultRedirectRefused');
        assert.deepEqual(error.said?.params, { address: client.address, target: verbatim(stranger.address) });
        return true;
      },
    );
    assert.equal(stranger.seen.length, 0);
  });

  it('from https to plain http on the same host and port are rejected', async () => {
    const vault = await startDouble({ tls: true });
    vault.faults.standby = vault.address.replace('https:', 'http:');
    await assert.rejects((await clientOf(vault)).call(readOne, signal), { reason: 'VaultRedirectRefused' });
  });

  it('in a loop end, as do those of a standby without a leader', async () => {
    const vault = await startDouble({ tls: true });
    const client = await clientOf(vault);
    for (const leader of [vault.address, '']) {
      vault.faults.standby = leader;
      await assert.rejects(client.call(readOne, signal), { reason: 'VaultStandby', next: 'waiting' });
    }
    await client.checkHealth(signal); // a standby forwards requests when it knows the active node
  });
});

describe('the KV engine', () => {
  it('accepts a write only on the expected version', async () => {
    const vault = await startDouble();
    const kv = new KvEngine(await clientOf(vault), MOUNT);
    assert.deepEqual(await kv.read('a/b', signal), { data: undefined, version: 0 });
    assert.equal(await kv.write('a/b', { value: '1' }, 0, signal), 1);
    await assert.rejects(kv.write('a/b', { value: '2' }, 0, signal), { reason: 'VaultConflict', next: 'transient' });
    assert.equal(await kv.write('a/b', { value: '2' }, 1, signal), 2);
    assert.deepEqual(await kv.read('a/b', signal), { data: { value: '2' }, version: 2 });
  });

  it('distinguishes a deleted version from one that never existed', async () => {
    const vault = await startDouble();
    const kv = new KvEngine(await clientOf(vault), MOUNT);
    await kv.write('a', { value: '1' }, 0, signal);
    await vault.request('DELETE', `${MOUNT}/data/a`);
    assert.deepEqual(await kv.read('a', signal), { data: undefined, version: 1 });
    assert.equal((await kv.metadata('a', signal))?.isLive, false);
    assert.equal(await kv.write('a', { value: '2' }, 1, signal), 2);
    await kv.destroy('a', signal);
    await kv.destroy('a', signal);
    assert.deepEqual(await kv.read('a', signal), { data: undefined, version: 0 });
    assert.equal(await kv.metadata('a', signal), undefined);
  });

  it('keeps only the configured number of versions', async () => {
    const vault = await startDouble();
    const kv = new KvEngine(await clientOf(vault), MOUNT);
    await kv.configure('a', 1, { by: 'nautes' }, signal);
    await kv.write('a', { value: 'former' }, 0, signal);
    await kv.write('a', { value: 'present' }, 1, signal);
    assert.doesNotMatch(vault.state.kv(MOUNT).content, /former/);
  });

  it('lists names and folders', async () => {
    const vault = await startDouble();
    const kv = new KvEngine(await clientOf(vault), MOUNT);
    assert.deepEqual(await kv.list('x', signal), []);
    for (const path of ['x/a', 'x/b/c', 'y']) await kv.write(path, {}, 0, signal);
    assert.deepEqual(await kv.list('x', signal), ['a', 'b/']);
  });

  it('is rejected when it is missing, of version 1 or no KV engine, before anything is written', async () => {
    const vault = await startDouble();
    await vault.request('POST', 'sys/mounts/old', { type: 'kv', options: { version: '1' } });
    await vault.request('POST', 'sys/mounts/other', { type: 'transit' });
    const client = await clientOf(vault);
    for (const [mount, reason] of [
      ['old', 'VaultMountVersion1'],
      ['other', 'VaultMountUnsuitable'],
      ['absent', 'VaultMountMissing'],
    ] as const) {
      const kv = new KvEngine(client, mount);
      await assert.rejects(kv.write('a', { value: '1' }, 0, signal), { reason, next: 'stalled' });
      await assert.rejects(kv.check(signal), { reason });
    }
    assert.deepEqual(vault.state.kv('old').paths, []);
  });

  it('is used once it has been fixed', async () => {
    const vault = resources.use(await VaultDouble.start());
    const kv = new KvEngine(await clientOf(vault), MOUNT);
    await assert.rejects(kv.read('a', signal), { reason: 'VaultMountMissing' });
    await vault.request('POST', `sys/mounts/${MOUNT}`, { type: 'kv', options: { version: '2' } });
    assert.deepEqual(await kv.read('a', signal), { data: undefined, version: 0 });
  });

  it('is found in its namespace', async () => {
    const vault = await startDouble({ namespace: 'team/one' });
    const inside = new KvEngine(await clientOf(vault, { namespace: 'team/one' }), MOUNT);
    assert.equal(await inside.write('a', {}, 0, signal), 1);
    await assert.rejects(new KvEngine(await clientOf(vault), MOUNT).read('a', signal), { reason: 'VaultTokenInvalid' });
  });
});

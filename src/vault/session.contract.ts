import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AdministeredVault } from '../../test/doubles/vault/administered.ts';
import { waitUntil } from '../../test/harness/wait-until.ts';
import { silentLogger } from '../base/logger.ts';
import { VaultClient } from './client.ts';
import type { VaultAuth } from './login.ts';

const signal = new AbortController().signal;
const readOne = { operation: 'read', path: 'login-test/data/one' } as const;
const POLICY = 'path "login-test/data/one" { capabilities = ["read"] }';

/** The contract of logins and of the life of our tokens with every Vault. */
export function describeVaultSessions(
  name: string,
  create: () => Promise<AdministeredVault>,
  skip: string | false,
): void {
  describe(`sessions with ${name}`, { skip }, () => {
    let vault: AdministeredVault;
    let directory: string;
    let keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

    before(async () => {
      vault = await create();
      directory = await mkdtemp(join(tmpdir(), 'nautes-vault-'));
      keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      await vault.admin('POST', 'sys/mounts/login-test', { type: 'kv', options: { version: '2' } });
      await vault.admin('POST', 'login-test/data/one', { data: { value: '1' } });
      await vault.admin('POST', 'sys/policies/acl/login-test', { policy: POLICY });
      await vault.admin('POST', 'sys/auth/approle', { type: 'approle' });
      await vault.admin('POST', 'sys/auth/jwt', { type: 'jwt' });
      const pem = keys.publicKey.export({ type: 'spki', format: 'pem' });
      await vault.admin('POST', 'auth/jwt/config', { jwt_validation_pubkeys: [pem] });
    });
    after(async () => {
      await vault?.[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    });

    async function file(base: string, content: string): Promise<string> {
      const path = join(directory, base);
      await writeFile(path, `${content}\n`);
      return path;
    }

    /** Opens a client, uses it and closes it. */
    async function withClient(auth: VaultAuth, use: (client: VaultClient) => Promise<void>): Promise<void> {
      const client = new VaultClient({ address: vault.address, auth, logger: silentLogger });
      try {
        await use(client);
      } finally {
        await client.close();
      }
    }

    async function appRole(role: string, settings: Record<string, unknown> = {}): Promise<VaultAuth> {
      await vault.admin('POST', `auth/approle/role/${role}`, {
        token_policies: 'login-test',
        token_ttl: '1h',
        ...settings,
      });
      const { role_id: roleId } = await vault.admin('GET', `auth/approle/role/${role}/role-id`);
      const { secret_id: secretId } = await vault.admin('POST', `auth/approle/role/${role}/secret-id`, {});
      const secretIdFile = await file(`${role}-secret-id`, String(secretId));
      return { method: 'approle', mount: 'approle', roleId: String(roleId), secretIdFile };
    }

    async function tokenAuth(settings: Record<string, unknown>): Promise<{ auth: VaultAuth; token: string }> {
      const created = await vault.admin('POST', 'auth/token/create', { policies: ['login-test'], ...settings });
      const token = String(created['client_token']);
      return { auth: { method: 'token', tokenFile: await file('token', token) }, token };
    }

    function signedJwt(claims: Record<string, unknown>): string {
      const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const seconds = Math.floor(Date.now() / 1000);
      const signed = `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ iat: seconds, exp: seconds + 600, ...claims })}`;
      const signature = sign('sha256', Buffer.from(signed), { key: keys.privateKey, dsaEncoding: 'ieee-p1363' });
      return `${signed}.${signature.toString('base64url')}`;
    }

    it('begin with a token from a file', async () => {
      const { auth } = await tokenAuth({ ttl: '1h' });
      await withClient(auth, async (client) => assert.equal((await client.call(readOne, signal)).status, 200));
    });

    it('begin with AppRole', async () => {
      await withClient(await appRole('one'), async (client) => {
        assert.equal((await client.call(readOne, signal)).status, 200);
      });
    });

    it('begin with a JWT', async () => {
      await vault.admin('POST', 'auth/jwt/role/nautes', {
        role_type: 'jwt',
        user_claim: 'sub',
        bound_subject: 'nautes-server',
        bound_audiences: ['vault'],
        token_policies: 'login-test',
        token_ttl: '1h',
      });
      const jwtFile = await file('jwt', signedJwt({ sub: 'nautes-server', aud: 'vault' }));
      const auth: VaultAuth = { method: 'jwt', mount: 'jwt', role: 'nautes', jwtFile };
      await withClient(auth, async (client) => assert.equal((await client.call(readOne, signal)).status, 200));
      await file('jwt', signedJwt({ sub: 'somebody-else', aud: 'vault' }));
      await withClient(auth, (client) => assert.rejects(client.call(readOne, signal), { reason: 'VaultLoginRefused' }));
    });

    it('are rejected with a specific reason', async () => {
      const approle = await appRole('refused');
      assert.ok(approle.method === 'approle');
      const cases: readonly (readonly [VaultAuth, string])[] = [
        [{ ...approle, secretIdFile: await file('wrong', 'not-one') }, 'VaultLoginRefused'],
        [{ ...approle, mount: 'nowhere' }, 'VaultLoginRefused'],
        [{ ...approle, secretIdFile: join(directory, 'absent') }, 'VaultLoginFileUnreadable'],
        [{ ...approle, secretIdFile: await file('empty', '') }, 'VaultLoginFileUnreadable'],
        [{ ...approle, secretIdFile: await file('two', 'one\ntwo') }, 'VaultLoginFileUnreadable'],
        [{ method: 'token', tokenFile: await file('unknown', 'hvs.unknown') }, 'VaultTokenInvalid'],
      ];
      for (const [auth, reason] of cases) {
        await withClient(auth, (client) => assert.rejects(client.call(readOne, signal), { reason, next: 'stalled' }));
      }
    });

    it('distinguish a missing capability from an expired token', async () => {
      await withClient(await appRole('limited'), async (client) => {
        const call = { operation: 'write', path: 'login-test/data/one', body: { data: {} } } as const;
        await assert.rejects(client.call(call, signal), { reason: 'VaultPermissionDenied' });
        assert.equal((await client.call(readOne, signal)).status, 200);
      });
    });

    it('log in once for concurrent requests', async () => {
      const auth = await appRole('counted', { secret_id_num_uses: 1 });
      await withClient(auth, async (client) => {
        const replies = await Promise.all(Array.from({ length: 8 }, () => client.call(readOne, signal)));
        assert.ok(replies.every(({ status }) => status === 200));
      });
    });

    it('renew a token before it expires, and do not revoke a configured one', async () => {
      const { auth, token } = await tokenAuth({ ttl: '9s', renewable: true });
      const lookUp = (): Promise<Record<string, unknown>> => vault.admin('POST', 'auth/token/lookup', { token });
      const first = await lookUp();
      await withClient(auth, async (client) => {
        await client.call(readOne, signal);
        await waitUntil('the token is renewed', async () => {
          const { expire_time: end } = await lookUp();
          return Date.parse(String(end)) > Date.parse(String(first['expire_time'])) + 1000;
        });
        assert.equal((await client.call(readOne, signal)).status, 200);
      });
      await lookUp();
    });

    it('log in again when a token cannot be renewed', async () => {
      const auth = await appRole('short', { token_ttl: '3s', token_max_ttl: '3s' });
      await withClient(auth, async (client) => {
        const { body } = await client.call({ operation: 'read', path: 'auth/token/lookup-self' }, signal);
        const { accessor } = (body as { data: { accessor: string } }).data;
        const lookUp = (): Promise<unknown> => vault.admin('POST', 'auth/token/lookup-accessor', { accessor });
        await waitUntil('the token has ended', () =>
          lookUp().then(
            () => false,
            () => true,
          ),
        );
        assert.equal((await client.call(readOne, signal)).status, 200);
      });
    });

    it('log in again when the token was revoked', async () => {
      await withClient(await appRole('revoked'), async (client) => {
        const revoke = { operation: 'write', path: 'auth/token/revoke-self', body: {} } as const;
        await client.call(revoke, signal);
        assert.equal((await client.call(readOne, signal)).status, 200);
      });
    });

    it('read the token file again when the earlier token has expired', async () => {
      const { auth } = await tokenAuth({ ttl: '1h' });
      await withClient(auth, async (client) => {
        await client.call({ operation: 'write', path: 'auth/token/revoke-self', body: {} }, signal);
        await assert.rejects(client.call(readOne, signal), { reason: 'VaultTokenInvalid' });
        await tokenAuth({ ttl: '1h' });
        // A refused login is not repeated at once.
        await waitUntil('the other token is presented', () =>
          client.call(readOne, signal).then(
            ({ status }) => status === 200,
            () => false,
          ),
        );
      });
    });

    it('end with the revocation of the token from their own login', async () => {
      const client = new VaultClient({ address: vault.address, auth: await appRole('closed'), logger: silentLogger });
      const { body } = await client.call({ operation: 'read', path: 'auth/token/lookup-self' }, signal);
      const { accessor } = (body as { data: { accessor: string } }).data;
      const lookUp = (): Promise<unknown> => vault.admin('POST', 'auth/token/lookup-accessor', { accessor });
      await lookUp();
      await client.close();
      await assert.rejects(lookUp());
    });

    it('return their capabilities on a path', async () => {
      await withClient(await appRole('asking'), async (client) => {
        const found = await client.capabilities(['login-test/data/one', 'login-test/data/two'], signal);
        assert.deepEqual(found.get('login-test/data/one'), ['read']);
        assert.deepEqual(found.get('login-test/data/two'), ['deny']);
      });
    });
  });
}

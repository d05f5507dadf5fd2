import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VAULT_NOT_BUILT, type VaultServer, startVault, vaultBinary } from '../../../tools/vault/server.ts';
import { VaultDouble } from './vault-double.ts';

const skip = (await vaultBinary()) === undefined && VAULT_NOT_BUILT;

type Step = readonly [method: 'GET' | 'POST' | 'DELETE' | 'LIST', path: string, body?: unknown];

const CA = '-----BEGIN CERTIFICATE-----\nnot looked at\n-----END CERTIFICATE-----';
const BOUND = { bound_service_account_names: 'a,b', bound_service_account_namespaces: 'n' };

/** Everything that is asked of Vault, and what its answers depend on. */
const STEPS: readonly Step[] = [
  ['POST', 'sys/mounts/two', { type: 'kv', options: { version: '2' } }],
  ['POST', 'sys/mounts/two', { type: 'kv' }],
  ['POST', 'sys/mounts/one', { type: 'kv', options: { version: '1' } }],
  ['POST', 'sys/mounts/other', { type: 'transit' }],
  ...['two', 'one', 'other', 'absent'].map((mount): Step => ['GET', `sys/internal/ui/mounts/${mount}`]),
  ['GET', 'two/data/a'],
  ['GET', 'two/metadata/a'],
  ['LIST', 'two/metadata/a'],
  ['POST', 'two/data/a', { data: { x: '1' }, options: { cas: 1 } }],
  ['POST', 'two/data/a', { data: { x: '1' }, options: { cas: 0 } }],
  ['POST', 'two/data/a', { data: { x: '2' }, options: { cas: 0 } }],
  ['POST', 'two/data/a', { data: { x: '2' }, options: { cas: 1 } }],
  ['GET', 'two/data/a'],
  ['GET', 'two/metadata/a'],
  ['DELETE', 'two/data/a'],
  ['GET', 'two/data/a'],
  ['GET', 'two/metadata/a'],
  ['POST', 'two/metadata/b', { max_versions: 1, custom_metadata: { by: 'x' } }],
  ['GET', 'two/data/b'],
  ['GET', 'two/metadata/b'],
  ['POST', 'two/data/b', { data: { x: '1' }, options: { cas: 0 } }],
  ['POST', 'two/data/b', { data: { x: '2' }, options: { cas: 1 } }],
  ['GET', 'two/metadata/b'],
  ['POST', 'two/data/c/d', { data: {} }],
  ['LIST', 'two/metadata'],
  ['LIST', 'two/metadata/c'],
  ['DELETE', 'two/metadata/a'],
  ['DELETE', 'two/metadata/a'],
  ['GET', 'two/metadata/a'],
  ['POST', 'two/data/e', { nothing: true }],
  ['POST', 'absent/data/a', { data: {} }],
  ['GET', 'absent/data/a'],
  ['POST', 'one/data/a', { x: '1' }],
  ['GET', 'one/data/a'],
  ['GET', 'one/metadata/a'],
  ['GET', 'sys/auth/c'],
  ['GET', 'auth/c/config'],
  ['GET', 'sys/internal/ui/mounts/auth/c'],
  ['POST', 'sys/auth/c', { type: 'kubernetes', description: 'of the cluster' }],
  ['POST', 'sys/auth/c', { type: 'kubernetes' }],
  ['GET', 'sys/auth/c'],
  ['GET', 'sys/internal/ui/mounts/auth/c'],
  ['GET', 'auth/c/config'],
  ['POST', 'auth/c/config', { kubernetes_host: 'https://h', kubernetes_ca_cert: '', disable_local_ca_jwt: true }],
  ['POST', 'auth/c/config', { kubernetes_host: 'https://h', kubernetes_ca_cert: CA, disable_local_ca_jwt: true }],
  ['GET', 'auth/c/config'],
  ['GET', 'auth/c/role/r'],
  ['POST', 'auth/c/role/r', { bound_service_account_names: 'a' }],
  ['POST', 'auth/c/role/r', { ...BOUND, token_policies: 'p', token_ttl: '3600' }],
  ['GET', 'auth/c/role/r'],
  ['LIST', 'auth/c/role'],
  ['POST', 'auth/c/login', { role: 'unknown', jwt: 'x' }],
  ['DELETE', 'auth/c/role/r'],
  ['DELETE', 'sys/auth/c'],
  ['DELETE', 'sys/auth/c'],
  ['POST', 'sys/auth/approle', { type: 'approle' }],
  ['POST', 'auth/approle/role/r', { token_policies: 'p', token_ttl: '1h' }],
  ['GET', 'auth/approle/role/r/role-id'],
  ['POST', 'auth/approle/role/r/secret-id', {}],
  ['POST', 'auth/approle/login', { role_id: 'x', secret_id: 'y' }],
  ['POST', 'auth/absent/login', { role: 'x' }],
  ['POST', 'sys/capabilities-self', { paths: ['two/data/a', 'sys/auth/x'] }],
  ['GET', 'auth/token/lookup-self'],
];

/** What a token with these rights gets. */
const POLICY = `
path "two/data/b" { capabilities = ["read"] }
path "two/metadata/*" { capabilities = ["list", "read"] }
path "auth/+/role/+" {
  capabilities = ["create", "update"]
  allowed_parameters = {
    "bound_service_account_names" = []
    "bound_service_account_namespaces" = []
    "token_policies" = ["w-*"]
  }
  denied_parameters = {
    "token_policies" = ["*,*"]
  }
}
path "auth/approle/*" { capabilities = ["deny"] }
`;
const LIMITED: readonly Step[] = [
  ['GET', 'two/data/b'],
  ['POST', 'two/data/b', { data: {} }],
  ['GET', 'two/data/c/d'],
  ['LIST', 'two/metadata'],
  ['LIST', 'two/metadata/c'],
  ['DELETE', 'two/metadata/b'],
  ['GET', 'sys/internal/ui/mounts/two'],
  ['GET', 'sys/internal/ui/mounts/one'],
  ['POST', 'auth/k/role/r', { ...BOUND, token_policies: 'w-1' }],
  ['POST', 'auth/k/role/r', { ...BOUND, token_policies: 'w-1,admin' }],
  ['POST', 'auth/k/role/r', { ...BOUND, token_policies: ['w-1'] }],
  ['POST', 'auth/k/role/r', { ...BOUND, token_policies: 'admin' }],
  ['POST', 'auth/k/role/r', { ...BOUND, token_ttl: '1' }],
  ['GET', 'auth/k/role/r'],
  ['GET', 'auth/approle/role/r/role-id'],
  ['POST', 'sys/auth/x', { type: 'kubernetes' }],
  [
    'POST',
    'sys/capabilities-self',
    { paths: ['two/data/b', 'two/metadata/x', 'auth/k/role/r', 'one/a', 'auth/approle/x'] },
  ],
  ['GET', 'auth/token/lookup-self'],
  ['POST', 'auth/token/renew-self', {}],
  ['POST', 'auth/token/revoke-self', {}],
  ['GET', 'auth/token/lookup-self'],
  ['GET', 'two/data/b'],
];

describe('the double of Vault', { skip }, () => {
  let real: VaultServer;
  let double: VaultDouble;

  before(async () => {
    [real, double] = await Promise.all([startVault(), VaultDouble.start()]);
  });
  after(async () => {
    await real?.stop();
    await double?.[Symbol.asyncDispose]();
  });

  interface Answer {
    readonly status: number;
    readonly body: unknown;
  }

  async function ask(address: string, [method, path, body]: Step, token: string): Promise<Answer> {
    const isList = method === 'LIST';
    const response = await fetch(`${address}/v1/${path}${isList ? '?list=true' : ''}`, {
      method: isList ? 'GET' : method,
      headers: { 'x-vault-token': token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async function compare(steps: readonly Step[], realToken: string, doubleToken: string): Promise<void> {
    for (const [index, step] of steps.entries()) {
      const [expected, found] = await Promise.all([
        ask(real.address, step, realToken),
        ask(double.address, step, doubleToken),
      ]);
      const what = `${index}: ${step[0]} ${step[1]} ${JSON.stringify(step[2])}\n${JSON.stringify(expected)}`;
      assert.equal(found.status, expected.status, what);
      assert.equal(kindOf(found.body), kindOf(expected.body), what);
      assertContained(plainData(found.body), plainData(expected.body), what);
    }
  }

  it('answers an administrator as Vault does', () => compare(STEPS, real.rootToken, double.rootToken));

  it('answers somebody with few rights as Vault does', async () => {
    for (const send of [
      (method: string, path: string, body: unknown) => real.request(method, path, body),
      (method: string, path: string, body: unknown) => double.request(method, path, body),
    ]) {
      await send('POST', 'sys/auth/k', { type: 'kubernetes' });
      await send('POST', 'sys/policies/acl/limited', { policy: POLICY });
    }
    const request = { policies: ['limited'], ttl: '1h' };
    const reply = await real.request('POST', 'auth/token/create', request);
    const { auth } = await double.request('POST', 'auth/token/create', request);
    const tokens = [(reply.body as { auth: unknown }).auth, auth].map(
      (one) => (one as { client_token: string }).client_token,
    );
    await compare(LIMITED, tokens[0] ?? '', tokens[1] ?? '');
  });
});

/** An answer has data, a login, errors, or nothing at all. */
function kindOf(body: unknown): string {
  const { data, auth, errors } = (body ?? {}) as Record<string, unknown>;
  if (Array.isArray(errors)) return errors.length === 0 ? 'no errors' : 'errors';
  if (auth !== null && auth !== undefined) return 'auth';
  return data === null || data === undefined ? 'nothing' : 'data';
}

/** The members whose values do not differ from server to server by their nature. */
function plainData(body: unknown): unknown {
  const { data } = (body ?? {}) as { readonly data?: unknown };
  const text = JSON.stringify(data ?? null, (key, value: unknown) => (VARYING.test(key) ? typeof value : value));
  return JSON.parse(text);
}

const VARYING = /time$|accessor|^(role_id|secret_id|ttl|renewable|policies|token_type|uuid|request_id|description)$/;

/** Whatever the double says, Vault says too; Vault may say more. */
function assertContained(found: unknown, expected: unknown, what: string): void {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    assert.deepEqual(found, expected, what);
    return;
  }
  for (const [key, value] of Object.entries(found)) {
    if (ADDED_LATER.has(key)) continue;
    assertContained(value, (expected as Record<string, unknown> | undefined)?.[key], `${key} of ${what}`);
  }
}

/** By later versions of Vault than the one that is built. */
const ADDED_LATER = new Set(['token_reviewer_jwt_set']);

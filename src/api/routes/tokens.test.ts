import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { assertError, MINIMAL_BODY, saveRequest, startTestServer, TEST_VIEWS } from '../testing/test-server.ts';
import type { KnownToken, TokenAdministration } from './tokens.ts';

function inMemory(...names: string[]): TokenAdministration {
  const tokens = new Map<string, KnownToken>();
  for (const name of names)
    tokens.set(name, { name, role: 'reader', createdAt: '2026-01-01T00:00:00Z', expiresAt: '' });
  return {
    list: async () => ({ tokens: [...tokens.values()], unreadable: ['damaged.json'] }),
    revoke: async (name) => {
      if (!tokens.delete(name)) throw new NautesError('TokenNotFound', { name });
    },
  };
}

describe('the tokens of the installation', () => {
  it('are listed and revoked by maintainers, and never shown', async () => {
    await using api = await startTestServer({}, { tokens: inMemory('ada', 'ben') });
    const { items, unreadable } = (await api.send({ target: '/api/v1/tokens' })).json();
    const ada = { name: 'ada', role: 'reader', created_at: '2026-01-01T00:00:00Z', expires_at: '' };
    assert.deepEqual(items, [ada, { ...ada, name: 'ben' }]);
    assert.deepEqual(unreadable, ['damaged.json']);
    const revoke = (name: string) => api.send({ method: 'DELETE', target: `/api/v1/tokens/${name}` });
    assert.equal((await revoke('ben')).json().message, 'Revoked token ben');
    assertError(await revoke('ben'), 404, 'TOKEN_NOT_FOUND');
    assert.deepEqual((await api.send({ target: '/api/v1/tokens' })).json().items, [ada]);
  });

  it('are neither shown to readers nor revoked by them', async () => {
    await using api = await startTestServer({}, { tokens: inMemory('ada') });
    const token = 'reader-token';
    assertError(await api.send({ target: '/api/v1/tokens', token }), 403, 'NO_AUTHORIZATION');
    const deletion = { method: 'DELETE', target: '/api/v1/tokens/ada', token };
    assertError(await api.send(deletion), 403, 'NO_AUTHORIZATION');
  });

  it('are elsewhere where callers have those of a Git server', async () => {
    await using api = await startTestServer();
    assertError(await api.send({ target: '/api/v1/tokens' }), 409, 'TOKENS_ELSEWHERE');
  });

  it('are made by no request', async () => {
    await using api = await startTestServer({}, { tokens: inMemory() });
    assert.equal((await api.send({ method: 'POST', target: '/api/v1/tokens', body: '{}' })).status, 404);
  });
});

describe('the server', () => {
  it('tells how it is set up and how its parts are, with what to do', async () => {
    const readiness = async () => ({
      ready: false,
      checks: { config_repository: 'ok', secret_store: 'failed' } as const,
      reasons: { secret_store: 'VaultSealed' },
    });
    await using api = await startTestServer({}, { readiness });
    const { parts, ready, version, tls, limits } = (
      await api.send({ target: '/api/v1/server', token: 'reader-token' })
    ).json();
    assert.deepEqual([ready, version, tls], [false, '1.2.3', TEST_VIEWS.setup.tls]);
    const [repository, store] = parts as Record<string, string>[];
    assert.deepEqual(repository, { name: 'config_repository', state: 'ok', reason: '', remedy: '' });
    assert.deepEqual([store?.['state'], store?.['reason']], ['failed', 'VaultSealed']);
    assert.ok(!/\{/.test(store?.['remedy'] ?? '{'));
    assert.equal((limits as { body_bytes: number }).body_bytes, 1024 * 1024);
  });
});

describe('node ports', () => {
  it('are those that are free, so many as are asked for, and who has the others', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('host', MINIMAL_BODY));
    const target = '/api/v1/clusters/host/node-ports';
    const { free, taken } = (await api.send({ target: `${target}?count=2` })).json();
    assert.deepEqual(free, [30_000, 30_001]);
    assert.deepEqual(taken, [{ port: 30_080, by: 'Service web/web' }]);
    assert.equal(((await api.send({ target })).json().free as number[]).length, 3);
    for (const count of ['0', '21', '-1']) {
      assertError(await api.send({ target: `${target}?count=${count}` }), 400, 'CODEC');
    }
    assertError(await api.send({ target: '/api/v1/clusters/other/node-ports' }), 404, 'CLUSTER_NOT_FOUND');
  });
});

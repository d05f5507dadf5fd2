import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { READER_TOKEN } from './testing/fake-registry.ts';
import { assertError, MINIMAL_BODY, saveRequest, startTestServer } from './testing/test-server.ts';

describe('routing', () => {
  const notFound: readonly (readonly [string, string])[] = [
    ['GET', '/'],
    ['GET', '/api/v1'],
    ['GET', '/api/v1/nope'],
    ['GET', '/api/v1/clusters/a/b'],
    ['GET', '/api/v1/clusters/a%2Fstatus'],
    ['POST', '/api/v1/clusters'],
    ['POST', '/api/v1/clusters/'],
    ['PUT', '/api/v1/clusters/a'],
    ['PATCH', '/api/v1/clusters/a'],
    ['OPTIONS', '/api/v1/clusters'],
    ['GET', '/API/v1/clusters'],
    ['GET', '/debug/pprof/'],
  ];

  it('answers the original’s 404 for unknown paths and methods, without asking who calls', async () => {
    await using api = await startTestServer();
    for (const [method, target] of notFound) {
      const reply = await api.send({ method, target, token: null });
      assert.equal(reply.status, 404, `${method} ${target}`);
      assert.equal(reply.headers['content-type'], 'text/plain; charset=utf-8');
      assert.equal(reply.text, '404 page not found\n');
    }
    assert.equal((await api.send({ method: 'HEAD', target: '/api/v1/clusters' })).status, 404);
  });

  const spellings: readonly ((path: string) => string)[] = [
    (path) => `${path}/`,
    (path) => `${path}//`,
    (path) => `/${path}`,
    (path) => path.replaceAll('/', '//'),
    (path) => path.replace('/v1', '/./v1'),
    (path) => path.replace('/v1', '/v0/../v1'),
    (path) => path.replace('/v1', '/%2e/v0/%2E./v1'),
    (path) => `http://elsewhere.example${path}`,
  ];

  it('serves duplicate and trailing slashes and dot segments as the cleaned path, for every method', async () => {
    for (const spell of spellings) {
      const cluster = spell('/api/v1/clusters/a');
      await using api = await startTestServer();
      const saved = await api.send({ ...saveRequest('a', MINIMAL_BODY), target: `${cluster}?dry_run=false` });
      assert.deepEqual([saved.status, api.registry.clusters.has('a')], [200, true], `POST ${cluster}: ${saved.text}`);
      assert.equal((await api.send({ target: cluster })).status, 200, `GET ${cluster}`);
      const listed = await api.send({ target: `${spell('/api/v1/clusters')}?field_selector=cluster_name=a` });
      assert.equal(listed.status, 200, `GET ${spell('/api/v1/clusters')}`);
      const deleted = await api.send({ method: 'DELETE', target: cluster });
      assert.deepEqual(
        [deleted.status, api.registry.clusters.has('a')],
        [200, false],
        `DELETE ${cluster}: ${deleted.text}`,
      );
    }
  });

  it('asks for the token and the right of the cleaned path', async () => {
    await using api = await startTestServer();
    const targets = spellings.map((spell) => spell('/api/v1/clusters/a'));
    for (const target of [...targets, '/healthz/../api/v1/clusters/a', '/docs//..//api/v1/clusters/a']) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        assertError(await api.send({ method, target, token: null }), 401, 'UNAUTHENTICATED');
      }
      assertError(await api.send({ method: 'DELETE', target, token: READER_TOKEN }), 403, 'NO_AUTHORIZATION');
    }
  });

  it('never takes an escaped slash for a separator', async () => {
    await using api = await startTestServer();
    for (const target of ['/api/v1/clusters/..%2f..%2Fv1/clusters', '/api%2Fv1/clusters', '//api/v1/clusters%2fa']) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        assert.equal((await api.send({ method, target })).text, '404 page not found\n', `${method} ${target}`);
      }
    }
  });

  it('gives names percent-decoded to the registry', async () => {
    await using api = await startTestServer();
    const reply = await api.send({ target: '/api/v1/clusters/a%20b%C3%A9' });
    assert.equal(reply.status, 404);
    assert.match(reply.text, /a bé/);
    assertError(await api.send({ target: '/api/v1/clusters/%zz' }), 400, 'CODEC');
  });
});

describe('who may what', () => {
  it('asks for the token before it looks at the body', async () => {
    await using api = await startTestServer();
    const malformed = { ...saveRequest('a', '{'), headers: {} };
    assertError(await api.send({ ...malformed, token: null }), 401, 'UNAUTHENTICATED');
    const unknown = await api.send({ ...malformed, token: 'unknown' });
    assertError(unknown, 401, 'UNAUTHENTICATED');
    assert.equal(unknown.headers['www-authenticate'], 'Bearer');
    assertError(await api.send(malformed), 400, 'CODEC');
  });

  it('lets a reader read and not write', async () => {
    await using api = await startTestServer();
    assertError(await api.send({ ...saveRequest('a', MINIMAL_BODY), token: READER_TOKEN }), 403, 'NO_AUTHORIZATION');
    const removal = { method: 'DELETE', target: '/api/v1/clusters/a', token: READER_TOKEN };
    assertError(await api.send(removal), 403, 'NO_AUTHORIZATION');
    assert.equal((await api.send({ target: '/api/v1/clusters', token: READER_TOKEN })).status, 200);
  });

  it('takes the token with and without the word Bearer, as the original does', async () => {
    await using api = await startTestServer();
    for (const authorization of [READER_TOKEN, `Bearer ${READER_TOKEN}`, `Bearer   ${READER_TOKEN} `]) {
      const reply = await api.send({ target: '/api/v1/clusters', token: null, headers: { authorization } });
      assert.equal(reply.status, 200, authorization);
    }
    const lower = { authorization: `bearer ${READER_TOKEN}` };
    assert.equal((await api.send({ target: '/api/v1/clusters', token: null, headers: lower })).status, 401);
  });

  it('leaves health and the API description open and nothing else', async () => {
    await using api = await startTestServer(
      {},
      {
        readiness: async () => ({
          ready: false,
          checks: { repository: 'failed' },
          reasons: { repository: 'GitUnusable' },
        }),
      },
    );
    const health = await api.send({ target: '/healthz', token: null });
    assert.deepEqual(health.json(), { status: 'ok' });
    const ready = await api.send({ target: '/readyz', token: null });
    assert.equal(ready.status, 503);
    assert.deepEqual(ready.json(), {
      status: 'not ready',
      checks: { repository: 'failed' },
      reasons: { repository: 'GitUnusable' },
    });
    const paths = ['', '/a', '/a/status', '/a/events', '/a/receipt'].map((path) => `/api/v1/clusters${path}`);
    for (const target of [...paths, '/api/v1/events', '/api/v1/catalog', '/metrics']) {
      assert.equal((await api.send({ target, token: null })).status, 401, target);
    }
  });
});

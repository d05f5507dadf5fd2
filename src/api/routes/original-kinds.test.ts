import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { READER_TOKEN } from '../testing/fake-registry.ts';
import { assertError, startTestServer } from '../testing/test-server.ts';

const OF_PRODUCT: Readonly<Record<string, string>> = {
  projects: 'Project',
  coderepos: 'CodeRepo',
  coderepobindings: 'CodeRepoBinding',
  environments: 'Environment',
  deploymentruntimes: 'DeploymentRuntime',
  projectpipelineruntimes: 'ProjectPipelineRuntime',
};

/** The paths of lists and of one of each kind. */
const kinds = [
  { kind: 'Product', list: '/api/v1/products', one: '/api/v1/products/demo' },
  ...Object.entries(OF_PRODUCT).map(([plural, kind]) => {
    const list = `/api/v1/products/demo/${plural}`;
    return { kind, list, one: `${list}/a` };
  }),
];
const requests = kinds.flatMap(({ kind, list, one }) => [
  { kind, method: 'GET', target: list },
  { kind, method: 'GET', target: `${list}/` }, // as the original's command line asks for lists
  ...['GET', 'POST', 'DELETE'].map((method) => ({ kind, method, target: `${one}?insecure_skip_check=true` })),
]);

describe('kinds of the original that are not implemented', () => {
  it('are answered with 501 and a sentence that names the kind, in the language of the request', async () => {
    await using api = await startTestServer();
    for (const { kind, ...request } of requests) {
      const reply = await api.send({ ...request, token: READER_TOKEN });
      assertError(reply, 501, 'KIND_NOT_IMPLEMENTED');
      assert.equal(reply.headers['content-type'], 'application/json');
      assert.match(String(reply.json().message), new RegExp(`does not serve the kind ${kind} `));
    }
    const chinese = await api.send({ target: '/api/v1/products', headers: { 'accept-language': 'zh' } });
    assert.match(String(chinese.json().message), /不提供 Product/);
  });

  it('are told to those with a token only', async () => {
    await using api = await startTestServer();
    for (const { kind: _, ...request } of requests) {
      assertError(await api.send({ ...request, token: null }), 401, 'UNAUTHENTICATED');
    }
  });

  it('are refused whatever the body is', async () => {
    await using api = await startTestServer({ bodyBytes: 10 });
    const body = '{'.repeat(1000);
    const reply = await api.send({ method: 'POST', target: '/api/v1/products/demo', body });
    assertError(reply, 501, 'KIND_NOT_IMPLEMENTED');
  });

  it('leave every other path and method not found', async () => {
    await using api = await startTestServer();
    for (const [method, target] of [
      ['POST', '/api/v1/products'],
      ['PUT', '/api/v1/products/demo'],
      ['GET', '/api/v1/products/demo/other'],
      ['GET', '/api/v1/products/demo/projects/a/b'],
      ['GET', '/api/v1/projects'],
    ] as const) {
      const reply = await api.send({ method, target });
      assert.deepEqual([reply.status, reply.text], [404, '404 page not found\n'], `${method} ${target}`);
    }
  });

  it('are not in the API description', async () => {
    await using api = await startTestServer();
    assert.deepEqual(
      api.server.served.filter((served) => served.includes('products')),
      [],
    );
  });
});

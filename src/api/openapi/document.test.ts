import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { validate } from '@readme/openapi-parser';
import { startTestServer } from '../testing/test-server.ts';
import { openApiDocument } from './document.ts';
import { operations } from '../../contract/operations.ts';

describe('the API description', () => {
  it('is valid OpenAPI 3.1', async () => {
    const document: unknown = JSON.parse(JSON.stringify(openApiDocument(Object.values(operations))));
    const result = await validate(document as Parameters<typeof validate>[0]);
    assert.ok(result.valid, JSON.stringify(result));
  });

  it('has the operation ids of the original', () => {
    const ids = Object.values(operations).map(({ id }) => id);
    for (const rpc of ['SaveCluster', 'DeleteCluster', 'GetCluster', 'ListClusters']) {
      assert.ok(
        ids.some((id) => id === `Cluster_${rpc}`),
        rpc,
      );
    }
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[A-Z][a-z]+_[A-Z][A-Za-z]+$/);
  });

  it('names every operation that is served, and serves every one that it names', async () => {
    await using api = await startTestServer();
    const reply = await api.send({ target: '/openapi.json', token: null });
    const { paths } = reply.json() as { paths: Record<string, Record<string, { operationId: string }>> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(described.toSorted(), [...api.server.served].toSorted());
  });

  it('says of each operation whether it needs a token, and it does', async () => {
    await using api = await startTestServer();
    for (const { method, path, access } of Object.values(operations)) {
      const reply = await api.send({ method, target: path.replace('{cluster_name}', 'a'), token: null });
      assert.equal(reply.status === 401, access !== 'open', `${method} ${path}`);
    }
  });
});

describe('/docs', () => {
  it('is a page without scripts that needs nothing else and is open', async () => {
    await using api = await startTestServer();
    const reply = await api.send({ target: '/docs', token: null });
    assert.equal(reply.status, 200);
    assert.match(String(reply.headers['content-type']), /^text\/html/);
    assert.match(String(reply.headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-[^']+'; /);
    assert.ok(!/<script|<img|<link|src=|href="http/.test(reply.text));
    for (const { id } of Object.values(operations)) assert.ok(reply.text.includes(`id="${id}"`), id);
  });

  it('refers only to what is on the page', async () => {
    await using api = await startTestServer();
    const { text } = await api.send({ target: '/docs', token: null });
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(target), target);
  });
});

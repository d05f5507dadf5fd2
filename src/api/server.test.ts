import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { NautesError } from '../base/errors.ts';
import type { ClusterStatus, Receipt } from '../model/status.ts';
import { READER_TOKEN } from './testing/fake-registry.ts';
import { MINIMAL_BODY, saveRequest, startTestServer, type TestReply } from './testing/test-server.ts';

function assertError(reply: TestReply, status: number, reason: string): Record<string, string> {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.headers['content-type'], 'application/json');
  const { code, reason: actual, message, metadata } = reply.json();
  assert.equal(code, status);
  assert.equal(actual, reason);
  assert.equal(typeof message, 'string');
  const entries = metadata as Record<string, string>;
  assert.equal(entries.request_id, reply.headers['x-request-id']);
  assert.ok((entries.remedy ?? '').length > 0);
  return entries;
}

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

  const redirects: readonly (readonly [string, string, string])[] = [
    ['GET', '/api/v1/clusters/', '/api/v1/clusters'],
    ['GET', '/api/v1/clusters/?field_selector=usage=host&x=1', '/api/v1/clusters?field_selector=usage=host&x=1'],
    ['GET', '/api/v1/clusters/a/', '/api/v1/clusters/a'],
    ['POST', '/api/v1/clusters/a/', '/api/v1/clusters/a'],
    ['DELETE', '/api/v1/clusters/a/', '/api/v1/clusters/a'],
    ['GET', '//api/v1/clusters', '/api/v1/clusters'],
    ['POST', '/api//v1/clusters/a?x=1', '/api/v1/clusters/a?x=1'],
    ['GET', '/api/v1/./clusters', '/api/v1/clusters'],
    ['GET', '/api/v1/clusters/../clusters', '/api/v1/clusters'],
    ['GET', '/api/v1/clusters/%2e%2e/clusters', '/api/v1/clusters'],
    ['GET', '//evil.example/..//api', '/api'],
  ];
  it('redirects trailing and double slashes and dot segments as the original does', async () => {
    await using api = await startTestServer();
    for (const [method, target, location] of redirects) {
      const reply = await api.send({ method, target, token: null });
      assert.equal(reply.status, 301, `${method} ${target}`);
      assert.equal(reply.headers.location, location);
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

  it('leaves health open and nothing else', async () => {
    await using api = await startTestServer(
      {},
      { readiness: async () => ({ ready: false, checks: { repository: 'closed' } }) },
    );
    const health = await api.send({ target: '/healthz', token: null });
    assert.deepEqual(health.json(), { status: 'ok' });
    const ready = await api.send({ target: '/readyz', token: null });
    assert.equal(ready.status, 503);
    assert.deepEqual(ready.json(), { status: 'not ready', checks: { repository: 'closed' } });
    const paths = ['', '/a', '/a/status', '/a/events', '/a/receipt'].map((path) => `/api/v1/clusters${path}`);
    for (const target of [...paths, '/api/v1/events']) {
      assert.equal((await api.send({ target, token: null })).status, 401, target);
    }
  });
});

describe('saving', () => {
  it('answers the original’s message, the commit and where to watch', async () => {
    await using api = await startTestServer();
    const first = await api.send(saveRequest('one', MINIMAL_BODY));
    const { message, commit, changed, generation, status, events } = first.json();
    assert.equal(message, 'Successfully saved one cluster');
    assert.match(String(commit), /^c{40}$/);
    assert.equal(changed, true);
    assert.equal(first.headers.etag, `"${String(generation)}"`);
    assert.equal(status, '/api/v1/clusters/one/status');
    assert.equal(events, '/api/v1/clusters/one/events');
    assert.equal((await api.send(saveRequest('one', MINIMAL_BODY))).json().changed, false);
  });

  it('passes on what may be skipped, seen or forced', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('a', MINIMAL_BODY, '?insecure_skip_check=true'));
    await api.send({
      ...saveRequest('b', MINIMAL_BODY),
      headers: { 'content-type': 'application/json', 'if-match': 'W/"g1"' },
    });
    assert.deepEqual(
      api.registry.saves.map(({ options }) => options),
      [{ skipCheck: true }, { skipCheck: false, ifMatch: 'g1' }],
    );
    await api.send({ method: 'DELETE', target: '/api/v1/clusters/a?force=true' });
    await api.send({ method: 'DELETE', target: '/api/v1/clusters/b', body: '{"force": true}' });
    assert.deepEqual(
      api.registry.deletes.map(({ options }) => options),
      [{ force: true }, { force: false }],
    );
  });

  it('with If-Match: * asks for the generation that there is', async () => {
    await using api = await startTestServer();
    const headers = { 'content-type': 'application/json', 'if-match': '*' };
    assertError(await api.send({ ...saveRequest('a', MINIMAL_BODY), headers }), 404, 'CLUSTER_NOT_FOUND');
    const { generation } = (await api.send(saveRequest('a', MINIMAL_BODY))).json();
    await api.send({ ...saveRequest('a', MINIMAL_BODY), headers });
    assert.equal(api.registry.saves.at(-1)?.options.ifMatch, generation);
  });

  it('warns of what it took and dropped, as a header and in the answer', async () => {
    await using api = await startTestServer();
    const body = `{ # 注释 "quoted"\n${JSON.stringify({ ...MINIMAL_BODY, tekton_host: 't' }).slice(1, -1)},\n}`;
    const reply = await api.send(saveRequest('a', body));
    assert.equal(reply.status, 200, reply.text);
    assert.equal((reply.json().warnings as string[]).length, 3);
    assert.match(
      reply.headers.warning ?? '',
      /^299 nautes "[^"]+", 299 nautes "[^"]+", 299 nautes "tekton_host [^"]+"$/,
    );
  });

  it('says where a body is neither JSON nor the form of the guide, and what was expected', async () => {
    await using api = await startTestServer();
    const entries = assertError(await api.send(saveRequest('a', '{\n  "usage" "host"\n}')), 400, 'CODEC');
    assert.deepEqual([entries.line, entries.column, entries.expected], ['2', '11', '":"']);
  });

  const contentTypes: readonly (readonly [string, boolean])[] = [
    ['application/json', true],
    ['text/json', true],
    ['application/json; charset=utf-8', true],
    ['application/json;foo', true],
    ['application/yaml', false],
    ['application/x-www-form-urlencoded', false],
    ['application/octet-stream', false],
    ['json', false],
    ['text/plain', false],
    ['application/problem+json', false],
    ['', false],
  ];
  it('needs a content type whose subtype is json', async () => {
    await using api = await startTestServer();
    for (const [type, accepted] of contentTypes) {
      const reply = await api.send({ ...saveRequest('a', MINIMAL_BODY), headers: { 'content-type': type } });
      assert.equal(reply.status, accepted ? 200 : 400, type);
      if (!accepted) assert.equal(reply.json().message, `unregister Content-Type: ${type}`);
    }
    const missing = await api.send({ ...saveRequest('a', MINIMAL_BODY), headers: {} });
    assert.equal(missing.json().message, 'unregister Content-Type: ');
    const empty = await api.send({ method: 'POST', target: '/api/v1/clusters/a' });
    assert.equal(empty.json().message, 'unregister Content-Type: ');
  });

  it('never shows the kubeconfig or the token, whatever goes wrong', async () => {
    await using api = await startTestServer();
    api.registry.interfere = async (useCase) => {
      if (useCase === 'save') throw new Error('disk canary-cause full');
    };
    const bodies = [
      { ...MINIMAL_BODY, kubeconfig: 'canary-kubeconfig' },
      { usage: 'x', kubeconfig: 'canary-kubeconfig' },
    ];
    for (const body of bodies) {
      const reply = await api.send(saveRequest('a', body));
      assert.ok(reply.status >= 400);
      assert.doesNotMatch(reply.text, /canary|token"/);
    }
  });
});

describe('reading', () => {
  it('ignores the body and content type that the command line client sends with GET and DELETE', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('a', MINIMAL_BODY));
    const headers = { 'content-type': 'application/json' };
    for (const body of ['{"name": ""}', '{', 'x'.repeat(5000)]) {
      assert.equal((await api.send({ target: '/api/v1/clusters/a', headers, body })).status, 200);
      assert.equal((await api.send({ target: '/api/v1/clusters', headers, body })).status, 200);
    }
    assert.equal((await api.send({ method: 'DELETE', target: '/api/v1/clusters/a', headers })).status, 200);
  });

  it('answers every field of a cluster and none that is secret', async () => {
    await using api = await startTestServer();
    const components_list = {
      event_listener: { name: 'argo-events' },
      gateway: { additions: { httpNodePort: '30080' } },
    };
    const vcluster = { https_node_port: '31000' };
    await api.send(saveRequest('a', { ...MINIMAL_BODY, components_list, vcluster, kubeconfig: 'canary' }));
    const reply = await api.send({ target: '/api/v1/clusters/a' });
    assert.deepEqual(reply.json(), {
      name: 'a',
      ...MINIMAL_BODY,
      host_cluster: '',
      primary_domain: '',
      worker_type: 'deployment',
      components_list: {
        multi_tenant: null,
        secret_sync: null,
        gateway: { name: '', namespace: '', additions: { httpNodePort: '30080' } },
        deployment: null,
        progressive_delivery: null,
        pipeline: null,
        event_listener: { name: 'argo-events', namespace: '', additions: {} },
      },
      reserved_namespaces_allowed_products: {},
      product_allowed_cluster_resources: {},
    });
  });

  it('lists by field selector and in pages', async () => {
    await using api = await startTestServer();
    for (const name of ['c', 'a', 'b'])
      await api.send(saveRequest(name, { ...MINIMAL_BODY, usage: name === 'b' ? 'host' : 'worker' }));
    const names = async (query: string) => {
      const reply = (await api.send({ target: `/api/v1/clusters${query}` })).json();
      return { names: (reply.items as { name: string }[]).map(({ name }) => name), next: reply.continue };
    };
    assert.deepEqual(await names(''), { names: ['a', 'b', 'c'], next: undefined });
    assert.deepEqual((await names('?field_selector=usage%3Dworker')).names, ['a', 'c']);
    const first = await names('?limit=2');
    assert.deepEqual(first.names, ['a', 'b']);
    assert.deepEqual(await names(`?limit=2&continue=${String(first.next)}`), { names: ['c'], next: undefined });
    assertError(await api.send({ target: '/api/v1/clusters?limit=x' }), 400, 'CODEC');
    assertError(await api.send({ target: '/api/v1/clusters?field_selector=foo%3D1' }), 400, 'CODEC');
  });

  it('answers 304 to who has the content, to each caller on its own', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('a', MINIMAL_BODY));
    for (const target of ['/api/v1/clusters', '/api/v1/clusters/a']) {
      const { headers } = await api.send({ target });
      assert.equal(headers['cache-control'], 'private, no-cache');
      assert.equal(headers.vary, 'Authorization');
      const again = await api.send({ target, headers: { 'if-none-match': headers.etag ?? '' } });
      assert.equal(again.status, 304);
      assert.equal(again.text, '');
      assert.equal(
        (await api.send({ target, headers: { 'if-none-match': headers.etag ?? '' }, token: null })).status,
        401,
      );
    }
    const before = (await api.send({ target: '/api/v1/clusters' })).headers.etag;
    await api.send(saveRequest('a', { ...MINIMAL_BODY, primary_domain: 'example.com' }));
    assert.notEqual((await api.send({ target: '/api/v1/clusters' })).headers.etag, before);
  });

  it('shows the status, pending until there is one, and the receipt also of a cluster that is gone', async () => {
    await using api = await startTestServer();
    assertError(await api.send({ target: '/api/v1/clusters/a/status' }), 404, 'CLUSTER_NOT_FOUND');
    await api.send(saveRequest('a', MINIMAL_BODY));
    const status = (await api.send({ target: '/api/v1/clusters/a/status' })).json() as unknown as ClusterStatus;
    assert.equal(status.phase, 'Pending');
    await api.status.putStatus({ ...status, phase: 'Ready' });
    assert.equal((await api.send({ target: '/api/v1/clusters/a/status' })).json().phase, 'Ready');
    assertError(await api.send({ target: '/api/v1/clusters/gone/receipt' }), 404, 'RECEIPT_NOT_FOUND');
    await api.status.complete({ cluster: 'gone', outcome: 'Complete' } as Receipt);
    assert.equal((await api.send({ target: '/api/v1/clusters/gone/receipt' })).json().outcome, 'Complete');
  });
});

describe('the front door', () => {
  it('gives every answer its own request id and headers that keep browsers safe', async () => {
    await using api = await startTestServer();
    const ids = new Set<unknown>();
    for (const target of ['/healthz', '/nope', '/api/v1/clusters', '/api/v1/clusters/', '/api/v1/clusters/%zz']) {
      const { headers } = await api.send({ target, headers: { 'x-request-id': 'mine' } });
      ids.add(headers['x-request-id']);
      assert.equal(headers['x-content-type-options'], 'nosniff', target);
      assert.match(String(headers['content-security-policy']), /default-src 'none'/);
    }
    assert.equal(ids.size, 5);
    assert.ok(!ids.has('mine') && !ids.has(undefined));
  });

  it('refuses a body that is too large, announced or not', async () => {
    await using api = await startTestServer({ bodyBytes: 1000 });
    const body = { ...MINIMAL_BODY, kubeconfig: 'x'.repeat(1000) };
    assertError(await api.send(saveRequest('a', body)), 413, 'BODY_TOO_LARGE');
    const chunked = await api.sendRaw(
      `POST /api/v1/clusters/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer maintainer-token\r\n` +
        `Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n` +
        `7d0\r\n${'x'.repeat(2000)}\r\n0\r\n\r\n`,
    );
    assert.match(chunked, /^HTTP\/1\.1 413 /);
    assert.equal(api.registry.saves.length, 0);
  });

  it('reads nothing of a large body from who is not known', async () => {
    await using api = await startTestServer();
    const reply = await api.sendRaw(
      'POST /api/v1/clusters/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\nConnection: close\r\n\r\n',
    );
    assert.match(reply, /^HTTP\/1\.1 401 /);
  });

  it('refuses deep nesting, broken UTF-8 and an inflated body in the codec’s words', async () => {
    await using api = await startTestServer();
    const deep = `{"components_list": ${'{"gateway":'.repeat(10_000)}`;
    assert.match(assertReason(await api.send(saveRequest('a', deep))), /exceeded max recursion depth|unexpected/);
    const invalid = Buffer.from('{"usage": "\xff"}', 'latin1');
    assert.match(assertReason(await api.send(saveRequest('a', invalid))), /invalid UTF-8/);
    const zipped = {
      ...saveRequest('a', Buffer.from([0x1f, 0x8b, 8, 0])),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    };
    assert.match(assertReason(await api.send(zipped)), /syntax error \(line 1:1\)/);
  });

  it('answers what is not HTTP and closes', async () => {
    await using api = await startTestServer();
    assert.match(await api.sendRaw('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
    assert.match(
      await api.sendRaw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`),
      /^HTTP\/1\.1 431 /,
    );
    const smuggled =
      'POST /api/v1/clusters/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    assert.match(await api.sendRaw(smuggled), /^HTTP\/1\.1 400 /);
  });

  it('closes connections that send their headers or body too slowly', async () => {
    await using api = await startTestServer({ headersTimeout: 200, requestTimeout: 400 });
    assert.match(await api.sendRaw('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: '), /^HTTP\/1\.1 408 /);
    const slowBody = await api.sendRaw(
      'POST /api/v1/clusters/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer maintainer-token\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    assert.match(slowBody, /^HTTP\/1\.1 408 /);
  });

  it('gives up a request at its deadline and tells the use case', async () => {
    await using api = await startTestServer({ handlerDeadline: 100 });
    let aborted = false;
    api.registry.interfere = async (_useCase, _name, signal) => {
      if (_useCase === 'list') {
        await once(signal, 'abort');
        aborted = true;
        await delay(50);
      }
    };
    assertError(await api.send({ target: '/api/v1/clusters' }), 504, 'DEADLINE_EXCEEDED');
    assert.equal(aborted, true);
  });

  it('tells the use case when the caller is gone', async () => {
    await using api = await startTestServer();
    const { promise, resolve } = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    api.registry.interfere = async (useCase, _name, signal) => {
      if (useCase !== 'list') return;
      started.resolve();
      await once(signal, 'abort');
      resolve();
    };
    const socket = connect(api.port, '127.0.0.1');
    socket.write('GET /api/v1/clusters HTTP/1.1\r\nHost: x\r\nAuthorization: maintainer-token\r\n\r\n');
    await started.promise;
    socket.destroy();
    await promise;
  });

  it('serves pipelined requests in their order', async () => {
    await using api = await startTestServer();
    const get = (name: string, end = '') =>
      `GET /api/v1/clusters/${name} HTTP/1.1\r\nHost: x\r\nAuthorization: maintainer-token\r\n${end}\r\n`;
    const replies = await api.sendRaw(get('first') + get('second') + get('third', 'Connection: close\r\n'));
    assert.deepEqual(
      [...replies.matchAll(/the cluster (\w+) is/g)].map(([, name]) => name),
      ['first', 'second', 'third'],
    );
  });

  it('maps errors to their status with retry and violations, unknown ones to 500 without their text', async () => {
    await using api = await startTestServer();
    api.registry.interfere = async (_useCase, name) => {
      if (name === 'closing') {
        throw new NautesError('Closing', {}, { retryAfterMilliseconds: 1500, metadata: { conflict: 'other' } });
      }
      if (name === 'bug') throw new TypeError('canary of undefined');
    };
    const closing = await api.send({ target: '/api/v1/clusters/closing' });
    assert.equal(assertError(closing, 503, 'CLOSING').conflict, 'other');
    assert.equal(closing.headers['retry-after'], '2');
    const bug = await api.send({ target: '/api/v1/clusters/bug' });
    assertError(bug, 500, 'INTERNAL');
    assert.doesNotMatch(bug.text, /canary/);
  });

  it('finishes running requests when it closes, and closes in time', async () => {
    const api = await startTestServer();
    const started = Promise.withResolvers<void>();
    api.registry.interfere = async (useCase) => {
      if (useCase !== 'list') return;
      started.resolve();
      await delay(100);
    };
    const kept = connect(api.port, '127.0.0.1');
    kept.resume().write('GET /api/v1/clusters HTTP/1.1\r\nHost: x\r\nAuthorization: maintainer-token\r\n\r\n');
    const running = api.send({ target: '/api/v1/clusters' });
    await started.promise;
    const closed = api.server.close();
    assert.equal((await running).status, 200);
    await Promise.all([closed, once(kept, 'close')]);
    await assert.rejects(api.send({ target: '/healthz' }), /ECONNREFUSED/);
  });
});

function assertReason(reply: TestReply): string {
  assertError(reply, 400, 'CODEC');
  return String(reply.json().message);
}

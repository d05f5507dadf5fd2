import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { inspect } from 'node:util';
import { NautesError } from '../errors/errors.ts';
import type { LogFields, Logger } from '../base/logger.ts';
import { createCertificateAuthority, issueCertificate } from '../base/tls/x509.ts';
import { READER_TOKEN } from './testing/fake-registry.ts';
import {
  assertError,
  MINIMAL_BODY,
  saveRequest,
  startTestServer,
  TEST_VIEWS,
  type TestReply,
  type TestRequest,
} from './testing/test-server.ts';

describe('HTTPS', () => {
  it('is served with the certificate that is given', async () => {
    const authority = createCertificateAuthority({ commonName: 'test' });
    const issued = issueCertificate(authority, { commonName: 'test', usages: ['server'], ipAddresses: ['127.0.0.1'] });
    const tls = { certificate: issued.certificate, key: issued.privateKey };
    await using api = await startTestServer({}, { tls });
    assert.match(api.server.url, /^https:\/\/127\.0\.0\.1:/);
    const outgoing = request({
      port: api.port,
      host: '127.0.0.1',
      path: '/healthz',
      ca: authority.certificate,
      agent: false,
    });
    outgoing.end();
    const [response] = await once(outgoing, 'response');
    assert.equal(response.statusCode, 200);
    response.resume();
    await once(response, 'end');
  });

  it('is not spoken below TLS 1.2', async () => {
    const authority = createCertificateAuthority({ commonName: 'test' });
    const issued = issueCertificate(authority, { commonName: 'test', usages: ['server'], ipAddresses: ['127.0.0.1'] });
    await using api = await startTestServer({}, { tls: { certificate: issued.certificate, key: issued.privateKey } });
    const target = { port: api.port, host: '127.0.0.1', ca: authority.certificate, ciphers: 'ALL@SECLEVEL=0' };
    const old = connectTls({ ...target, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    await assert.rejects(once(old, 'secureConnect'), { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
    const current = connectTls({ ...target, maxVersion: 'TLSv1.2' });
    await once(current, 'secureConnect');
    assert.equal(current.getProtocol(), 'TLSv1.2');
    current.destroy();
  });
});

describe('the log', () => {
  it('has who asked for what with which result, and neither query nor body nor token', async () => {
    const lines: object[] = [];
    const write = (fields: LogFields, message: string) => void lines.push({ ...fields, message });
    const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
    await using api = await startTestServer({}, { logger });
    const body = { ...MINIMAL_BODY, kubeconfig: 'canary-kubeconfig' };
    await api.send(saveRequest('a', body, '?body.primary_domain=canary-query'));
    await api.send({ ...saveRequest('a', { usage: 'canary-value' }), token: 'canary-token' });
    assert.equal(lines.length, 2);
    assert.deepEqual(Object.keys(lines[0] ?? {}), [
      'requestId',
      'caller',
      'method',
      'route',
      'cluster',
      'status',
      'milliseconds',
      'message',
    ]);
    assert.doesNotMatch(inspect(lines, { depth: null }), /canary/);
  });
});

describe('a token', () => {
  it('counts in its header only, where no page of another site can put it', async () => {
    await using api = await startTestServer();
    const target = '/api/v1/clusters';
    const asked = { target, token: null };
    const inOtherPlaces: readonly TestRequest[] = [
      { ...asked, target: `${target}?access_token=${READER_TOKEN}&private_token=${READER_TOKEN}` },
      { ...asked, headers: { cookie: `token=${READER_TOKEN}; authorization=Bearer ${READER_TOKEN}` } },
      { ...asked, headers: { 'private-token': READER_TOKEN, 'x-forwarded-access-token': READER_TOKEN } },
      { ...asked, headers: { 'proxy-authorization': `Bearer ${READER_TOKEN}`, 'impersonate-user': READER_TOKEN } },
      { ...asked, target: `/api/v1/events?access_token=${READER_TOKEN}`, headers: { origin: 'https://evil.example' } },
    ];
    for (const each of inOtherPlaces) assertError(await api.send(each), 401, 'UNAUTHENTICATED');
    const cross = await api.send({ target, headers: { origin: 'https://evil.example' } });
    assert.equal(cross.headers['access-control-allow-origin'], undefined);
  });
});

describe('unknown tokens', () => {
  const limits = { tokenGuard: { failuresPerAddress: 3 } };

  it('are checked only so often from one address, and good ones are still answered', async () => {
    await using api = await startTestServer({}, limits);
    assert.equal((await api.send({ target: '/api/v1/clusters' })).status, 200);
    for (const token of ['a', 'b', 'c']) {
      assertError(await api.send({ target: '/api/v1/clusters', token }), 401, 'UNAUTHENTICATED');
    }
    const slowed = await api.send({ target: '/api/v1/clusters', token: 'd' });
    assertError(slowed, 429, 'TOO_MANY_FAILURES');
    assert.equal(slowed.headers['retry-after'], '20');
    assert.equal((await api.send({ target: '/api/v1/clusters' })).status, 200, 'accepted before');
    assert.equal((await api.send({ target: '/api/v1/clusters', token: READER_TOKEN })).status, 429, 'not yet');
    assert.equal((await api.send({ target: '/healthz', token: null })).status, 200);
    assertError(await api.send({ target: '/api/v1/clusters', token: null }), 401, 'UNAUTHENTICATED');
  });

  it('count for the address that a trusted proxy names, and for the proxy itself where none is trusted', async () => {
    const guess = (token: string, client: string) => ({
      target: '/api/v1/clusters',
      token,
      headers: { 'x-forwarded-for': client },
    });
    await using trusting = await startTestServer({}, { ...limits, trustedProxies: ['127.0.0.0/8'] });
    for (const token of ['a', 'b', 'c']) await trusting.send(guess(token, '203.0.113.1'));
    assert.equal((await trusting.send(guess('d', '203.0.113.1'))).status, 429);
    assert.equal((await trusting.send(guess('e', '203.0.113.2'))).status, 401);
    assert.equal((await trusting.send(guess('f', '203.0.113.9, 203.0.113.1'))).status, 429, 'the last one counts');
    await using other = await startTestServer({}, limits);
    for (const [index, token] of ['a', 'b', 'c'].entries()) await other.send(guess(token, `203.0.113.${index}`));
    assert.equal((await other.send(guess('d', '203.0.113.9'))).status, 429);
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

  it('cuts a client off that does not take its answer', async () => {
    const large = 'x'.repeat(64 * 1024 * 1024);
    await using api = await startTestServer(
      { stallTimeout: 200 },
      {
        views: {
          ...TEST_VIEWS,
          metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: large }),
        },
      },
    );
    const socket = connect(api.port, '127.0.0.1');
    socket.pause();
    socket.on('error', () => {}); // how the connection ends is up to the system
    socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: maintainer-token\r\n\r\n');
    // The server lets go of it although the client has not: it can close at once.
    while (api.server.openConnections === 0) await delay(5);
    while (api.server.openConnections > 0) await delay(20);
    socket.destroy();
    assert.equal((await api.send({ target: '/healthz', token: null })).status, 200);
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
    assertError(bug, 500, 'UNKNOWN');
    assert.equal(bug.json().message, 'unknown request error');
    assert.doesNotMatch(bug.text, /canary/);
  });

  it('finishes running requests when it closes, and closes in time', async () => {
    const api = await startTestServer();
    const started = Promise.withResolvers<void>();
    let count = 0;
    api.registry.interfere = async (useCase) => {
      if (useCase !== 'list') return;
      count += 1;
      if (count === 2) started.resolve();
      await delay(100);
    };
    const kept = connect(api.port, '127.0.0.1');
    const keptClosed = once(kept, 'close');
    kept.resume().write('GET /api/v1/clusters HTTP/1.1\r\nHost: x\r\nAuthorization: maintainer-token\r\n\r\n');
    const running = api.send({ target: '/api/v1/clusters' });
    await started.promise;
    const closed = api.server.close();
    assert.equal((await running).status, 200);
    await Promise.all([closed, keptClosed]);
    await assert.rejects(api.send({ target: '/healthz' }), /ECONNREFUSED/);
  });
});

function assertReason(reply: TestReply): string {
  assertError(reply, 400, 'CODEC');
  return String(reply.json().message);
}

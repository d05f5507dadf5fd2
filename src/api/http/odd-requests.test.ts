import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MAINTAINER_TOKEN } from '../testing/fake-registry.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const POST = `POST /api/v1/clusters/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${MAINTAINER_TOKEN}\r\nContent-Type: application/json\r\n`;
/** What a proxy that reads the first one otherwise would let through as a body. */
const SECOND = 'DELETE /api/v1/clusters/victim HTTP/1.1\r\nHost: x\r\nAuthorization: maintainer-token\r\n\r\n';

/** Requests whose end, target or form two programs could read differently. */
const REFUSED: Readonly<Record<string, string>> = {
  'two lengths': `${POST}Content-Length: 0\r\nContent-Length: ${SECOND.length}\r\n\r\n${SECOND}`,
  'a length and chunks': `${POST}Content-Length: ${SECOND.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SECOND}`,
  'a list of lengths': `${POST}Content-Length: 0, ${SECOND.length}\r\n\r\n${SECOND}`,
  'a signed length': `${POST}Content-Length: +0\r\n\r\n${SECOND}`,
  'a hexadecimal length': `${POST}Content-Length: 0x0\r\n\r\n${SECOND}`,
  'chunks that are not last': `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SECOND}`,
  'another coding': `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SECOND}`,
  'a blank before the colon': `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SECOND}`,
  'a folded header': `${POST}X: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SECOND}`,
  'a NUL in a header': `${POST}X: a\0b\r\nContent-Length: 0\r\n\r\n${SECOND}`,
  'a bare CR in a header': `${POST}X: a\rContent-Length: 0\r\n\r\n${SECOND}`,
  'a chunk of odd length': `${POST}Transfer-Encoding: chunked\r\n\r\n-1\r\n${SECOND}`,
  'an endless chunk extension': `${POST}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(40_000)}\r\na\r\n0\r\n\r\n${SECOND}`,
  'another method': `FROB /api/v1/clusters HTTP/1.1\r\nHost: x\r\n\r\n${SECOND}`,
  'a later version': `GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n${SECOND}`,
  'no version': `GET /healthz\r\n\r\n${SECOND}`,
  'a blank in the target': `GET /health z HTTP/1.1\r\nHost: x\r\n\r\n${SECOND}`,
  'a tunnel': `CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n${SECOND}`,
};

let api: TestServer;

before(async () => {
  api = await startTestServer();
});
after(() => api[Symbol.asyncDispose]());

describe('requests that can be read in two ways', () => {
  for (const [name, bytes] of Object.entries(REFUSED)) {
    it(`end their connection, and nothing after them is read: ${name}`, async () => {
      const { length: deleted } = api.registry.deletes;
      const answer = await api.sendRaw(bytes);
      assert.match(answer, /^(?:HTTP\/1\.1 (?:4\d\d|5\d\d) |$)/);
      assert.equal(api.registry.deletes.length, deleted);
    });
  }

  it('as a URL are for the path of it, whatever its host is', async () => {
    const head = 'Host: x\r\nConnection: close\r\n\r\n';
    assert.match(
      await api.sendRaw(`GET http://other.example/healthz HTTP/1.1\r\n${head}`),
      /^HTTP\/1\.1 (?:200|4\d\d) /,
    );
  });

  it('with more headers than are read lose none that matters', async () => {
    const many = Array.from({ length: 400 }, (_, index) => `X-${index}: y\r\n`).join('');
    const answer = await api.sendRaw(`GET /api/v1/clusters HTTP/1.1\r\nHost: x\r\n${many}Connection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 4\d\d /);
  });
});

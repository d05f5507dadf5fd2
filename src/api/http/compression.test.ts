import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'node:http';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import { MAINTAINER_TOKEN } from '../testing/fake-registry.ts';
import { MINIMAL_BODY, saveRequest, startTestServer } from '../testing/test-server.ts';
import { acceptsGzip } from './compression.ts';

async function fetchRaw(port: number, path: string, encoding: string) {
  const headers = { authorization: `Bearer ${MAINTAINER_TOKEN}`, 'accept-encoding': encoding };
  const outgoing = request({ host: '127.0.0.1', port, path, headers, agent: false });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  return { headers: response.headers, body: Buffer.concat(await response.toArray()) };
}

describe('long JSON', () => {
  it('is compressed for clients that take it, under a weak tag that conditions still know', async () => {
    await using api = await startTestServer();
    for (let index = 0; index < 20; index += 1) await api.send(saveRequest(`c-${index}`, MINIMAL_BODY));
    const plain = await fetchRaw(api.port, '/api/v1/clusters', 'identity');
    const packed = await fetchRaw(api.port, '/api/v1/clusters', 'gzip, br');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(plain.headers['vary'], packed.headers['vary']);
    assert.match(String(packed.headers['vary']), /Accept-Encoding/);
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.equal(packed.headers.etag, `W/${plain.headers.etag}`);
    assert.deepEqual(gunzipSync(packed.body), plain.body);
    const known = { 'if-none-match': String(packed.headers.etag) };
    assert.equal((await api.send({ target: '/api/v1/clusters', headers: known })).status, 304);
  });

  it('is what it is when it is short', async () => {
    await using api = await startTestServer();
    assert.equal((await fetchRaw(api.port, '/api/v1/caller', 'gzip')).headers['content-encoding'], undefined);
  });
});

describe('gzip', () => {
  it('is taken when it is named or covered by the asterisk, and not with a weight of 0', () => {
    for (const header of ['gzip', 'br, GZIP;q=0.5', '*', '*;q=1, br']) assert.ok(acceptsGzip(header), header);
    for (const header of ['', 'br', 'gzip;q=0', '*;q=0', 'gzip;q=0, *', 'identity', undefined]) {
      assert.ok(!acceptsGzip(header), header);
    }
  });
});

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const SCRIPT = 'export const answer = 42;';

describe('the served console', () => {
  let directory: string;
  let api: TestServer;
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`http://127.0.0.1:${api.port}${path}`, { headers, redirect: 'manual' });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-console-'));
    await mkdir(join(directory, 'assets'));
    await writeFile(join(directory, 'index.html'), '<meta property="csp-nonce" nonce="__CSP_NONCE__"><p>page</p>');
    await writeFile(join(directory, 'assets/main.part-Ab_1-.js'), SCRIPT);
    await writeFile(join(directory, 'assets/main.part-Ab_1-.js.gz'), gzipSync(SCRIPT));
    await writeFile(join(directory, 'assets/secret.txt'), 'not of the build');
    api = await startTestServer({}, { consoleDirectory: directory });
  });
  after(async () => {
    await api.server.close();
    await rm(directory, { recursive: true });
  });

  it('is one page for every path, with a nonce of its own that the policy names', async () => {
    const nonces = new Set<string>();
    for (const path of ['/console', '/console/', '/console/clusters/one', '/console/clusters/one/?a=b']) {
      const reply = await get(path);
      assert.equal(reply.status, 200, path);
      assert.match(reply.headers.get('content-type') ?? '', /^text\/html/);
      assert.equal(reply.headers.get('cache-control'), 'no-store');
      const nonce = /nonce="([^"]+)"/.exec(await reply.text())?.[1] ?? '';
      const policy = reply.headers.get('content-security-policy') ?? '';
      assert.ok(nonce.length > 20 && policy.includes(`style-src 'self' 'nonce-${nonce}'`), policy);
      assert.match(policy, /default-src 'none'; script-src 'self';/);
      assert.equal(reply.headers.get('cross-origin-opener-policy'), 'same-origin');
      nonces.add(nonce);
    }
    assert.equal(nonces.size, 4);
  });

  it('has files that browsers keep for ever, compressed for those that take it', async () => {
    const plain = await get('/console/assets/main.part-Ab_1-.js', { 'accept-encoding': 'identity' });
    assert.equal(await plain.text(), SCRIPT);
    assert.equal(plain.headers.get('content-encoding'), null);
    const zipped = await get('/console/assets/main.part-Ab_1-.js', { 'accept-encoding': 'br, gzip' });
    assert.equal(await zipped.text(), SCRIPT);
    assert.equal(zipped.headers.get('content-encoding'), 'gzip');
    assert.match(zipped.headers.get('cache-control') ?? '', /immutable/);
    assert.match(zipped.headers.get('content-type') ?? '', /^text\/javascript/);
    assert.equal(zipped.headers.get('vary'), 'Accept-Encoding');
    const refused = await get('/console/assets/main.part-Ab_1-.js', { 'accept-encoding': 'gzip;q=0' });
    assert.equal(refused.headers.get('content-encoding'), null);
  });

  for (const name of ['none.js', 'secret.txt', '..%2findex.html', '%2e%2e/index.html.js', 'main.part-Ab_1-.js.gz']) {
    it(`has no file ${name}`, async () => {
      const reply = await get(`/console/assets/${name}`);
      assert.doesNotMatch(await reply.text(), /not of the build|answer/);
      assert.notEqual(reply.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    });
  }

  it('is where browsers go that ask for the server itself, and programs are answered as before', async () => {
    const page = await get('/', { accept: 'text/html,*/*' });
    assert.equal(page.status, 302);
    assert.equal(page.headers.get('location'), '/console');
    assert.equal((await get('/', { accept: '*/*' })).status, 404);
  });

  it('says in the language of the reader how to get it where it is not built', async () => {
    await using bare = await startTestServer({}, { consoleDirectory: join(directory, 'none') });
    const reply = await fetch(`http://127.0.0.1:${bare.port}/console`, { headers: { 'accept-language': 'zh' } });
    assert.equal(reply.status, 503);
    assert.match(await reply.text(), /控制台尚未构建：make console/);
  });

  it('is not there where it is switched off', async () => {
    await using bare = await startTestServer();
    assert.equal((await fetch(`http://127.0.0.1:${bare.port}/console`)).status, 404);
  });
});

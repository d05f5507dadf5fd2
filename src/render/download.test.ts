import { proxyChoice, readProxy } from '../base/network/proxy.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, it } from 'node:test';
import { download, redirectTarget } from './download.ts';
import { startFileServer, testAuthority } from './testing/file-server.ts';

const options = { maximumBytes: 1000, timeoutMilliseconds: 10_000, certificateAuthorities: testAuthority };
const signal = new AbortController().signal;

describe('download through a proxy', () => {
  it('verifies the certificate of the publisher, and bypasses the proxy for loopback', async () => {
    await using publisher = await startFileServer({ '/a.yaml': 'content' });
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      tunnels.push(request.url ?? '');
      const peer = connect(Number(publisher.host.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        peer.pipe(socket).pipe(peer);
      });
      for (const end of [socket, peer]) end.on('error', () => peer.destroy());
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const found = readProxy(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    assert.ok(typeof found === 'object');
    const proxied = { ...options, proxy: proxyChoice({ https: found, http: found, exceptions: [] }) };
    try {
      const content = await download('https://charts.example/a.yaml', 'traefik', proxied, signal);
      assert.equal(content.toString(), 'content');
      await assert.rejects(
        download('https://other.example/a.yaml', 'traefik', proxied, signal),
        /its certificate is for another name/,
      );
      await download(`${publisher.url}/a.yaml`, 'traefik', proxied, signal);
      assert.deepEqual(tunnels, ['charts.example:443', 'other.example:443']);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});

describe('redirectTarget', () => {
  const from = new URL('https://charts.example/a/index.yaml');
  const target = (location: string): string => redirectTarget(from, location, 'traefik').href;

  it('allows names, public and private addresses', () => {
    assert.equal(target('b.tgz'), 'https://charts.example/a/b.tgz');
    assert.equal(target('https://cdn.example/b.tgz'), 'https://cdn.example/b.tgz');
    assert.equal(target('https://10.1.2.3/b.tgz'), 'https://10.1.2.3/b.tgz');
  });

  it('rejects loopback, link-local and metadata addresses', () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '0.0.0.0', '[fe80::1]', '2130706433']) {
      assert.throws(() => target(`https://${host}/latest/meta-data`), /internal address/, host);
    }
  });

  it('refuses what is not https', () => {
    assert.throws(() => target('http://charts.example/b.tgz'), /away from https/);
    assert.throws(() => target('file:///etc/passwd'), /away from https/);
    assert.throws(() => target('https://'), /no address/);
  });
});

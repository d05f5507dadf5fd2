import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { proxyChoice, proxyUrl, readProxy } from './proxy.ts';

describe('reading a proxy', () => {
  const read = (text: string) => {
    const proxy = readProxy(text);
    assert.ok(typeof proxy === 'object', text);
    return proxy;
  };

  it('takes what curl takes: a URL, or host and port alone', () => {
    for (const [text, url] of [
      ['http://proxy.example:3128', 'http://proxy.example:3128'],
      ['proxy.example:3128', 'http://proxy.example:3128'],
      ['proxy.example', 'http://proxy.example:80'],
      ['https://proxy.example/', 'https://proxy.example:443'],
      ['http://[::1]:3128', 'http://[::1]:3128'],
      ['http://us%40er:p%3Ass@proxy.example:1', 'http://us%40er:p%3Ass@proxy.example:1'],
    ] as const) {
      assert.equal(proxyUrl(read(text)), url);
    }
  });

  it('refuses SOCKS by its scheme, and what is no URL', () => {
    for (const text of ['socks5://proxy.example', 'socks5h://a:1', 'ftp://a']) assert.equal(readProxy(text), 'scheme');
    for (const text of ['http://', 'http://a:b:c', 'http://a:99999']) assert.equal(readProxy(text), 'invalid');
  });

  it('shows no password', () => {
    const proxy = read('http://user:canary@proxy.example:1');
    const shown = JSON.stringify(proxy) + inspect(proxy, { depth: 9 }) + Buffer.from('user:canary').toString('base64');
    assert.doesNotMatch(shown.slice(0, -16), /canary|dXNlcjpjYW5hcnk/);
  });
});

describe('choosing a proxy', () => {
  const proxy = readProxy('http://proxy.example:3128');
  assert.ok(typeof proxy === 'object');
  const isDirect = (url: string, exceptions: string): boolean =>
    proxyChoice({ https: proxy, http: proxy, exceptions: exceptions.split(',') })(new URL(url)) === undefined;

  it('follows the exceptions as Go does', () => {
    const table: readonly (readonly [exceptions: string, url: string, isDirect: boolean])[] = [
      ['', 'https://git.example', false],
      ['', 'https://localhost:8443', true],
      ['', 'https://127.1.2.3', true],
      ['', 'https://[::1]:1', true],
      ['corp.example', 'https://corp.example', true],
      ['corp.example', 'https://a.corp.example', true],
      ['corp.example', 'https://notcorp.example', false],
      ['CORP.example', 'https://a.corp.EXAMPLE.', true],
      ['.corp.example', 'https://a.corp.example', true],
      ['.corp.example', 'https://corp.example', false],
      ['*.corp.example', 'https://a.corp.example', true],
      ['corp.example:8443', 'https://corp.example:8443', true],
      ['corp.example:8443', 'https://corp.example', false],
      ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
      ['10.0.0.0/8', 'https://11.1.2.3', false],
      ['10.0.0.0/8', 'https://ten.example', false],
      ['10.1.2.3', 'https://10.1.2.3:6443', true],
      ['10.1.2.3:443', 'https://10.1.2.3:6443', false],
      ['fd00::/8', 'https://[fd12::1]', true],
      ['[fd12::1]:6443', 'https://[fd12::1]:6443', true],
      ['10.0.0.0/99', 'https://10.0.0.1', false],
      ['a.example, b.example', 'https://b.example', true],
      ['*', 'https://anything.example', true],
    ];
    for (const [exceptions, url, expected] of table) {
      assert.equal(isDirect(url, exceptions), expected, `${url} with NO_PROXY=${exceptions}`);
    }
  });

  it('has one for each scheme', () => {
    const choose = proxyChoice({ https: proxy, http: undefined, exceptions: [] });
    assert.equal(choose(new URL('https://a.example')), proxy);
    assert.equal(choose(new URL('http://a.example')), undefined);
  });
});

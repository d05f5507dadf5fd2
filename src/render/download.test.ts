import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redirectTarget } from './download.ts';

describe('redirectTarget', () => {
  const from = new URL('https://charts.example/a/index.yaml');
  const target = (location: string): string => redirectTarget(from, location, 'traefik').href;

  it('follows names and public addresses, and those of private networks', () => {
    assert.equal(target('b.tgz'), 'https://charts.example/a/b.tgz');
    assert.equal(target('https://cdn.example/b.tgz'), 'https://cdn.example/b.tgz');
    assert.equal(target('https://10.1.2.3/b.tgz'), 'https://10.1.2.3/b.tgz');
  });

  it('refuses addresses of this machine and of its cloud', () => {
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

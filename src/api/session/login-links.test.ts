import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../base/secret.ts';
import { LINK_MILLISECONDS, LoginLinks } from './login-links.ts';

describe('login links', () => {
  it('work once', () => {
    const links = new LoginLinks();
    const { code } = links.make(new Secret('token'));
    assert.equal(links.take(code)?.reveal(), 'token');
    assert.equal(links.take(code), undefined);
  });

  it('no longer work after their time', () => {
    let now = 0;
    const links = new LoginLinks(() => now);
    const { code, endsAt } = links.make(new Secret('token'));
    assert.equal(endsAt, LINK_MILLISECONDS);
    now = endsAt;
    assert.equal(links.take(code), undefined);
  });

  it('are a hundred at most: the oldest no longer works', () => {
    const links = new LoginLinks();
    const codes = Array.from({ length: 101 }, (_, index) => links.make(new Secret(`token ${index}`)).code);
    assert.equal(links.take(codes[0] ?? ''), undefined);
    assert.equal(links.take(codes[1] ?? '')?.reveal(), 'token 1');
    assert.equal(links.take(codes[100] ?? '')?.reveal(), 'token 100');
  });
});

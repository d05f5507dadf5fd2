import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { Secret } from '../base/secret.ts';
import { HostClient } from '../git-host/index.ts';
import { OAUTH_TOKEN_SECONDS } from '../../test/doubles/gitlab/oauth.ts';
import { OAuthLogin } from './oauth-login.ts';
import { MAINTAINER, openGitLab } from './testing/gitlab-place.ts';

const signal = new AbortController().signal;
const redirectUri = 'https://nautes.example/api/v1/session/oauth/callback';

/** A login by a double of GitLab, at which a person is signed in. */
async function open(secret = 'the-secret-of-the-application') {
  const place = await openGitLab();
  const grace = place.gitlab.addUser('grace', { name: 'Grace Hopper' });
  place.project.members.set(grace, { level: MAINTAINER });
  place.gitlab.oauth.user = grace;
  place.gitlab.oauth.applications.push({ id: 'nautes-app', secret: 'the-secret-of-the-application', redirectUri });
  const client = new HostClient({ url: place.gitlab.url, host: 'GitLab', requestsPerMinute: 1000 });
  const login = new OAuthLogin({
    provider: 'gitlab',
    client,
    clientId: 'nautes-app',
    clientSecret: async () => new Secret(secret),
  });
  return {
    ...place,
    login,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await place.close();
    },
  };
}

/** Goes to the page of the login as a browser does, and gives the URL that it leads back to. */
async function logIn(login: OAuthLogin, verifier: string): Promise<URL> {
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const reply = await fetch(login.authorizeUrl({ state: 'a-state', challenge, redirectUri }), { redirect: 'manual' });
  return new URL(reply.headers.get('location') ?? '');
}

const newVerifier = (): string => randomBytes(32).toString('base64url');

describe('login by OAuth', () => {
  it('gives a token with the rights of the person, and how long it lives', async () => {
    await using place = await open();
    const verifier = newVerifier();
    const back = await logIn(place.login, verifier);
    assert.equal(back.searchParams.get('state'), 'a-state');
    const code = back.searchParams.get('code') ?? '';
    const { token, expiresInSeconds } = await place.login.exchange({ code, verifier, redirectUri }, signal);
    assert.equal(expiresInSeconds, OAUTH_TOKEN_SECONDS);
    const caller = await place.identity.authenticate(token, signal);
    assert.equal(caller.name, 'Grace Hopper');
    await place.identity.authorize(caller, 'maintainer', 'register', signal);
    const again = place.login.exchange({ code, verifier, redirectUri }, signal);
    await assert.rejects(again, { reason: 'OAuthRefused', status: 401 }, 'a code is good once');
  });

  it('is refused with the verifier, the redirect URI or the code of another', async () => {
    await using place = await open();
    const wrong = [{ verifier: newVerifier() }, { redirectUri: 'https://other.example/callback' }, { code: 'guessed' }];
    for (const changes of wrong) {
      const verifier = newVerifier();
      const code = (await logIn(place.login, verifier)).searchParams.get('code') ?? '';
      const grant = { code, verifier, redirectUri, ...changes };
      await assert.rejects(place.login.exchange(grant, signal), { reason: 'OAuthRefused' });
    }
  });

  it('is refused with a wrong secret, in the words of GitLab and without the secret', async () => {
    await using place = await open('another-secret');
    const verifier = newVerifier();
    const code = (await logIn(place.login, verifier)).searchParams.get('code') ?? '';
    const failed = place.login.exchange({ code, verifier, redirectUri }, signal);
    await assert.rejects(failed, (error: Error) => {
      assert.match(error.message, /Client authentication failed/);
      assert.doesNotMatch(error.message, /another-secret/);
      return true;
    });
  });

  it('waits for no GitLab that is away', async () => {
    await using place = await open();
    await place.gitlab.setReachable(false);
    const failed = place.login.exchange({ code: 'x', verifier: newVerifier(), redirectUri }, signal);
    await assert.rejects(failed, { reason: 'GitHostUnavailable' });
  });
});

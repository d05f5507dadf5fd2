import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import { message } from '../../messages/message.ts';
import { READER_TOKEN } from '../testing/fake-registry.ts';
import { assertError, startTestServer, type TestReply, type TestServer } from '../testing/test-server.ts';
import type { BrowserLogin } from './oauth.ts';

type Grant = Parameters<BrowserLogin['exchange']>[0];

const START = '/api/v1/session/oauth/start';
const CALLBACK = '/api/v1/session/oauth/callback';

/** A login that notes what it is asked, and gives a token for the code `good`. */
class FakeLogin implements BrowserLogin {
  readonly provider = 'gitlab';
  readonly grants: Grant[] = [];
  token = READER_TOKEN;
  expiresInSeconds = 7200;

  readonly authorizeUrl: BrowserLogin['authorizeUrl'] = (request) =>
    `https://gitlab.example/oauth/authorize?${new URLSearchParams({ ...request }).toString()}`;

  readonly exchange: BrowserLogin['exchange'] = async (grant) => {
    this.grants.push(grant);
    if (grant.code !== 'good')
      throw new NautesError('OAuthRefused', { host: 'GitLab', problem: message('OAuth.noCode') });
    return { token: new Secret(this.token), expiresInSeconds: this.expiresInSeconds };
  };
}

interface Begun {
  readonly asked: URLSearchParams;
  readonly cookie: string;
}

async function begin(api: TestServer, query = ''): Promise<Begun> {
  const reply = await api.send({ target: `${START}${query}`, token: null });
  assert.equal(reply.status, 302, reply.text);
  const cookie = reply.headers['set-cookie']?.[0] ?? '';
  assert.match(cookie, /; HttpOnly; SameSite=Lax; Max-Age=600$/);
  return { asked: new URL(reply.headers.location ?? '').searchParams, cookie: cookie.split(';')[0] ?? '' };
}

const comeBack = (api: TestServer, query: Readonly<Record<string, string>>, cookie?: string): Promise<TestReply> =>
  api.send({
    target: `${CALLBACK}?${new URLSearchParams(query).toString()}`,
    token: null,
    headers: cookie === undefined ? {} : { cookie },
  });

const sessionOf = (reply: TestReply): string | undefined =>
  reply.headers['set-cookie']?.find((cookie) => /^nautes-\d+=[^;]/.test(cookie));

describe('a login by OAuth', () => {
  it('begins a session, at the page where it began, that ends with its token', async () => {
    const login = new FakeLogin();
    await using api = await startTestServer({}, { oauth: login });
    const { asked, cookie } = await begin(api, '?next=/console/clusters%3Fq=a');
    const state = asked.get('state') ?? '';
    const reply = await comeBack(api, { state, code: 'good' }, cookie);
    assert.equal(reply.status, 302, reply.text);
    assert.equal(reply.headers.location, '/console/clusters?q=a');
    const [grant] = login.grants;
    assert.equal(grant?.redirectUri, `http://127.0.0.1:${api.port}${CALLBACK}`);
    assert.equal(asked.get('redirectUri'), grant?.redirectUri);
    assert.equal(
      asked.get('challenge'),
      createHash('sha256')
        .update(grant?.verifier ?? '')
        .digest('base64url'),
    );
    const session = sessionOf(reply) ?? '';
    assert.match(session, /SameSite=Strict; Max-Age=7(199|200)$/);
    const headers = { cookie: session.split(';')[0] ?? '', 'x-nautes-console': '1' };
    assert.equal((await api.send({ target: '/api/v1/caller', token: null, headers })).json().id, READER_TOKEN);
    assert.ok(reply.headers['set-cookie']?.some((each) => /^nautes-login-\d+=;.*Max-Age=0/.test(each)));
  });

  it('is offered to a browser without a session where it is configured', async () => {
    await using api = await startTestServer({}, { oauth: new FakeLogin() });
    const { oauth } = (await api.send({ target: '/api/v1/session', token: null })).json();
    assert.deepEqual(oauth, { provider: 'gitlab', url: START });
    await using other = await startTestServer();
    assert.equal((await other.send({ target: '/api/v1/session', token: null })).json().oauth, undefined);
    assertError(await other.send({ target: START, token: null }), 404, 'OAUTH_NOT_CONFIGURED');
    assertError(await other.send({ target: CALLBACK, token: null }), 404, 'OAUTH_NOT_CONFIGURED');
  });

  it('counts in the browser where it was begun only, with its own state, unchanged, and once', async () => {
    const login = new FakeLogin();
    await using api = await startTestServer({}, { oauth: login });
    const [mine, other] = [await begin(api), await begin(api)];
    const state = mine.asked.get('state') ?? '';
    const changed = mine.cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const refused = [
      await comeBack(api, { state, code: 'good' }),
      await comeBack(api, { state, code: 'good' }, other.cookie),
      await comeBack(api, { state: 'guess', code: 'good' }, mine.cookie),
      await comeBack(api, { code: 'good' }, mine.cookie),
      await comeBack(api, { state, code: 'good' }, changed),
      await comeBack(api, { state, code: 'good' }, mine.cookie.replace('nautes-login', 'nautes')),
    ];
    for (const reply of refused) {
      assertError(reply, 401, 'OAUTH_REFUSED');
      assert.equal(sessionOf(reply), undefined);
    }
    assert.deepEqual(login.grants, [], 'GitLab was not even asked');
  });

  it('is refused where GitLab says no, or sends no code or too long a one', async () => {
    await using api = await startTestServer({}, { oauth: new FakeLogin() });
    const { asked, cookie } = await begin(api);
    const state = asked.get('state') ?? '';
    const answers: readonly Readonly<Record<string, string>>[] = [
      { error: 'access_denied' },
      {},
      { code: 'x'.repeat(2049) },
      { code: 'bad' },
    ];
    for (const query of answers) {
      assertError(await comeBack(api, { state, ...query }, cookie), 401, 'OAUTH_REFUSED');
    }
  });

  it('begins no session with a token that is not accepted, and sends browsers to the console with the reason', async () => {
    const login = new FakeLogin();
    login.token = 'unknown';
    await using api = await startTestServer({}, { oauth: login });
    const { asked, cookie } = await begin(api);
    const query = new URLSearchParams({ state: asked.get('state') ?? '', code: 'good' }).toString();
    const headers = { cookie, accept: 'text/html,*/*' };
    const reply = await api.send({ target: `${CALLBACK}?${query}`, token: null, headers });
    assert.equal(reply.headers.location, '/console?login_error=UNAUTHENTICATED');
    assert.equal(sessionOf(reply), undefined);
  });

  it('leads to no other site', async () => {
    await using api = await startTestServer({}, { oauth: new FakeLogin() });
    const foreign = [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      '/consoleevil',
      '/console/\\evil',
      '/api',
    ];
    for (const next of [...foreign, `/console/${'x'.repeat(1000)}`, '/console/a b', '/console\r\nSet-Cookie: a=b']) {
      const { asked, cookie } = await begin(api, `?next=${encodeURIComponent(next)}`);
      const reply = await comeBack(api, { state: asked.get('state') ?? '', code: 'good' }, cookie);
      assert.equal(reply.headers.location, '/console', next);
    }
  });
});

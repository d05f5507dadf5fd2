import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { MAINTAINER_TOKEN, READER_TOKEN } from '../testing/fake-registry.ts';
import { assertError, startTestServer, type TestReply, type TestServer } from '../testing/test-server.ts';

const SESSION = '/api/v1/session';
const CONSOLE = { 'x-nautes-console': '1' };

describe('sessions of browsers', () => {
  let api: TestServer;
  before(async () => {
    api = await startTestServer();
  });
  after(() => api.server.close());

  const logIn = (token: unknown, headers: Readonly<Record<string, string>> = CONSOLE): Promise<TestReply> =>
    api.send({
      method: 'POST',
      target: SESSION,
      token: null,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ token }),
    });
  const withCookie = (
    target: string,
    cookie: string,
    headers: Readonly<Record<string, string>> = CONSOLE,
  ): Promise<TestReply> => api.send({ target, token: null, headers: { cookie, ...headers } });
  const cookieFor = async (token: string): Promise<string> => cookieOf(await logIn(token));

  it('make of a token a cookie that no script reads, and that stands for the token in later requests', async () => {
    const reply = await logIn(READER_TOKEN);
    assert.equal(reply.status, 200, reply.text);
    assert.equal((reply.json().caller as { id: string }).id, READER_TOKEN);
    const [cookie = ''] = reply.headers['set-cookie'] ?? [];
    assert.match(
      cookie,
      new RegExp(`^nautes-${api.port}=[\\w-]+; Path=/; HttpOnly; SameSite=Strict; Max-Age=43(19|20)\\d$`),
    );
    assert.ok(!cookie.includes(READER_TOKEN));
    const caller = await withCookie('/api/v1/caller', cookieOf(reply));
    assert.equal(caller.json().id, READER_TOKEN);
    assert.equal(caller.json().session_expires_at, reply.json().expires_at);
    const shown = await withCookie(SESSION, cookieOf(reply));
    assert.deepEqual(shown.json(), reply.json());
  });

  it('are shown as none, with 200, where there is none', async () => {
    const reply = await api.send({ target: SESSION, token: null });
    assert.equal(reply.status, 200);
    assert.deepEqual(reply.json(), { caller: null });
  });

  it('end with a logout', async () => {
    const cookie = await cookieFor(READER_TOKEN);
    const reply = await api.send({ method: 'DELETE', target: SESSION, token: null, headers: { cookie, ...CONSOLE } });
    assert.equal(reply.status, 200);
    assert.match(reply.headers['set-cookie']?.[0] ?? '', /^nautes-\d+=; .*Max-Age=0$/);
  });

  it('begin with no unknown token', async () => {
    const reply = await logIn('guess');
    assertError(reply, 401, 'UNAUTHENTICATED');
    assert.equal(reply.headers['set-cookie'], undefined);
  });

  it('begin with no token that gives no right here', async () => {
    const roleOf = api.registry.roleOf.bind(api.registry);
    api.registry.roleOf = () => Promise.reject(new NautesError('CrossOrigin'));
    assert.equal((await logIn(READER_TOKEN)).status, 403);
    api.registry.roleOf = roleOf;
  });

  it('refuse tokens and bodies that are too long', async () => {
    assertError(await logIn('t'.repeat(2049)), 400, 'CODEC');
    assertError(await logIn('t'.repeat(9000)), 413, 'BODY_TOO_LARGE');
    assertError(await logIn({ a: 1 }), 400, 'CODEC');
    assertError(await logIn('with blank'), 400, 'CODEC');
  });

  const origin = (value: string) => ({ ...CONSOLE, origin: value });
  const foreign: Readonly<Record<string, (port: number) => Readonly<Record<string, string>>>> = {
    'without the header of the console': () => ({}),
    'with another value of it': () => ({ 'x-nautes-console': '2' }),
    'of another site': () => ({ ...CONSOLE, 'sec-fetch-site': 'cross-site' }),
    'of another port of this host': () => ({ ...CONSOLE, 'sec-fetch-site': 'same-site' }),
    'of a navigation': () => ({ ...CONSOLE, 'sec-fetch-site': 'none' }),
    'with the origin of another port': (port) => origin(`http://127.0.0.1:${port + 1}`),
    'with the origin of another host': (port) => origin(`http://localhost:${port}`),
    'with an origin that begins like ours': (port) => origin(`http://127.0.0.1:${port}.example.com`),
    'with the origin of a sandbox': () => origin('null'),
    'with the origin of a file': () => origin('file://'),
  };
  for (const [name, headersFor] of Object.entries(foreign)) {
    it(`count for no request ${name}`, async () => {
      const cookie = await cookieFor(MAINTAINER_TOKEN);
      const headers = headersFor(api.port);
      assertError(await withCookie('/api/v1/clusters', cookie, headers), 403, 'CROSS_ORIGIN');
      assertError(await logIn(MAINTAINER_TOKEN, headers), 403, 'CROSS_ORIGIN');
      const deletion = { method: 'DELETE', target: '/api/v1/clusters/x', token: null, headers: { cookie, ...headers } };
      assertError(await api.send(deletion), 403, 'CROSS_ORIGIN');
      const logout = { method: 'DELETE', target: SESSION, token: null, headers: { cookie, ...headers } };
      assertError(await api.send(logout), 403, 'CROSS_ORIGIN');
      assert.deepEqual((await withCookie(SESSION, cookie, headers)).json(), { caller: null });
      assert.equal(api.registry.deletes.length, 0);
    });
  }

  it('count for requests of their own page, with what browsers say of it', async () => {
    const cookie = await cookieFor(READER_TOKEN);
    const fitting = { ...origin(`http://127.0.0.1:${api.port}`), 'sec-fetch-site': 'same-origin' };
    assert.equal((await withCookie('/api/v1/clusters', cookie, fitting)).status, 200);
  });

  it('are not looked at beside a token, not even a wrong one', async () => {
    const cookie = await cookieFor(MAINTAINER_TOKEN);
    const both = { target: '/api/v1/caller', headers: { cookie, ...CONSOLE } };
    assert.equal((await api.send({ ...both, token: READER_TOKEN })).json().id, READER_TOKEN);
    assertError(await api.send({ ...both, token: 'wrong' }), 401, 'UNAUTHENTICATED');
    assertError(await withCookie('/api/v1/caller', cookie, { ...CONSOLE, authorization: '' }), 401, 'UNAUTHENTICATED');
    assert.equal((await api.send({ ...both, token: READER_TOKEN, headers: { cookie } })).status, 200);
  });

  it('do not open with a changed bit, cut, longer, or in another spelling', async () => {
    const [name = '', value = ''] = (await cookieFor(READER_TOKEN)).split('=');
    const bytes = Buffer.from(value, 'base64url');
    const changed = [...bytes.keys()].map((index) => {
      const copy = Buffer.from(bytes);
      copy[index] = (copy[index] ?? 0) ^ (1 << (index % 8));
      return copy.toString('base64url');
    });
    const others = [value.slice(0, -4), `${value}AAAA`, `${value}=`, 'x', bytes.toString('base64')].filter(
      (one) => one !== value,
    );
    for (const each of [...changed, ...others]) {
      assertError(await withCookie('/api/v1/caller', `${name}=${each}`), 401, 'SESSION_ENDED');
    }
  });

  it('are not looked for in cookies that are longer than any of ours', async () => {
    const cookie = `nautes-${api.port}=${'A'.repeat(3073)}`;
    assertError(await withCookie('/api/v1/caller', cookie), 401, 'UNAUTHENTICATED');
  });

  it('are not those of another port, whose cookies browsers send here too', async () => {
    const [, value = ''] = (await cookieFor(READER_TOKEN)).split('=');
    assertError(await withCookie('/api/v1/caller', `nautes-${api.port + 1}=${value}`), 401, 'UNAUTHENTICATED');
    assertError(await withCookie('/api/v1/caller', `__Host-nautes=${value}`), 401, 'UNAUTHENTICATED');
  });

  it('end when their token is revoked, and the browser forgets them', async () => {
    const cookie = await cookieFor(READER_TOKEN);
    const { interfere } = api.registry;
    api.registry.interfere = async (useCase) => {
      if (useCase === 'authenticate') throw new NautesError('Unauthenticated');
    };
    assertError(await withCookie('/api/v1/clusters', cookie), 401, 'UNAUTHENTICATED');
    const shown = await withCookie(SESSION, cookie);
    api.registry.interfere = interfere;
    assert.deepEqual(shown.json(), { caller: null });
    assert.match(shown.headers['set-cookie']?.[0] ?? '', /Max-Age=0/);
  });

  it('do not end while callers cannot be identified', async () => {
    const cookie = await cookieFor(READER_TOKEN);
    const { interfere } = api.registry;
    api.registry.interfere = async (useCase) => {
      if (useCase === 'authenticate') throw new NautesError('Closing');
    };
    const shown = await withCookie(SESSION, cookie);
    api.registry.interfere = interfere;
    assertError(shown, 503, 'CLOSING');
    assert.equal(shown.headers['set-cookie'], undefined);
  });

  it('do not count for metrics', async () => {
    const cookie = await cookieFor(READER_TOKEN);
    assertError(await withCookie('/metrics', cookie), 401, 'UNAUTHENTICATED');
  });

  it('count against the guesses of an address', async () => {
    await using guarded = await startTestServer({}, { tokenGuard: { failuresPerAddress: 2 } });
    const guess = (token: string): Promise<TestReply> =>
      guarded.send({
        method: 'POST',
        target: SESSION,
        token: null,
        headers: { 'content-type': 'application/json', ...CONSOLE },
        body: JSON.stringify({ token }),
      });
    for (const token of ['one', 'two']) assert.equal((await guess(token)).status, 401);
    assertError(await guess('three'), 429, 'TOO_MANY_FAILURES');
  });
});

describe('sessions behind a trusted proxy that speaks TLS', () => {
  it('have a cookie that only this host can set, and only TLS carries', async () => {
    await using api = await startTestServer({}, { trustedProxies: ['127.0.0.1'] });
    const forwarded = { ...CONSOLE, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'nautes.example' };
    const logIn = (origin: string): Promise<TestReply> =>
      api.send({
        method: 'POST',
        target: SESSION,
        token: null,
        headers: { 'content-type': 'application/json', ...forwarded, origin },
        body: JSON.stringify({ token: READER_TOKEN }),
      });
    const reply = await logIn('https://nautes.example');
    assert.match(reply.headers['set-cookie']?.[0] ?? '', /^__Host-nautes=[\w-]+; .*; Secure$/);
    assertError(await logIn('http://nautes.example'), 403, 'CROSS_ORIGIN');
    const headers = { cookie: cookieOf(reply), ...forwarded };
    assert.equal((await api.send({ target: '/api/v1/caller', token: null, headers })).status, 200);
  });
});

function cookieOf(reply: TestReply): string {
  return reply.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

describe('login links', () => {
  let api: TestServer;
  before(async () => {
    api = await startTestServer();
  });
  after(() => api.server.close());

  const makeLink = (headers: Readonly<Record<string, string>> = {}, token: string | null = READER_TOKEN) =>
    api.send({ method: 'POST', target: '/api/v1/session/links', token, headers });
  const codeOf = (reply: TestReply): string =>
    /^\/console\/login#link=([\w-]{43})$/.exec(String(reply.json().path))?.[1] ?? '';
  const use = (link: string, headers: Readonly<Record<string, string>> = CONSOLE): Promise<TestReply> =>
    api.send({
      method: 'POST',
      target: SESSION,
      token: null,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ link }),
    });

  it('begin a session of the token that made them, once', async () => {
    const made = await makeLink();
    assert.equal(made.status, 200, made.text);
    const minutes = (Date.parse(String(made.json().expires_at)) - Date.now()) / 60_000;
    assert.ok(minutes > 0 && minutes <= 5, `${minutes}`);
    const reply = await use(codeOf(made));
    assert.equal(reply.status, 200, reply.text);
    assert.equal((reply.json().caller as { id: string }).id, READER_TOKEN);
    const again = await use(codeOf(made));
    assertError(again, 401, 'LOGIN_LINK_USED');
    assert.equal(again.headers['set-cookie'], undefined);
  });

  it('count for a page of the server alone', async () => {
    const code = codeOf(await makeLink());
    assertError(await use(code, {}), 403, 'CROSS_ORIGIN');
    assert.equal((await use(code)).status, 200);
  });

  it('are made neither without a token nor with the session of a browser', async () => {
    assertError(await makeLink({}, null), 401, 'UNAUTHENTICATED');
    const cookie = cookieOf(await use(codeOf(await makeLink())));
    assertError(await makeLink({ ...CONSOLE, cookie }, null), 403, 'LINK_NEEDS_TOKEN');
  });

  it('are refused when they were never made', async () => {
    assertError(await use('x'.repeat(43)), 401, 'LOGIN_LINK_USED');
  });
});

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { Secret } from '../base/secret.ts';
import { HostClient } from '../git-host/index.ts';
import { Gitea, GITEA_NOT_BUILT, giteaFiles } from '../../tools/gitea/gitea.ts';
import { GiteaAccounts } from './gitea-accounts.ts';
import { HostIdentity } from './host-identity.ts';
import { OAuthLogin } from './oauth-login.ts';

const signal = new AbortController().signal;
const redirectUri = 'http://127.0.0.1:8000/api/v1/session/oauth/callback';
const skip = (await giteaFiles()) === undefined ? GITEA_NOT_BUILT : false;

/** A browser as far as it is needed: cookies, and forms of pages. */
class Browser {
  readonly #cookies = new Map<string, string>();
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async open(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(new URL(url, this.#origin), {
      redirect: 'manual',
      headers: { cookie, origin: this.#origin },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const each of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      this.#cookies.set(name, value);
    }
    return reply;
  }
}

/** The hidden fields of a page. */
function fieldsOf(page: string): Record<string, string> {
  const inputs = [...page.matchAll(/<input\b[^>]*>/g)].map(([input]) => input);
  const pairs = inputs.map((input) => [
    /name="([^"]*)"/.exec(input)?.[1] ?? '',
    /value="([^"]*)"/.exec(input)?.[1] ?? '',
  ]);
  return Object.fromEntries(pairs.filter(([name]) => name !== '')) as Record<string, string>;
}

/** Goes to the login, agrees to it, and gives the URL that it leads back to. */
async function logIn(gitea: Gitea, login: OAuthLogin, verifier: string): Promise<URL> {
  const browser = new Browser(gitea.url);
  const page = await (await browser.open('/user/login')).text();
  const credentials = { user_name: 'ada', password: gitea.password('ada') };
  await browser.open('/user/login', { ...fieldsOf(page), ...credentials });
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const asked = await browser.open(login.authorizeUrl({ state: 'a-state', challenge, redirectUri }));
  const direct = asked.headers.get('location');
  if (direct !== null && direct.startsWith(redirectUri)) return new URL(direct);
  const agreed = await browser.open('/login/oauth/grant', { ...fieldsOf(await asked.text()), granted: 'true' });
  return new URL(agreed.headers.get('location') ?? '');
}

describe('login by OAuth with Gitea', { skip }, () => {
  it('gives a token with the rights of the person, for the verifier of the login only', async () => {
    await using gitea = await Gitea.start();
    await gitea.addUser('ada', 'Ada Lovelace');
    const repository = await gitea.addRepository('platform', 'tenant-config', { pushers: ['ada'] });
    const application = { name: 'Nautes', redirect_uris: [redirectUri], confidential_client: true };
    const made = await gitea.api('POST', '/user/applications/oauth2', application);
    const { client_id: clientId, client_secret: secret } = made.json as Record<'client_id' | 'client_secret', string>;
    const client = new HostClient({ url: gitea.url, host: 'Gitea', requestsPerMinute: 1000 });
    const clientSecret = async () => new Secret(secret);
    const login = new OAuthLogin({ provider: 'gitea', client, clientId, clientSecret });
    const identity = new HostIdentity({ accounts: new GiteaAccounts({ client, repository }), cacheMilliseconds: 50 });
    try {
      const verifier = randomBytes(32).toString('base64url');
      const back = await logIn(gitea, login, verifier);
      assert.equal(back.searchParams.get('state'), 'a-state');
      const code = back.searchParams.get('code') ?? '';
      const { token, expiresInSeconds = 0 } = await login.exchange({ code, verifier, redirectUri }, signal);
      assert.ok(expiresInSeconds > 0);
      const caller = await identity.authenticate(token, signal);
      assert.equal(caller.name, 'Ada Lovelace');
      await identity.authorize(caller, 'reader', 'read', signal);

      const another = (await logIn(gitea, login, verifier)).searchParams.get('code') ?? '';
      const wrong = { code: another, verifier: randomBytes(32).toString('base64url'), redirectUri };
      await assert.rejects(login.exchange(wrong, signal), { reason: 'OAuthRefused' });
    } finally {
      await identity.close();
    }
  });
});

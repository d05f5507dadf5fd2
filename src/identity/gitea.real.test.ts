import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { NautesError } from '../errors/errors.ts';
import { run } from '../base/programs/process.ts';
import { Secret } from '../base/secret.ts';
import { HostClient } from '../git-host/index.ts';
import { Gitea, GITEA_NOT_BUILT, giteaFiles } from '../../tools/gitea/gitea.ts';
import { GiteaAccounts } from './gitea-accounts.ts';
import { HostIdentity } from './host-identity.ts';
import { describeIdentityProviderContract } from './identity-provider.contract.ts';

const signal = new AbortController().signal;

/** A repository with a commit to whose `main` only `ada` may push, and the users of the tests. */
async function open() {
  const gitea = await Gitea.start();
  await gitea.addUser('ada', 'Ada Lovelace');
  const token = await gitea.token('ada');
  const repository = await gitea.addRepository('platform', 'tenant-config', { pushers: ['ada'] });
  await firstCommit(gitea.remoteOf(repository).replace('://', `://ada:${token}@`));
  await gitea.addUser('nautes');
  await gitea.allow(repository, 'nautes', 'admin');
  const own = new Secret(await gitea.token('nautes'));
  const client = new HostClient({ url: gitea.url, host: 'Gitea', requestsPerMinute: 10_000 });
  const accounts = new GiteaAccounts({ client, repository, ownToken: async () => own });
  // A cached refusal could be older than a permission that a test has just granted.
  const identity = new HostIdentity({ accounts, cacheMilliseconds: 50, refusalMilliseconds: 0 });
  const close = async (): Promise<void> => {
    await identity.close();
    await gitea[Symbol.asyncDispose]();
  };
  return { gitea, repository, identity, token, close };
}

async function firstCommit(remote: string): Promise<void> {
  const script =
    'd=$(mktemp -d) && trap \'rm -rf "$d"\' EXIT && cd "$d" && git init -q -b main . && ' +
    'git -c user.name=x -c user.email=x@example.org commit -q --allow-empty -m First && git push -q "$0" main';
  const { code, stderr } = await run('sh', ['-c', script, remote]);
  assert.equal(code, 0, stderr);
}

if ((await giteaFiles()) === undefined) {
  describe('Gitea as an identity provider', () => {
    it('runs where Gitea is built', { skip: GITEA_NOT_BUILT });
  });
} else {
  describeIdentityProviderContract('Gitea', async () => {
    const { gitea, repository, identity, close } = await open();
    const pushers = ['ada'];
    let count = 0;
    const logins = new Map<string, string>();
    return {
      provider: identity,
      async addPerson(role) {
        count += 1;
        const login = `person-${count}`;
        await gitea.addUser(login, `Person ${count}`);
        await gitea.allow(repository, login, role === 'reader' ? 'read' : 'write');
        if (role === 'maintainer') {
          pushers.push(login);
          await gitea.protect(repository, pushers);
        }
        const token = new Secret(await gitea.token(login));
        const { json } = await gitea.api('GET', `/users/${login}`);
        const id = `gitea:${(json as { readonly id: number }).id}`;
        logins.set(id, login);
        const caller = { id, name: `Person ${count}`, email: `${login}@example.org`, credential: token };
        return { token, caller };
      },
      revoke: async ({ id }) => gitea.revokeTokens(logins.get(id) ?? ''),
      cleanUp: close,
    };
  });

  describe('who may push to main of a repository in Gitea', () => {
    let place: Awaited<ReturnType<typeof open>>;
    before(async () => {
      place = await open();
      const { gitea, repository } = place;
      for (const name of ['dev', 'rep', 'stranger', 'gone', 'blocked']) await gitea.addUser(name, `Full ${name}`);
      for (const name of ['dev', 'gone', 'blocked']) await gitea.allow(repository, name, 'write');
      await gitea.allow(repository, 'rep', 'read');
    });
    after(() => place.close());

    /** The refusal as `message. remedy`, or `yes`. */
    async function answer(token: string, role: 'reader' | 'maintainer' = 'maintainer'): Promise<string> {
      try {
        const caller = await place.identity.authenticate(new Secret(token), signal);
        await place.identity.authorize(caller, role, 'register', signal);
        return 'yes';
      } catch (error) {
        assert.ok(error instanceof NautesError, String(error));
        assert.ok(!`${error.message} ${error.remedy}`.includes(token));
        return `${error.reason}: ${error.message}. ${error.remedy}`;
      }
    }

    it('includes users on the list of the rule', async () => {
      assert.equal(await answer(place.token), 'yes');
    });

    it('names who may push to a user with write access who is not on the list', async () => {
      const said = await answer(await place.gitea.token('dev'));
      assert.match(said, /^NoAuthorization: Full dev may not register clusters: main may be pushed to by ada only\./);
      assert.match(said, /the right to push to main of platform\/tenant-config; ask an owner or maintainer/);
    });

    it('names the missing role to a user with read access', async () => {
      const token = await place.gitea.token('rep');
      assert.match(await answer(token), /the account may read there and not write/);
      assert.equal(await answer(token, 'reader'), 'yes');
    });

    it('names the missing scope of a token that is read-only or has none', async () => {
      const { gitea } = place;
      assert.match(
        await answer(await gitea.token('ada', ['read:user', 'read:repository'])),
        /the token cannot write repositories.*write:repository/,
      );
      assert.match(await answer(await gitea.token('ada', ['write:repository'])), /^TokenRefused: .*scope read:user/);
      assert.match(await answer(await gitea.token('ada', ['read:user'])), /lacks the scope read:repository/);
      assert.match(await answer('0123456789abcdef0123456789abcdef01234567'), /^Unauthenticated/);
    });

    it('reveals nothing of the repository to a user without access', async () => {
      const said = await answer(await place.gitea.token('stranger'));
      assert.match(said, /no access to the tenant configuration repository/);
      assert.doesNotMatch(said, /platform|ada/);
    });

    it('applies at once when access or the account is revoked', async () => {
      const { gitea, repository } = place;
      const [gone, blocked] = [await gitea.token('gone'), await gitea.token('blocked')];
      await gitea.protect(repository, ['ada', 'gone', 'blocked']);
      assert.deepEqual([await answer(gone), await answer(blocked)], ['yes', 'yes']);
      await gitea.api('DELETE', `/repos/${repository}/collaborators/gone`);
      assert.match(await answer(gone), /no access/);
      await gitea.api('PATCH', '/admin/users/blocked', { prohibit_login: true, login_name: 'blocked', source_id: 0 });
      assert.match(await answer(blocked), /AccountBlocked|the account is not let in/);
    });

    it('excludes everyone while the repository is archived', async () => {
      const { gitea, repository, token } = place;
      await gitea.api('PATCH', `/repos/${repository}`, { archived: true });
      assert.match(await answer(token), /the repository platform\/tenant-config is archived/);
      await gitea.api('PATCH', `/repos/${repository}`, { archived: false });
      assert.equal(await answer(token), 'yes');
    });

    it('reports a renamed repository without following the redirect', async () => {
      const { gitea, repository, token } = place;
      await gitea.api('PATCH', `/repos/${repository}`, { name: 'renamed' });
      assert.match(await answer(token), /^GitHostRedirects: Gitea answers with a redirect \(301\)/);
    });
  });
}

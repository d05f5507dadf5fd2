import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../errors/errors.ts';
import { Secret } from '../base/secret.ts';
import type { Caller, Role } from '../resources/caller.ts';
import type { User } from '../../test/doubles/gitlab/model.ts';
import {
  answer,
  callerWith,
  DEVELOPER,
  MAINTAINER,
  openGitLab,
  type Place,
  placeOf,
  reasonOf,
} from './testing/gitlab-place.ts';
import { describeIdentityProviderContract } from './identity-provider.contract.ts';

const signal = new AbortController().signal;

const LEVELS: Readonly<Record<Role, number>> = { reader: 20, maintainer: 40 };

describeIdentityProviderContract('GitLab', async () => {
  const { gitlab, project, identity, close } = await openGitLab();
  const tokens = new Map<string, string>();
  let count = 0;
  return {
    provider: identity,
    async addPerson(role) {
      count += 1;
      const user = gitlab.addUser(`person-${count}`, { name: `Person ${count}` });
      project.members.set(user, { level: LEVELS[role] });
      const token = gitlab.token(user);
      const caller = {
        id: `gitlab:${user.id}`,
        name: user.name,
        email: user.email,
        credential: new Secret(token),
      };
      tokens.set(caller.id, token);
      return { token: new Secret(token), caller };
    },
    revoke: async (caller) => gitlab.revoke(tokens.get(caller.id) ?? ''),
    cleanUp: close,
  };
});

describe('the owner of a GitLab token', () => {
  it('is identified by personal, project, group and OAuth tokens, with name and address of the account', async (context) => {
    const place = await placeOf(context);
    const ada = place.gitlab.addUser('ada', { name: 'Ada Lovelace', email: 'ada@example.com' });
    for (const kind of ['personal', 'oauth'] as const) {
      const caller = await callerWith(place, place.gitlab.token(ada, { kind }));
      assert.deepEqual([caller.name, caller.email], ['Ada Lovelace', 'ada@example.com']);
      assert.equal(caller.id, `gitlab:${ada.id}`);
    }
    for (const kind of ['project', 'group'] as const) {
      const bot = place.gitlab.addUser(`${kind}_1_bot_x`, { name: `CI of the ${kind}`, isBot: true });
      place.project.members.set(bot, { level: MAINTAINER });
      const token = place.gitlab.token(bot, { kind });
      assert.equal((await callerWith(place, token)).name, `CI of the ${kind}`);
      assert.equal(await answer(place, token), 'yes');
    }
  });

  it('gets the reason for a token that belongs to no user, is expired, lacks a scope or is blocked', async (context) => {
    const place = await placeOf(context);
    const { gitlab } = place;
    const ada = gitlab.addUser('ada');
    const blocked = gitlab.addUser('eve');
    blocked.state = 'blocked';
    const cases: readonly (readonly [token: string, expected: RegExp])[] = [
      [
        gitlab.token(ada, { kind: 'deploy' }),
        /^TokenRefused: .*it is a deploy token, not the token of a user.*personal/,
      ],
      ['glcbt-64_abcdefghij', /^TokenRefused: .*CI job token/],
      [gitlab.token(ada, { expiresAt: '2020-01-01' }), /^TokenRefused: .*it has expired.*new one/],
      [gitlab.token(ada, { scopes: ['read_repository'] }), /^TokenRefused: .*lacks the scope read_api or api/],
      [gitlab.token(ada, { scopes: ['write_repository'] }), /^TokenRefused: .*with the scope api/],
      [gitlab.token(blocked), /^AccountBlocked: GitLab does not let this account in/],
      ['glpat-unknown-unknown', /^Unauthenticated: /],
    ];
    for (const [token, expected] of cases) {
      assert.match(await reasonOf(callerWith(place, token)), expected);
    }
  });
});

describe('requests to GitLab', () => {
  async function maintainer(place: Place): Promise<{ readonly token: string; readonly caller: Caller; user: User }> {
    const user = place.gitlab.addUser('ada', { name: 'Ada' });
    place.project.members.set(user, { level: MAINTAINER });
    const token = place.gitlab.token(user);
    const caller = await callerWith(place, token);
    await place.identity.authorize(caller, 'maintainer', 'register', signal);
    return { token, caller, user };
  }

  it('are shared by concurrent checks of the same caller', async (context) => {
    const place = await placeOf(context);
    const { caller } = await maintainer(place);
    const before = place.gitlab.apiRequests();
    await Promise.all(
      Array.from({ length: 200 }, () => place.identity.authorize(caller, 'maintainer', 'register', signal)),
    );
    assert.equal(place.gitlab.apiRequests() - before, 2);
  });

  it('are sent for every write, also right after a granted one', async (context) => {
    const place = await placeOf(context, { cacheMilliseconds: 60_000 });
    const { caller, user } = await maintainer(place);
    place.project.members.set(user, { level: DEVELOPER });
    assert.match(
      await reasonOf(place.identity.authorize(caller, 'maintainer', 'register', signal)),
      /^NoAuthorization/,
    );
  });

  it('are not sent for every read', async (context) => {
    const place = await placeOf(context, { cacheMilliseconds: 60_000 });
    const { caller, token } = await maintainer(place);
    await place.identity.authorize(caller, 'reader', 'read', signal);
    const before = place.gitlab.apiRequests();
    for (let time = 0; time < 5; time += 1) {
      await place.identity.authorize(await callerWith(place, token), 'reader', 'read', signal);
    }
    assert.equal(place.gitlab.apiRequests(), before);
  });

  it('keep working after the project was renamed while the server runs', async (context) => {
    const place = await placeOf(context);
    const { caller } = await maintainer(place);
    place.gitlab.rename(place.project, 'platform/clusters');
    await place.identity.authorize(caller, 'maintainer', 'register', signal);
  });

  it('report a project that was renamed before the start', async (context) => {
    const place = await placeOf(context);
    const user = place.gitlab.addUser('ada');
    place.project.members.set(user, { level: MAINTAINER });
    place.gitlab.rename(place.project, 'platform/clusters');
    await assert.rejects(answer(place, place.gitlab.token(user)), { reason: 'GitHostRedirects' });
  });

  it('decide nothing while GitLab is unavailable, and return the time to retry', async (context) => {
    const place = await placeOf(context);
    const { caller } = await maintainer(place);
    place.gitlab.faults.answer('api', { status: 502 }, 10);
    const ask = () => reasonOf(place.identity.authorize(caller, 'maintainer', 'register', signal));
    assert.match(await ask(), /^GitHostUnavailable: GitLab cannot be asked: it answers with status 502/);
    place.gitlab.faults.clear();
    assert.equal(await ask(), 'none');
    place.gitlab.faults.answer('api', { status: 429, headers: { 'retry-after': '9' } }, 2);
    await assert.rejects(place.identity.authorize(caller, 'maintainer', 'register', signal), (error: unknown) => {
      assert.ok(error instanceof NautesError && error.reason === 'GitHostThrottled');
      return (error.retryAfterMilliseconds ?? 0) > 7000;
    });
    await place.gitlab.setReachable(false);
    assert.match(await reasonOf(callerWith(place, 'glpat-another-token')), /^GitHostUnavailable: .*nothing accepts/);
    await place.gitlab.setReachable(true);
  });

  it('are bounded for a caller that repeats', async (context) => {
    const place = await placeOf(context, { refusalMilliseconds: 600_000 });
    await reasonOf(callerWith(place, 'glpat-the-same-token'));
    const before = place.gitlab.apiRequests();
    for (let time = 0; time < 20; time += 1) await reasonOf(callerWith(place, 'glpat-the-same-token'));
    assert.equal(place.gitlab.apiRequests(), before);
  });
});

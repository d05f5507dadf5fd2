import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { GitLabDouble } from '../../test/doubles/gitlab/gitlab.ts';
import type { Project, User } from '../../test/doubles/gitlab/model.ts';
import { startHostileDoor } from '../../test/hostile/door.ts';
import { GIT_HOST_LIES } from '../../test/hostile/git-host/kinds.ts';
import type { HostilePeer } from '../../test/hostile/peer.ts';
import { Secret } from '../base/secret.ts';
import { NautesError } from '../errors/errors.ts';
import { HostClient, ruleMatches } from '../git-host/index.ts';
import type { Caller } from '../resources/caller.ts';
import { GiteaAccounts } from './gitea-accounts.ts';
import { GitLabAccounts } from './gitlab-accounts.ts';
import { HostIdentity } from './host-identity.ts';

const LIMITS = { requestTimeout: 600, retryDelay: 10 };
const MAINTAINER = 40;
const signal = new AbortController().signal;

let gitlab: GitLabDouble;
let door: HostilePeer;
let project: Project;
let user: User;

before(async () => {
  gitlab = await GitLabDouble.start();
  project = await gitlab.addProject('tenant-config', { group: gitlab.addGroup('platform') });
  user = gitlab.addUser('ann', { name: 'Ann Example' });
  project.members.set(user, { level: MAINTAINER });
  door = await startHostileDoor(gitlab.url);
});
after(async () => {
  await door.close();
  await gitlab[Symbol.asyncDispose]();
});

function open(kind: 'gitlab' | 'gitea' = 'gitlab'): HostIdentity {
  const client = new HostClient({ url: door.url, host: kind, requestsPerMinute: 100_000, limits: LIMITS });
  const accounts =
    kind === 'gitlab'
      ? new GitLabAccounts({ client, project: 'platform/tenant-config' })
      : new GiteaAccounts({ client, repository: 'platform/tenant-config' });
  return new HostIdentity({ accounts, cacheMilliseconds: 0, refusalMilliseconds: 0 });
}

function requireShown(text: string): void {
  assert.ok(text.length < 2_000, `${String(text.length)} characters`);
  assert.ok(!/\p{Cc}|\p{Bidi_Control}/u.test(text), JSON.stringify(text));
}

/** What comes of it: a value, or the reason of an error of the catalogue that can be shown. */
async function outcome<T>(work: Promise<T>): Promise<T | string> {
  try {
    return await work;
  } catch (error) {
    assert.ok(error instanceof NautesError, inspect(error));
    requireShown(error.message);
    return error.reason;
  }
}

function requireSound(caller: Caller | string): void {
  if (typeof caller === 'string') return;
  for (const text of [caller.id, caller.name, caller.email]) requireShown(text);
  assert.match(caller.id, /^git(lab|ea):[1-9]\d{0,15}$/);
}

async function mayWrite(identity: HostIdentity, caller: Caller): Promise<boolean> {
  return (await outcome(identity.authorize(caller, 'maintainer', 'register', signal))) === undefined;
}

describe('identification by a Git server that lies', () => {
  for (const kind of ['gitlab', 'gitea'] as const) {
    for (const [name, lies] of Object.entries(GIT_HOST_LIES)) {
      it(`ends with a sound caller or an error of its catalogue: ${kind}, ${name}`, async () => {
        const identity = open(kind);
        door.misbehave(...lies);
        const caller = await outcome(identity.authenticate(new Secret(gitlab.token(user)), signal));
        requireSound(caller);
        if (typeof caller !== 'string') await outcome(identity.authorize(caller, 'maintainer', 'register', signal));
        await identity.close();
      });
    }
  }

  for (const name of ['other-branch', 'odd-date', 'other-types', 'silent', 'page']) {
    it(`lets no one write whom it does not clearly let write: ${name}`, async () => {
      const identity = open();
      door.misbehave();
      const caller = await identity.authenticate(new Secret(gitlab.token(user)), signal);
      door.misbehave(...(GIT_HOST_LIES[name] ?? []));
      assert.ok(!(await mayWrite(identity, caller)));
      await identity.close();
    });
  }

  it('is as before when the server is honest again', async () => {
    const identity = open();
    door.misbehave();
    const caller = await identity.authenticate(new Secret(gitlab.token(user)), signal);
    assert.equal(caller.name, 'Ann Example');
    await identity.close();
  });

  it('matches a rule of any length with a name at once', () => {
    assert.ok(!ruleMatches(`${'*'.repeat(100_000)}x`, 'main'));
    assert.ok(ruleMatches('*'.repeat(100_000), 'main'));
    assert.deepEqual(
      ['m*n', '*ai*', 'main*', '*main', 'ma*ain', 'm*', 'release/*', 'MAIN*'].map((rule) => ruleMatches(rule, 'main')),
      [true, true, true, true, false, true, false, false],
    );
  });
});

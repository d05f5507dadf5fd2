import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { User } from '../../test/doubles/gitlab/model.ts';
import { answer, DEVELOPER, GUEST, MAINTAINER, OWNER, type Place, placeOf, REPORTER } from './testing/gitlab-place.ts';

describe('who may push to main of a project in GitLab', () => {
  const cases: readonly {
    readonly who: string;
    readonly arrange: (place: Place, user: User) => void;
    readonly scopes?: readonly string[];
    /** Runs between the identification of the caller and the check of permissions. */
    readonly afterwards?: (user: User) => void;
    /** `yes`, or the text of the refusal. */
    readonly expected: 'yes' | RegExp;
  }[] = [
    {
      who: 'a maintainer',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER }),
      expected: 'yes',
    },
    {
      who: 'a maintainer with a token that reads the API and writes repositories',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER }),
      scopes: ['read_api', 'write_repository'],
      expected: 'yes',
    },
    {
      who: 'an owner by the group',
      arrange: ({ group }, user) => group.members.set(user, { level: OWNER }),
      expected: 'yes',
    },
    {
      who: 'a maintainer of an invited group',
      arrange: ({ gitlab, project }, user) => {
        const group = gitlab.addGroup('operators');
        group.members.set(user, { level: OWNER });
        project.invitations.push({ group, level: MAINTAINER });
      },
      expected: 'yes',
    },
    {
      who: 'an owner of a group that was invited as developers',
      arrange: ({ gitlab, project }, user) => {
        const group = gitlab.addGroup('operators');
        group.members.set(user, { level: OWNER });
        project.invitations.push({ group, level: DEVELOPER });
      },
      expected: /role there is Developer, and main may be pushed to by those with at least the role Maintainer/,
    },
    {
      who: 'a maintainer of a group that was invited until yesterday',
      arrange: ({ gitlab, project }, user) => {
        const group = gitlab.addGroup('operators');
        group.members.set(user, { level: OWNER });
        project.invitations.push({ group, level: MAINTAINER, expiresAt: '2020-01-01' });
      },
      expected: /the account is no member of the tenant configuration repository/,
    },
    {
      who: 'a maintainer whose membership has ended',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER, expiresAt: '2020-01-01' }),
      expected: /the membership ended on 2020-01-01/,
    },
    {
      who: 'a maintainer whose membership ends some day',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER, expiresAt: '2999-01-01' }),
      expected: 'yes',
    },
    {
      who: 'a developer',
      arrange: ({ project }, user) => project.members.set(user, { level: DEVELOPER }),
      expected:
        /^Ada may not register clusters: the role there is Developer, and main may be pushed to by those with at least the role Maintainer\. This needs the right to push to main of platform\/tenant-config; ask a maintainer or owner of it: Grace \(@grace\)\.$/,
    },
    {
      who: 'a developer where developers may',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: DEVELOPER });
        project.protections = [{ name: 'main', push: [{ level: DEVELOPER }] }];
      },
      expected: 'yes',
    },
    {
      who: 'a developer where main is not protected',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: DEVELOPER });
        project.protections = [{ name: 'release/*', push: [{ level: 0 }] }];
      },
      expected: 'yes',
    },
    {
      who: 'a reporter where main is not protected',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: REPORTER });
        project.protections = [];
      },
      expected: /role there is Reporter, and main may be pushed to by those with at least the role Developer/,
    },
    {
      who: 'a guest, who may not even see the branch',
      arrange: ({ project }, user) => project.members.set(user, { level: GUEST }),
      expected: /role there is Guest, and main may be pushed to by those with at least the role Maintainer/,
    },
    {
      who: 'a maintainer who was blocked after the token was seen',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER }),
      afterwards: (user) => {
        user.state = 'blocked';
      },
      expected: /the account is blocked, or not confirmed.*ask an administrator of GitLab/,
    },
    {
      who: 'an owner where no one may',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: OWNER });
        project.protections = [{ name: 'main', push: [{ level: 0 }] }];
      },
      expected: /role there is Owner, and main may be pushed to by no one/,
    },
    {
      who: 'a developer whom a wildcard lets in although another rule lets no one',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: DEVELOPER });
        project.protections = [
          { name: 'main', push: [{ level: 0 }] },
          { name: 'm*', push: [{ level: DEVELOPER }] },
        ];
      },
      expected: 'yes',
    },
    {
      who: 'a developer who is named',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: DEVELOPER });
        project.protections = [{ name: 'main', push: [{ user }] }];
      },
      expected: 'yes',
    },
    {
      who: 'a maintainer where others are named',
      arrange: ({ gitlab, project }, user) => {
        project.members.set(user, { level: MAINTAINER });
        const other = gitlab.addUser('hedy', { name: 'Hedy Lamarr' });
        project.members.set(other, { level: DEVELOPER });
        project.protections = [{ name: 'main', push: [{ user: other }] }];
      },
      expected: /role there is Maintainer, and main may be pushed to by Hedy Lamarr\./,
    },
    {
      who: 'a member of a group that is named and invited',
      arrange: ({ gitlab, project }, user) => {
        const group = gitlab.addGroup('operators');
        group.members.set(user, { level: DEVELOPER });
        project.invitations.push({ group, level: DEVELOPER });
        project.protections = [{ name: 'main', push: [{ group }] }];
      },
      expected: 'yes',
    },
    {
      who: 'a maintainer of an archived project',
      arrange: ({ project }, user) => {
        project.members.set(user, { level: MAINTAINER });
        project.archived = true;
      },
      expected: /the project platform\/tenant-config is archived/,
    },
    {
      who: 'a maintainer with a token that only reads',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER }),
      scopes: ['read_api', 'read_repository'],
      expected: /the token has the scopes read_api, read_repository and cannot write.*a token with the scope api/,
    },
    {
      who: 'a maintainer with a token that only shows who it is',
      arrange: ({ project }, user) => project.members.set(user, { level: MAINTAINER }),
      scopes: ['read_user', 'write_repository'],
      expected: /the token lacks the scope read_api or api/,
    },
    {
      who: 'a caller who is not a member, without names or the path,',
      arrange: () => {},
      expected:
        /^((?!grace|tenant-config).)*no member of the tenant configuration repository((?!grace|tenant-config).)*$/i,
    },
    {
      who: 'an administrator who is no member',
      arrange: (_place, user) => Object.assign(user, { isAdministrator: true }),
      expected: /account is no member there/,
    },
    {
      who: 'an administrator where administrators may',
      arrange: ({ project }, user) => {
        Object.assign(user, { isAdministrator: true });
        project.protections = [{ name: 'main', push: [{ level: 60 }] }];
      },
      expected: 'yes',
    },
  ];
  for (const { who, arrange, scopes, afterwards, expected } of cases) {
    it(`${who}: ${expected === 'yes' ? 'yes' : 'no, with the reason'}`, async (context) => {
      const place = await placeOf(context);
      const { gitlab, project } = place;
      project.members.set(gitlab.addUser('grace', { name: 'Grace' }), { level: MAINTAINER });
      const user = gitlab.addUser('ada', { name: 'Ada' });
      arrange(place, user);
      const token = gitlab.token(user, scopes === undefined ? {} : { scopes });
      const actual = await answer(place, token, 'maintainer', () => afterwards?.(user));
      if (expected === 'yes') assert.equal(actual, 'yes');
      else assert.match(actual, expected);
    });
  }

  it('is reported without names when the server has no token of its own and the caller may not see them', async (context) => {
    const place = await placeOf(context, { hasOwnToken: false });
    const user = place.gitlab.addUser('ada');
    place.project.members.set(user, { level: DEVELOPER });
    assert.match(
      await answer(place, place.gitlab.token(user)),
      /role there is Developer, and main may be pushed to by/,
    );
  });
});

describe('who may read', () => {
  for (const [level, expected] of [
    [GUEST, /the role there is Guest. This needs at least the role Reporter/],
    [REPORTER, /^yes$/],
    [DEVELOPER, /^yes$/],
  ] as const) {
    it(`with level ${level}: ${expected.source}`, async (context) => {
      const place = await placeOf(context);
      const user = place.gitlab.addUser('ada');
      place.project.members.set(user, { level });
      assert.match(await answer(place, place.gitlab.token(user), 'reader'), expected);
    });
  }
});

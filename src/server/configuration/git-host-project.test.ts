import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import type { Configuration } from './configuration.ts';
import { gitHostProject } from './git-host-project.ts';
import { loadConfiguration } from './load.ts';
import { remoteOptions } from './remote.ts';

async function configuration(environment: Record<string, string | undefined>): Promise<Configuration> {
  return loadConfiguration({ environment });
}

describe('location of GitLab or Gitea', () => {
  for (const [environment, url, project] of [
    [
      { NAUTES_GIT_REMOTE: 'https://git.example/platform/team/config.git' },
      'https://git.example',
      'platform/team/config',
    ],
    [
      {
        NAUTES_GIT_REMOTE: 'https://git.example:8443/gitlab/platform/config.git',
        NAUTES_IDENTITY_URL: 'https://git.example:8443/gitlab/',
      },
      'https://git.example:8443/gitlab',
      'platform/config',
    ],
    [
      {
        NAUTES_GIT_REMOTE: 'ssh://git@git.example/platform/config.git',
        NAUTES_IDENTITY_URL: 'https://git.example',
        NAUTES_IDENTITY_PROJECT: '42',
      },
      'https://git.example',
      '42',
    ],
  ] as const) {
    it(`is ${url} with ${project}`, async () => {
      const place = gitHostProject(await configuration({ NAUTES_IDENTITY_PROVIDER: 'gitlab', ...environment }));
      assert.deepEqual(place, { url, project });
    });
  }

  for (const [environment, expected] of [
    [{}, /identity\.url: it is needed/],
    [{ NAUTES_IDENTITY_URL: 'git.example' }, /identity\.url: git\.example is no http or https address/],
    [{ NAUTES_IDENTITY_URL: 'https://me:secret@git.example' }, /identity\.(url|project)/],
    [{ NAUTES_IDENTITY_URL: 'https://git.example' }, /identity\.project: it is needed/],
    [{ NAUTES_IDENTITY_URL: 'https://git.example', NAUTES_IDENTITY_PROJECT: '../x' }, /no path or id of a project/],
    [{ NAUTES_GIT_REMOTE: 'https://git.example/a/b/c.git', NAUTES_IDENTITY_PROVIDER: 'gitea' }, /identity\.project/],
  ] as const) {
    it(`cannot be derived from ${JSON.stringify(environment)}`, async () => {
      const given = await configuration({ NAUTES_IDENTITY_PROVIDER: 'gitlab', ...environment });
      assert.throws(
        () => gitHostProject(given),
        (error: unknown) => {
          assert.ok(error instanceof NautesError && error.reason === 'ConfigurationInvalid');
          assert.match(error.message, expected);
          return !error.message.includes('secret');
        },
      );
    });
  }
});

describe('pushing as the caller', () => {
  it('needs a remote and tokens that are valid there', async () => {
    for (const environment of [
      { NAUTES_IDENTITY_PROVIDER: 'gitlab' },
      { NAUTES_GIT_REMOTE: 'https://git.example/a/b.git' },
    ]) {
      const given = await configuration({ NAUTES_GIT_PUSH_AS: 'caller', ...environment });
      assert.throws(() => remoteOptions(given), /git\.pushAs: caller needs git\.remote and identity\.provider/);
    }
  });
});

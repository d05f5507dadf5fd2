/** GitLab for tests of the identity provider. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { NautesError } from '../../errors/errors.ts';
import { run } from '../../base/programs/process.ts';
import { Secret } from '../../base/secret.ts';
import { HostClient } from '../../git-host/index.ts';
import { GitLabDouble } from '../../../test/doubles/gitlab/gitlab.ts';
import { GitLabAccounts } from '../gitlab-accounts.ts';
import { HostIdentity } from '../host-identity.ts';
import type { Caller, Role } from '../../resources/caller.ts';
import type { Group, Project } from '../../../test/doubles/gitlab/model.ts';
import type { TestContext } from 'node:test';

export const [GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER] = [10, 20, 30, 40, 50] as const;

const signal = new AbortController().signal;

export interface Place {
  readonly gitlab: GitLabDouble;
  readonly group: Group;
  readonly project: Project;
  readonly identity: HostIdentity;
  /** Closes both. */
  readonly close: () => Promise<void>;
}

interface PlaceOptions {
  readonly cacheMilliseconds?: number;
  readonly refusalMilliseconds?: number;
  readonly hasOwnToken?: boolean;
}

/** A double of GitLab with a project, and an identity provider over it. */
export async function openGitLab(options: PlaceOptions = {}) {
  const gitlab = await GitLabDouble.start();
  const group = gitlab.addGroup('platform');
  const project = await gitlab.addProject('tenant-config', { group });
  await firstCommit(project);
  const own = gitlab.addUser('project_1_bot_nautes', { name: 'Nautes', isBot: true });
  project.members.set(own, { level: MAINTAINER });
  const token = gitlab.token(own);
  const client = new HostClient({ url: gitlab.url, host: 'GitLab', requestsPerMinute: 10_000 });
  const identity = new HostIdentity({
    accounts: new GitLabAccounts({
      client,
      project: 'platform/tenant-config',
      ...(options.hasOwnToken === false ? {} : { ownToken: async () => new Secret(token) }),
    }),
    cacheMilliseconds: options.cacheMilliseconds ?? 50,
    refusalMilliseconds: options.refusalMilliseconds ?? 50,
  });
  const close = async (): Promise<void> => {
    await identity.close();
    await gitlab[Symbol.asyncDispose]();
  };
  const place: Place = { gitlab, group, project, identity, close };
  return place;
}

/** The same, closed after the test. */
export async function placeOf(context: TestContext, options?: PlaceOptions): Promise<Place> {
  const place = await openGitLab(options);
  context.after(() => place.close());
  return place;
}

async function firstCommit({ repository }: Project): Promise<void> {
  const git = async (...args: string[]): Promise<string> => {
    const identity = ['-c', 'user.name=Grace', '-c', 'user.email=grace@example.org'];
    return (await run('git', ['-C', repository, ...identity, ...args])).stdout.toString().trim();
  };
  const tree = await git('mktree');
  await git('update-ref', 'refs/heads/main', await git('commit-tree', tree, '-m', 'First'));
}

/** The caller, as after a request with the token. */
export async function callerWith({ identity }: Place, token: string): Promise<Caller> {
  return identity.authenticate(new Secret(token), signal);
}

/** The refusal as `message remedy`, or `yes`. */
export async function answer(
  place: Place,
  token: string,
  role: Role = 'maintainer',
  between: () => void = () => {},
): Promise<string> {
  try {
    const caller = await callerWith(place, token);
    between();
    await place.identity.authorize(caller, role, 'register', signal);
    return 'yes';
  } catch (error) {
    assert.ok(error instanceof NautesError, String(error));
    assert.doesNotMatch(inspect(error, { depth: null }), new RegExp(token));
    if (error.reason !== 'NoAuthorization') throw error;
    return `${error.message}. ${error.remedy}`;
  }
}

/** The error as `reason: message. remedy`, or `none`. */
export async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    assert.ok(error instanceof NautesError, String(error));
    return `${error.reason}: ${error.message}. ${error.remedy}`;
  }
}

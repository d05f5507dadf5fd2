import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TSchema } from 'typebox';
import { run } from '../../../src/base/programs/process.ts';
import {
  GitLabBranch,
  GitLabMember,
  GitLabProject,
  GitLabProtectedBranch,
  GitLabToken,
  GitLabTokenInfo,
  GitLabUser,
} from '../../../src/git-host/gitlab-api.ts';
import { GitLabDouble } from './gitlab.ts';
import type { Project, User } from './model.ts';

interface PublishedCall {
  readonly list?: boolean;
  readonly fields: Readonly<Record<string, string>>;
}

const published = JSON.parse(await readFile(join(import.meta.dirname, 'published-fields.json'), 'utf8')) as {
  readonly calls: Readonly<Record<string, PublishedCall>>;
};

/** What the server reads of each answer. */
const RELIED_ON: Readonly<Record<string, TSchema>> = {
  'GET /api/v4/user': GitLabUser,
  'GET /api/v4/personal_access_tokens/self': GitLabToken,
  'GET /oauth/token/info': GitLabTokenInfo,
  'GET /api/v4/projects/{id}': GitLabProject,
  'GET /api/v4/projects/{id}/members/all': GitLabMember,
  'GET /api/v4/projects/{id}/members/all/{user_id}': GitLabMember,
  'GET /api/v4/projects/{id}/protected_branches': GitLabProtectedBranch,
  'GET /api/v4/projects/{id}/repository/branches/{branch}': GitLabBranch,
};

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Fields with their types, those of lists inside as `name[].field`. */
function fieldsOf(value: object, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, member]): [string, string][] => {
    const own: [string, string] = [prefix + name, typeOf(member)];
    const [first] = Array.isArray(member) && name === 'push_access_levels' ? (member as object[]) : [];
    return first === undefined ? [own] : [own, ...fieldsOf(first, `${prefix}${name}[].`)];
  });
}

describe('the double of GitLab', () => {
  let gitlab: GitLabDouble;
  let project: Project;
  let ada: User;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-double-'));
    gitlab = await GitLabDouble.start();
    project = await gitlab.addProject('config', { group: gitlab.addGroup('platform') });
    ada = gitlab.addUser('ada');
    project.members.set(ada, { level: 40 });
    const first = await push(gitlab.token(ada), 'first');
    assert.equal(first.code, 0, first.text);
  });
  after(async () => {
    await gitlab[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  /** Pushes an empty commit on top of what is there. */
  async function push(token: string, name: string, ...args: string[]): Promise<{ code: number; text: string }> {
    const clone = join(directory, name);
    const remote = gitlab.remoteOf(project).replace('://', `://oauth2:${token}@`);
    const git = (...more: string[]) =>
      run('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...more], {
        environment: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' },
      });
    await git('clone', '--quiet', project.repository, clone);
    await git('-C', clone, 'commit', '--quiet', '--allow-empty', '-m', name, ...args);
    const { code, stderr } = await git('-C', clone, 'push', remote, '+HEAD:main');
    return { code, text: stderr };
  }

  async function get(path: string, token: string): Promise<{ status: number; json: unknown }> {
    const reply = await fetch(`${gitlab.url}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
    });
    return { status: reply.status, json: await reply.json() };
  }

  for (const [call, { fields, list = false }] of Object.entries(published.calls)) {
    it(`answers ${call} with fields and types that GitLab publishes`, async () => {
      const path = call
        .slice('GET '.length)
        .replace('{id}', String(project.id))
        .replace('{user_id}', String(ada.id))
        .replace('{branch}', 'main');
      const kind = path.startsWith('/oauth') ? 'oauth' : 'personal';
      const { status, json } = await get(path, gitlab.token(ada, { kind }));
      assert.equal(status, 200);
      const value = (list ? (json as object[])[0] : json) as object;
      const found = fieldsOf(value);
      assert.ok(found.length > 0);
      for (const [name, type] of found) {
        const expected = fields[name];
        assert.ok(expected !== undefined, `${name} is not published`);
        assert.ok(
          type === expected.replace('?', '') || (type === 'null' && expected.endsWith('?')),
          `${name}: ${type}`,
        );
      }
    });

    it(`has every field of ${call} that the server relies on`, () => {
      const schema: { readonly properties?: object } | undefined = RELIED_ON[call];
      assert.ok(schema !== undefined, call);
      for (const name of Object.keys(schema.properties ?? {})) assert.ok(name in fields, `${name} is not published`);
    });
  }

  it('refuses pushes in the words of GitLab', async () => {
    const developer = gitlab.addUser('dev');
    project.members.set(developer, { level: 30 });
    const reporter = gitlab.addUser('rep');
    project.members.set(reporter, { level: 20 });
    const stranger = gitlab.addUser('stranger');
    const cases: readonly (readonly [name: string, token: string, expected: RegExp, extra?: string])[] = [
      ['protected', gitlab.token(developer), /remote: GitLab: You are not allowed to push code to protected branches/],
      ['role', gitlab.token(reporter), /remote: You are not allowed to push code to this project/],
      ['scope', gitlab.token(ada, { scopes: ['read_repository'] }), /You are not allowed to upload code/],
      ['stranger', gitlab.token(stranger), /could not be found or you don't have permission/],
      ['unknown', 'glpat-unknown', /HTTP Basic: Access denied/],
      ['expired', gitlab.token(ada, { expiresAt: '2020-01-01' }), /HTTP Basic: Access denied/],
      ['forced', gitlab.token(ada), /not allowed to force push code to a protected branch/, '--amend'],
    ];
    for (const [name, token, expected, extra] of cases) {
      const { code, text } = await push(token, name, ...(extra === undefined ? [] : [extra]));
      assert.notEqual(code, 0, name);
      assert.match(text, expected, name);
    }
    assert.equal((await push(gitlab.token(ada), 'again')).code, 0);
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import type { User } from '../doubles/gitlab/model.ts';
import type { ApiClient, ApiReply } from '../harness/api-client.ts';
import { GitLabSurroundings } from '../harness/gitlab-surroundings.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { waitUntil } from '../harness/wait-until.ts';

const CLUSTERS = 'nautes/overlays/production/clusters';

describe('a server whose callers and repository are in GitLab', () => {
  let source: TargetClusterSource;
  let target: TargetCluster;
  let surroundings: GitLabSurroundings;
  let server: NautesProcess;
  let [grace, dev, rita]: User[] = [];
  let maintainer: ApiClient;
  let developer: ApiClient;
  let reader: ApiClient;
  const tokens: string[] = [];

  before(async () => {
    source = await sandboxSource(1);
    target = await source.create();
    surroundings = await GitLabSurroundings.start();
    server = await NautesProcess.start({
      configuration: {
        ...surroundings.configuration,
        identity: { ...surroundings.configuration.identity, oauthClientId: 'nautes-app' },
        catalog: { files: source.catalogFiles },
      },
    });
    surroundings.addHook(server.url);
    grace = surroundings.addPerson('Grace', 'maintainer');
    dev = surroundings.addPerson('Dev', 'developer');
    rita = surroundings.addPerson('Rita', 'reporter');
    [maintainer, developer, reader] = [grace, dev, rita].map((person) => clientOf(person)) as [
      ApiClient,
      ApiClient,
      ApiClient,
    ];
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await surroundings[Symbol.asyncDispose]();
    await source.close();
  });

  function clientOf(person: User, token = surroundings.gitlab.token(person)): ApiClient {
    tokens.push(token);
    return surroundings.client(() => server.url, person, token);
  }

  it('lets people log in to the console by OAuth, with their own rights', async () => {
    const { oauth } = surroundings.gitlab;
    oauth.applications.push({ id: 'nautes-app', redirectUri: `${server.url}/api/v1/session/oauth/callback` });
    oauth.user = grace;
    const go = async (url: string | null, cookie = '') =>
      await fetch(url ?? '', { redirect: 'manual', headers: { cookie, 'x-nautes-console': '1' } });
    const started = await go(`${server.url}/api/v1/session/oauth/start?next=/console/clusters`);
    const [login = ''] = started.headers.getSetCookie();
    const agreed = await go(started.headers.get('location'));
    const finished = await go(agreed.headers.get('location'), login.split(';')[0]);
    assert.equal(finished.headers.get('location'), '/console/clusters');
    const session = finished.headers.getSetCookie().find((cookie) => /^nautes-\d+=/.test(cookie)) ?? '';
    const caller = await go(`${server.url}/api/v1/caller`, session.split(';')[0]);
    const { name, role, session_expires_at: end } = (await caller.json()) as Record<string, string>;
    assert.deepEqual([name, role], ['Grace', 'maintainer']);
    assert.ok(Date.parse(end ?? '') <= Date.now() + 7200 * 1000, 'it ends with the token');
  });

  /** The error as its reason, message and remedy. */
  function said(reply: ApiReply): string {
    const { reason, message, metadata } = reply.body as {
      readonly reason?: string;
      readonly message?: string;
      readonly metadata?: { readonly remedy?: string };
    };
    return `${reply.status} ${reason}: ${message}. ${metadata?.remedy}`;
  }

  const git = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run('git', ['-C', surroundings.project.repository, ...args]);
    assert.equal(code, 0, stderr);
    return stdout.toString().trim();
  };

  it('tells a reader and a developer why they may not register, before anything is checked', async () => {
    const requests = await target.applyRequests();
    assert.match(
      said(await reader.save('one', workerBody(target))),
      /^403 NO_AUTHORIZATION: Rita may not register clusters: the role there is Reporter, and main may be pushed to by those with at least the role Maintainer\. .*ask a maintainer or owner of it: Grace \(@grace\)\.$/,
    );
    assert.match(said(await developer.save('one', workerBody(target))), /Dev may not .* role there is Developer/);
    assert.match(said(await developer.delete('one')), /^403 NO_AUTHORIZATION/, '403 is decided before existence');
    const anonymous = await reader.request('GET', '/api/v1/clusters', undefined, { authorization: '' });
    assert.equal(anonymous.status, 401);
    assert.equal(await git('rev-list', '--count', 'main'), '1');
    assert.equal(await target.applyRequests(), requests);
  });

  it('takes a cluster from a maintainer to Ready, with the commit authored by that person', async () => {
    const reply = await maintainer.save('one', workerBody(target));
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    assert.equal(await git('rev-parse', 'main'), reply.body['commit']);
    assert.equal(await git('log', '-1', '--format=%an <%ae>', 'main'), 'Grace <grace@example.org>');
    await maintainer.waitForPhase('one', 'Ready');
  });

  it('lets a reader see it, and whoever is no member see nothing', async () => {
    assert.equal((await reader.request('GET', '/api/v1/clusters/one')).status, 200);
    assert.equal((await developer.status('one'))?.phase, 'Ready');
    const stranger = clientOf(surroundings.addPerson('Mallory'));
    const refused = said(await stranger.request('GET', '/api/v1/clusters/one'));
    assert.match(refused, /^403 NO_AUTHORIZATION: Mallory may not read clusters: the account is no member/);
    assert.doesNotMatch(refused, /platform|Grace/);
    assert.match(said(await stranger.request('GET', '/api/v1/clusters/none')), /^403/);
  });

  it('registers nothing at the address of GitLab itself, checks skipped or not', async () => {
    const { port } = new URL(surroundings.gitlab.url);
    const body = { ...workerBody(target), api_server: `https://127.0.0.1:${port}` };
    for (const query of ['', '?insecure_skip_check=true']) {
      assert.match(
        said(await maintainer.save('inside', body, query)),
        /^400 CLUSTER_ADDRESS_REFUSED: .*127\.0\.0\.1 port \d+, which is that of the Git server and not allowed here/,
      );
    }
  });

  it('understands project tokens and OAuth tokens, and refuses deploy tokens in a sentence', async () => {
    const { gitlab, project } = surroundings;
    const bot = gitlab.addUser('project_1_bot_ci', { name: 'CI', isBot: true });
    project.members.set(bot, { level: 40 });
    const ci = clientOf(bot, gitlab.token(bot, { kind: 'project', scopes: ['read_api', 'write_repository'] }));
    const body = workerBody(target, { primary_domain: 'example.com' });
    assert.equal((await ci.save('one', body)).status, 200);
    assert.equal(await git('log', '-1', '--format=%an', 'main'), 'CI');
    const oauth = clientOf(grace as User, gitlab.token(grace as User, { kind: 'oauth' }));
    assert.equal((await oauth.request('GET', '/api/v1/clusters')).status, 200);
    const deploy = clientOf(grace as User, gitlab.token(grace as User, { kind: 'deploy' }));
    assert.match(said(await deploy.request('GET', '/api/v1/clusters')), /^401 TOKEN_REFUSED: .*it is a deploy token/);
    const reading = clientOf(grace as User, gitlab.token(grace as User, { scopes: ['read_api'] }));
    assert.equal((await reading.request('GET', '/api/v1/clusters')).status, 200);
    assert.match(said(await reading.save('one', body)), /the token has the scope read_api and cannot write/);
  });

  it('takes a commit by hand at once when GitLab tells of it', async () => {
    const clone = await mkdtemp(join(tmpdir(), 'nautes-hand-'));
    const token = surroundings.gitlab.token(grace as User);
    const remote = surroundings.gitlab.remoteOf(surroundings.project).replace('://', `://oauth2:${token}@`);
    const person = ['-c', 'user.name=Grace', '-c', 'user.email=grace@example.org'];
    assert.equal((await run('git', ['clone', '--quiet', '--', remote, clone])).code, 0);
    await writeFile(join(clone, CLUSTERS, 'two.yaml'), 'kind: [\n');
    await run('git', ['-C', clone, 'add', '--all']);
    await run('git', ['-C', clone, ...person, 'commit', '--quiet', '--message', 'Add two']);
    assert.equal((await run('git', ['-C', clone, 'push', '--quiet'])).code, 0);
    await surroundings.gitlab.delivered();
    // The next poll would be in an hour.
    await waitUntil('the file of two', async () =>
      (await maintainer.status('two'))?.conditions.some(({ reason }) => reason === 'ClusterFileInvalid'),
    );
    await run('git', ['-C', clone, ...person, 'revert', '--no-edit', 'HEAD']);
    assert.equal((await run('git', ['-C', clone, 'push', '--quiet'])).code, 0);
    await waitUntil('two to be gone', async () => (await maintainer.status('two')) === undefined);
    await rm(clone, { recursive: true });
  });

  it('asks about rights again just before the push: who lost them in between is refused', async () => {
    const { gitlab, project } = surroundings;
    const requests = gitlab.apiRequests();
    const saves = Array.from({ length: 20 }, async () => maintainer.save('one', workerBody(target)));
    for (const reply of await Promise.all(saves)) assert.equal(reply.status, 200, JSON.stringify(reply.body));
    const asked = gitlab.apiRequests() - requests;
    assert.ok(asked < 20 * 4, `${asked} requests for 20 saves of one caller at the same time`);
    gitlab.faults.pushMilliseconds = 1500;
    const running = maintainer.save('one', workerBody(target, { primary_domain: 'running.example.com' }));
    await waitUntil('a push that takes its time', async () => gitlab.git.pushes > 0 && (await isPushing()));
    const waiting = maintainer.save('one', workerBody(target, { primary_domain: 'waiting.example.com' }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    project.members.set(grace as User, { level: 30 });
    assert.equal((await running).status, 200);
    assert.match(
      said(await waiting),
      /^403 NO_AUTHORIZATION: Grace may not register clusters: the role there is Developer/,
    );
    gitlab.faults.clear();
    project.members.set(grace as User, { level: 40 });
    // A no is believed for some seconds.
    await waitUntil(
      'the rights to count again',
      async () => (await maintainer.save('one', workerBody(target))).status === 200,
    );
  });

  async function isPushing(): Promise<boolean> {
    const last = surroundings.gitlab.requests.at(-1);
    return last?.method === 'POST' && last.path.endsWith('git-receive-pack');
  }

  it('pushes with the token of each caller where that is configured, and needs no right to push then', async () => {
    const { gitlab, project, account, configuration } = surroundings;
    await using other = await NautesProcess.start({
      configuration: { ...configuration, role: 'api', git: { ...configuration.git, pushAs: 'caller' } },
    });
    project.members.set(account, { level: 20 });
    const hedy = surroundings.addPerson('Hedy', 'maintainer');
    const clients = [grace as User, hedy].map((person) => {
      return surroundings.client(() => other.url, person, gitlab.token(person));
    });
    const pushed = gitlab.git.pushers.length;
    gitlab.faults.pushMilliseconds = 500; // so that others gather behind the first
    const saves = Array.from({ length: 8 }, async (_, index) => {
      const body = { ...workerBody(target), api_server: `https://127.0.0.1:${300 + index}` };
      return clients[index % 2]?.save(`caller-${index}`, body, '?insecure_skip_check=true');
    });
    for (const reply of await Promise.all(saves)) assert.equal(reply?.status, 200, JSON.stringify(reply?.body));
    gitlab.faults.clear();
    const pushers = gitlab.git.pushers.slice(pushed);
    assert.deepEqual([...new Set(pushers)].sort(), ['grace', 'hedy']);
    assert.ok(pushers.length < 8, `${pushers.length} pushes`);
    const deletions = Array.from({ length: 8 }, async (_, index) => clients[index % 2]?.delete(`caller-${index}`));
    for (const reply of await Promise.all(deletions)) assert.equal(reply?.status, 200, JSON.stringify(reply?.body));
    project.members.set(account, { level: 40 });
  });

  it('says what is wrong when its own token has expired, still serves, and continues with a new one', async () => {
    const { gitlab, account } = surroundings;
    await surroundings.useServerToken(gitlab.token(account, { expiresAt: '2020-01-01' }));
    const body = workerBody(target, { primary_domain: 'later.example.com' });
    const refused = await maintainer.save('one', body);
    assert.match(said(refused), /^503 CONFIG_REPO_TOKEN_REFUSED: .*put a valid one into the file git\.tokenFile/);
    assert.equal((await reader.request('GET', '/api/v1/clusters/one')).status, 200);
    await surroundings.useServerToken(gitlab.token(account));
    const accepted = await maintainer.save('one', body);
    assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
    await maintainer.waitForPhase('one', 'Ready');
  });

  it('answers 503 with the time to come back while GitLab is away or asks for a pause', async () => {
    const { gitlab } = surroundings;
    gitlab.faults.answer('api', { status: 429, headers: { 'retry-after': '2' } }, 2);
    const paused = await clientOf(grace as User).save('one', workerBody(target));
    assert.match(said(paused), /^503 GIT_HOST_THROTTLED/);
    assert.equal(paused.headers.get('retry-after'), '2');
    gitlab.faults.clear();
    await gitlab.setReachable(false);
    const away = await clientOf(dev as User).request('GET', '/api/v1/clusters');
    assert.match(said(away), /^503 GIT_HOST_UNAVAILABLE: GitLab cannot be asked: nothing accepts connections there/);
    await gitlab.setReachable(true);
  });

  it('off-boards the cluster and names the person in the receipt', async () => {
    const { incarnation } = (await maintainer.status('one')) ?? { incarnation: '' };
    const reply = await maintainer.delete('one');
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    const receipt = await maintainer.waitForReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.requestedBy], ['Complete', 'Grace']);
    assert.match(await git('log', '-1', '--format=%an: %s', 'main'), /^Grace: Delete cluster one$/);
  });

  it('has written no token anywhere', async () => {
    const { code } = await server.stop();
    assert.equal(code, 0);
    const all = [...tokens, ...surroundings.gitlab.tokens.keys()];
    for (const token of all) assert.ok(!server.output.includes(token));
    const files = await run('grep', ['-rlF', ...all.flatMap((token) => ['-e', token]), '--', server.dataDirectory]);
    assert.equal(files.stdout.toString(), '');
  });
});

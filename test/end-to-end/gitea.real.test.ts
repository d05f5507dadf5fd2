import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { Gitea, GITEA_NOT_BUILT, giteaFiles } from '../../tools/gitea/gitea.ts';
import { ApiClient, type ApiReply } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { waitUntil } from '../harness/wait-until.ts';

const SAVES = 200;
const MAINTAINERS = ['ada', 'grace', 'hedy', 'joan'];
const HOOK_SECRET = 'shared with the hook';

const skip = (await giteaFiles()) === undefined && GITEA_NOT_BUILT;

describe('a server whose callers and repository are in Gitea', { skip }, () => {
  let source: TargetClusterSource;
  let target: TargetCluster;
  let gitea: Gitea;
  let repository: string;
  let directory: string;
  let server: NautesProcess;
  const clients = new Map<string, ApiClient>();

  before(async () => {
    source = await sandboxSource(1);
    target = await source.create();
    gitea = await Gitea.start();
    for (const name of ['nautes', ...MAINTAINERS, 'dev', 'rita', 'mallory']) await gitea.addUser(name, `Full ${name}`);
    repository = await gitea.addRepository('platform', 'tenant-config', { pushers: ['nautes', ...MAINTAINERS] });
    await gitea.allow(repository, 'dev', 'write');
    await gitea.allow(repository, 'rita', 'read');
    await gitea.allow(repository, 'nautes', 'admin');
    directory = await mkdtemp(join(tmpdir(), 'nautes-gitea-'));
    await writeFile(join(directory, 'token'), await gitea.token('nautes'));
    await writeFile(join(directory, 'hook'), HOOK_SECRET);
    server = await NautesProcess.start({
      configuration: {
        // What becomes of the clusters does not matter here.
        role: 'api',
        identity: { provider: 'gitea', cacheSeconds: 1, requestsPerMinute: 6000 },
        git: { remote: gitea.remoteOf(repository), tokenFile: join(directory, 'token'), pollSeconds: 3600 },
        webhooks: { secretFile: join(directory, 'hook') },
        log: { level: 'warn' },
      },
    });
    for (const name of [...MAINTAINERS, 'dev', 'rita', 'mallory']) {
      const token = await gitea.token(name);
      clients.set(name, new ApiClient(() => server.url, token));
    }
    const hook = await gitea.api('POST', `/repos/${repository}/hooks`, {
      type: 'gitea',
      active: true,
      events: ['push'],
      config: { url: `${server.url}/api/v1/webhooks/gitea`, content_type: 'json', secret: HOOK_SECRET },
    });
    assert.equal(hook.status, 201);
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await gitea?.[Symbol.asyncDispose]();
    await source?.close();
    await rm(directory, { recursive: true, force: true });
  });

  function client(name: string): ApiClient {
    const found = clients.get(name);
    assert.ok(found !== undefined, name);
    return found;
  }

  function said(reply: ApiReply): string {
    const { reason, message, metadata } = reply.body as {
      readonly reason?: string;
      readonly message?: string;
      readonly metadata?: { readonly remedy?: string };
    };
    return `${reply.status} ${reason}: ${message}. ${metadata?.remedy}`;
  }

  const log = async (format: string): Promise<string[]> => {
    const args = ['-C', gitea.repositoryDirectory(repository), 'log', `--format=${format}`, 'main'];
    return (await run('git', args)).stdout.toString().trim().split('\n');
  };

  it('tells everybody in a sentence why they may not save', async () => {
    const save = (name: string) => client(name).save('one', workerBody(target));
    assert.match(
      said(await save('dev')),
      /^403 NO_AUTHORIZATION: Full dev may not register clusters: main may be pushed to by/,
    );
    assert.match(said(await save('rita')), /^403 NO_AUTHORIZATION: .*the account may read there and not write/);
    assert.match(
      said(await save('mallory')),
      /^403 NO_AUTHORIZATION: .*no access to the tenant configuration repository/,
    );
    assert.equal((await client('rita').request('GET', '/api/v1/clusters')).status, 200);
    assert.match(said(await client('mallory').request('GET', '/api/v1/clusters')), /^403/);
    assert.equal((await log('%s')).length, 1);
  });

  it('commits 200 saves of four people at the same time where a push takes half a second, each by its author', async () => {
    await gitea.slowDown(repository, 0.5);
    const saves = Array.from({ length: SAVES }, async (_, index) => {
      const person = client(MAINTAINERS[index % MAINTAINERS.length] ?? '');
      // Ports that no service of the test listens on: the kernel gives out none below 1024.
      const body = { ...workerBody(target), api_server: `https://127.0.0.1:${300 + index}` };
      return person.save(`cluster-${index}`, body, '?insecure_skip_check=true');
    });
    const replies = await Promise.all(saves);
    for (const reply of replies) assert.equal(reply.status, 200, JSON.stringify(reply.body));
    assert.equal(new Set(replies.map(({ body }) => body['commit'])).size, SAVES);
    const subjects = await log('%s');
    assert.equal(subjects.length, 1 + SAVES);
    assert.equal(new Set(subjects).size, 1 + SAVES);
    const authors = await log('%an <%ae>');
    for (const name of MAINTAINERS) {
      const own = authors.filter((author) => author === `Full ${name} <${name}@example.org>`);
      assert.equal(own.length, SAVES / MAINTAINERS.length);
    }
    const listed = await client('rita').request('GET', '/api/v1/clusters');
    assert.equal((listed.body['items'] as unknown[]).length, SAVES);
  });

  it('takes a commit by hand at once when Gitea tells of it with its signature', async () => {
    const clone = join(directory, 'clone');
    const remote = gitea.remoteOf(repository).replace('://', `://ada:${client('ada').token}@`);
    const git = async (...args: string[]): Promise<void> => {
      const { code, stderr } = await run('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args]);
      assert.equal(code, 0, stderr);
    };
    await git('clone', '--quiet', '--', remote, clone);
    await git('-C', clone, 'rm', '--quiet', 'nautes/overlays/production/clusters/cluster-7.yaml');
    await git('-C', clone, 'commit', '--quiet', '--message', 'Remove cluster-7');
    await git('-C', clone, 'push', '--quiet');
    // The next poll would be in an hour.
    await waitUntil('the cluster to be gone', async () => {
      return (await client('rita').request('GET', '/api/v1/clusters/cluster-7')).status === 404;
    });
  });

  it('shows no token in its output', async () => {
    await server.stop();
    for (const { token } of clients.values()) {
      assert.ok(!server.output.includes(token), createHash('sha256').update(token).digest('hex'));
    }
  });
});

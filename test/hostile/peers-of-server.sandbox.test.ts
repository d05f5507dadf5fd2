import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import type { User } from '../doubles/gitlab/model.ts';
import { administeredDouble } from '../doubles/vault/administered.ts';
import type { ApiClient, ApiReply } from '../harness/api-client.ts';
import { GitLabSurroundings } from '../harness/gitlab-surroundings.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { VaultSurroundings } from '../harness/vault-surroundings.ts';
import { waitUntil } from '../harness/wait-until.ts';
import { startHostileDoor } from './door.ts';
import { GIT_HOST_LIES } from './git-host/kinds.ts';
import type { HostilePeer } from './peer.ts';
import { REMOTE_LIES, SLOW_REMOTE_LIES } from './remote/kinds.ts';
import { VAULT_LIES } from './vault/kinds.ts';

/** Of each sort one: without end, more than it is, not what was asked for. */
const REMOTE_KINDS = [
  'endless-references-1',
  'endless-progress',
  'two-billion-objects',
  'delta-bomb',
  'tree-bomb',
  'long-error',
  'cut-pack',
  'other-names',
  'redirect',
];
/** Without those that end at a deadline of seconds, and those after which nothing is asked for a while. */
const GIT_HOST_KINDS = Object.keys(GIT_HOST_LIES).filter(
  (kind) => !['silent', 'slow-body', 'pause-of-days', 'pause-of-nothing'].includes(kind),
);
/** What `/readyz` names while Vault lies so. */
const VAULT_REASONS: Readonly<Record<string, RegExp>> = {
  sealed: /^VaultSealed$/,
  'endless-body': /^Vault/,
  deep: /^Vault/,
  'many-values': /^Vault/,
  page: /^Vault/,
  redirect: /^Vault/,
  reset: /^VaultUnreachable$/,
};

/** Control characters and marks of direction, as they are and as JSON writes them. */
const UNCLEAN = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]|\\u00(0[0-8bcef]|1|7f)|\\u202[89a-e]/u;
const FETCH = /info\/refs\?service=git-upload-pack/;
/** More than the server takes when all are honest, MiB. */
const MAXIMUM_GROWTH_MEBIBYTES = 250;

describe('a server whose Git remote, GitLab and Vault lie', () => {
  let source: TargetClusterSource;
  let gitlab: GitLabSurroundings;
  let vault: VaultSurroundings;
  let gitDoor: HostilePeer;
  let vaultDoor: HostilePeer;
  let server: NautesProcess;
  let person: User;
  let client: ApiClient;
  let targets: TargetCluster[];
  let honestPeak = 0;

  before(async () => {
    source = await sandboxSource(3);
    targets = [await source.create(), await source.create(), await source.create()];
    gitlab = await GitLabSurroundings.start();
    vault = await VaultSurroundings.prepare(await administeredDouble());
    gitDoor = await startHostileDoor(gitlab.gitlab.url);
    vaultDoor = await startHostileDoor(vault.vault.address);
    const { git, ...identity } = gitlab.configuration;
    const { secrets } = vault.configuration() as { readonly secrets: { readonly vault: object } };
    server = await NautesProcess.start({
      configuration: {
        ...identity,
        git: { ...git, remote: git.remote.replace(gitlab.gitlab.url, gitDoor.url), pollSeconds: 1 },
        secrets: { ...secrets, vault: { ...secrets.vault, address: vaultDoor.url } },
        catalog: { files: source.catalogFiles },
        controllers: { driftSeconds: 3 },
        log: { level: 'debug' },
      },
    });
    person = gitlab.addPerson('Grace', 'maintainer');
    client = gitlab.client(() => server.url, person);
    await register('healthy', 0);
    honestPeak = await peakMebibytes();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await Promise.all([gitDoor.close(), vaultDoor.close()]);
    await Promise.all([gitlab[Symbol.asyncDispose](), vault[Symbol.asyncDispose]()]);
    await source.close();
  });

  const bodyOf = (index: number): Record<string, unknown> => {
    const target = targets[index];
    if (target === undefined) throw new Error('there are too few clusters');
    return workerBody(target);
  };

  async function register(name: string, index: number): Promise<string> {
    const { status, body } = await client.save(name, bodyOf(index));
    assert.equal(status, 200, JSON.stringify(body));
    await client.waitForPhase(name, 'Ready');
    return String(body['commit']);
  }

  /** The most memory that the process has ever had; what the kernel counts, so on Linux only. */
  async function peakMebibytes(): Promise<number> {
    const status = await readFile(`/proc/${server.pid ?? 0}/status`, 'utf8').catch(() => '');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  }

  async function reasonOf(part: string): Promise<string> {
    const { body } = await client.request('GET', '/readyz');
    return (body['reasons'] as Readonly<Record<string, string>>)[part] ?? '';
  }

  /** Once the remote is followed again. */
  async function followed(): Promise<void> {
    await waitUntil('the remote is followed', async () => (await reasonOf('config_repository')) === '');
  }

  /** What those who may read are told of the part. */
  async function toldOf(part: string): Promise<string> {
    const { status, body } = await client.request('GET', '/api/v1/server');
    assert.equal(status, 200);
    const parts = body['parts'] as readonly { readonly name: string; readonly message?: string }[];
    return parts.find(({ name }) => name === part)?.message ?? '';
  }

  /** Until a fetch that began after now has ended: the next one begins. */
  async function nextFetches(): Promise<void> {
    const fetches = (): number => gitDoor.requests.filter(({ target }) => FETCH.test(target)).length;
    const had = fetches();
    await waitUntil('two fetches', () => Promise.resolve(fetches() >= had + 2));
  }

  const git = async (...args: readonly string[]): Promise<string> => {
    const identity = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.org'];
    const { code, stdout, stderr } = await run('git', ['-C', gitlab.project.repository, ...identity, ...args]);
    assert.equal(code, 0, stderr);
    return stdout.toString().trim();
  };

  it('names what is wrong with the remote, answers reads, keeps clusters Ready, and takes saves when it is honest', async () => {
    for (const kind of REMOTE_KINDS) {
      gitDoor.misbehave(...(REMOTE_LIES[kind] ?? []));
      await nextFetches();
      await waitUntil(`${kind} is told`, async () => (await reasonOf('config_repository')).startsWith('ConfigRepo'));
      const told = await toldOf('config_repository');
      assert.ok(told.length > 20 && told.length < 1_000, `${kind}: ${told}`);
      assertClean(kind, told);
      assert.equal((await client.request('GET', '/api/v1/clusters')).status, 200, kind);
    }
    const refused = await client.save('second', bodyOf(1));
    assert.match(`${refused.status} ${String(refused.body['reason'])}`, /^503 CONFIG_REPO_/);
    assert.equal((await client.status('healthy'))?.phase, 'Ready');
    gitDoor.misbehave();
    await followed();
    await register('second', 1);
  });

  it('answers reads while the remote says nothing, and goes on when it does', async () => {
    gitDoor.misbehave(...(SLOW_REMOTE_LIES['silent'] ?? []).map((lie) => ({ ...lie, match: 'git-upload-pack' })));
    const { length } = gitDoor.requests;
    await waitUntil('it was asked', () =>
      Promise.resolve(gitDoor.requests.slice(length).some(({ target }) => FETCH.test(target))),
    );
    assert.equal((await client.request('GET', '/api/v1/clusters')).status, 200);
    assert.equal((await client.request('GET', '/readyz')).status, 200);
    gitDoor.misbehave();
    const { status, body } = await client.save('second', { ...bodyOf(1), primary_domain: 'example.org' });
    assert.equal(status, 200, JSON.stringify(body));
  });

  it('follows a history that was rewritten to the same content, and builds on it', async () => {
    const rewritten = await git('commit-tree', '-m', 'Rewritten', 'main^{tree}');
    await git('update-ref', 'refs/heads/main', rewritten);
    await waitUntil('the history is followed', () => Promise.resolve(server.output.includes(rewritten)));
    await followed();
    const commit = await register('third', 2);
    assert.equal(await git('rev-list', '--count', commit), '2');
    assert.equal((await client.status('healthy'))?.phase, 'Ready');
  });

  it('ends every request with an answer of its catalogue, and lets callers in again when GitLab is honest', async () => {
    for (const kind of GIT_HOST_KINDS) {
      gitDoor.misbehave(...(GIT_HOST_LIES[kind] ?? []));
      const other = gitlab.client(() => server.url, person); // nothing is known of its token
      for (const reply of [await other.request('GET', '/api/v1/clusters'), await other.save('fourth', bodyOf(0))]) {
        assertOurs(kind, reply);
      }
      assert.equal((await client.request('GET', '/healthz')).status, 200, kind);
    }
    gitDoor.misbehave();
    await followed();
    await waitUntil('callers are known', async () => (await client.request('GET', '/api/v1/clusters')).status === 200);
    assert.equal((await client.status('healthy'))?.phase, 'Ready');
  });

  it('names what is wrong with Vault, answers reads, and works on clusters again when it is honest', async () => {
    for (const [kind, expected] of Object.entries(VAULT_REASONS)) {
      vaultDoor.misbehave(...(VAULT_LIES[kind] ?? []));
      await waitUntil(`${kind} is told`, async () => expected.test(await reasonOf('secret_store')));
      assert.equal((await client.request('GET', '/api/v1/clusters')).status, 200, kind);
      const told = await toldOf('secret_store');
      assert.ok(told.length > 20 && told.length < 1_000, `${kind}: ${told}`);
      assertClean(kind, `${told} ${JSON.stringify(await client.status('healthy'))}`);
    }
    const refused = await client.save('third', { ...bodyOf(2), primary_domain: 'example.org' });
    assert.match(`${refused.status} ${String(refused.body['reason'])}`, /^50[023] (VAULT|SECRET)_/);
    vaultDoor.misbehave();
    await waitUntil('Vault is used', async () => (await client.request('GET', '/readyz')).status === 200);
    const saved = await client.save('third', { ...bodyOf(2), primary_domain: 'example.org' });
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    for (const name of ['healthy', 'second', 'third']) await client.waitForPhase(name, 'Ready');
  });

  it('has not ended, has taken no more memory than its limits allow, and has shown nothing of what was put into texts', async () => {
    assert.ok((await peakMebibytes()) - honestPeak < MAXIMUM_GROWTH_MEBIBYTES, `${await peakMebibytes()} MiB`);
    assertClean('the log', server.output);
    assert.equal((await client.request('GET', '/healthz')).status, 200);
    const { body } = await client.request('GET', '/metrics');
    assertClean('the metrics', String(body['text']));
  });
});

/** A success, or an error with a reason and a sentence that can be shown. */
function assertOurs(kind: string, { status, body }: ApiReply): void {
  const text = JSON.stringify(body);
  assertClean(kind, text);
  if (status < 300) return;
  assert.match(String(body['reason']), /^[A-Z_]+$/, `${kind}: ${text}`);
  assert.notEqual(body['reason'], 'UNKNOWN', `${kind}: ${text}`);
  assert.ok(text.length < 4_000, `${kind}: ${text.length} characters`);
}

function assertClean(what: string, text: string): void {
  const at = text.search(UNCLEAN);
  assert.ok(at < 0, `${what}: …${JSON.stringify(text.slice(Math.max(0, at - 80), at + 40))}…`);
}

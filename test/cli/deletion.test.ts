import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { openApiDocument } from '../../src/api/openapi/document.ts';
import { operations } from '../../src/contract/operations.ts';
import type { DeletionPlanView } from '../../src/contract/views.ts';
import { COMMAND, CommandLine } from '../harness/command-line.ts';
import { type RecordedRequest, RecordingServer } from '../harness/recording-server.ts';
import { TerminalSession, terminalsUnavailable } from '../harness/terminal-session.ts';
import { deletionPlanView } from '../harness/views.ts';

const description = openApiDocument(Object.values(operations));
const LOST = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'argocd', name: 'notes' };
const LEFT = { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'traefik' };
const inUse: Partial<DeletionPlanView> = {
  lost: [{ ...LOST, relation: 'content', of: 'argocd' }],
  left: [{ ...LEFT, reason: 'it existed before' }],
  findings: [{ reason: 'CLUSTER_IN_USE', field: '', message: 'its users would lose', remedy: '', blocking: true }],
};

/** A server with the clusters one, two and three; nobody may delete two, and users have built on three. */
function answer({ method, path }: RecordedRequest, response: ServerResponse): boolean {
  if (method !== 'DELETE') return false;
  const [, name = ''] = /clusters\/([^?]+)/.exec(path) ?? [];
  const refuse = (code: number, reason: string): boolean => {
    response.statusCode = code;
    response.end(JSON.stringify({ code, reason, message: `${name}: ${reason}`, metadata: {} }));
    return true;
  };
  if (!['one', 'two', 'three'].includes(name)) return refuse(404, 'CLUSTER_NOT_FOUND');
  if (path.includes('dry_run=true')) {
    response.end(JSON.stringify(deletionPlanView({ name, ...(name === 'three' ? inUse : {}) })));
    return true;
  }
  return name === 'two' && refuse(409, 'CLUSTER_IS_HOST');
}

describe('deleting clusters from the command line', () => {
  let server: RecordingServer;
  let user: CommandLine;

  before(async () => {
    server = await RecordingServer.start({ description, answer });
    user = await CommandLine.open({ API_SERVER: server.url, GIT_TOKEN: 'token' });
  });
  after(async () => {
    await user[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** What was deleted since the last call. */
  function deleted(): readonly string[] {
    const paths = server.requests.map(({ method, path }) => `${method} ${path}`);
    server.requests.length = 0;
    return paths.filter((path) => path.startsWith('DELETE') && !path.includes('dry_run')).map((path) => path.slice(24));
  }

  it('asks for all before it begins, with what each would lose', async () => {
    const { code, stderr } = await user.feed('y\nno\nall\n', 'delete', 'cluster', 'one', 'two', 'three');
    assert.equal(code, 0, stderr);
    const order = server.requests.map(({ path }) => path.slice('/api/v1/clusters/'.length));
    assert.deepEqual(order, ['one', 'two', 'three'].map((name) => `${name}?dry_run=true`).concat('one', 'three'));
    assert.match(stderr, /Its users would lose \(1\):\n +ConfigMap argocd\/notes +in the namespace argocd\n/);
    assert.match(stderr, /Stays on the cluster \(1\):\n +Namespace traefik +it existed before\n/);
    assert.match(stderr, /- argocd +1 object\n/);
    assert.deepEqual(deleted(), ['one', 'three']);
  });

  it('deletes nothing when an answer is missing', async () => {
    const { code, stderr } = await user.feed('y\n', 'delete', 'cluster', 'one', 'three');
    assert.equal(code, 1);
    assert.match(stderr, /nothing was done/);
    assert.deepEqual(deleted(), []);
  });

  it('continues with the others when one fails, says which, and ends with the code of the first failure', async () => {
    const { code, stderr, stdout } = await user.run('delete', 'cluster', 'one', 'two', 'three', 'none', '-y');
    assert.equal(code, 5, stderr);
    assert.equal(stdout, 'cluster/one deleted\ncluster/three deleted\n');
    assert.match(stderr, /two: CLUSTER_IS_HOST/);
    assert.match(stderr, /2 of 4 are deleted; not deleted: two, none\n/);
    assert.deepEqual(deleted(), ['one', 'two', 'three', 'none']);
  });

  it('a name that there is not is told before the others are asked about, and keeps nothing from going', async () => {
    const { code, stderr } = await user.feed('y\n', 'delete', 'cluster', 'none', 'one', 'one');
    assert.equal(code, 4, stderr);
    assert.match(stderr, /1 of 2 are deleted; not deleted: none\n/);
    assert.deepEqual(deleted(), ['one']);
  });

  it('a dry run shows what goes, what users would lose and what stays, in words and as data, and deletes nothing', async () => {
    const shown = await user.run('delete', 'cluster', 'one', 'three', '--dry-run', '--force');
    assert.equal(shown.code, 5, shown.stderr);
    assert.match(shown.stdout, /^cluster\/one would be deleted \(dry run\)\n +- argocd +1 object\n/);
    assert.match(shown.stdout, /cluster\/three would[^]*ConfigMap argocd\/notes[^]*Namespace traefik/);
    assert.match(shown.stderr, /its users would lose/);
    assert.ok(server.requests.every(({ path }) => /force=true&dry_run=true|dry_run=true&force=true/.test(path)));
    const data = await user.run('delete', 'cluster', 'one', '--dry-run', '-o', 'json');
    assert.deepEqual([data.code, JSON.parse(data.stdout)], [0, deletionPlanView({ name: 'one' })]);
    const chinese = await user.run('delete', 'cluster', 'three', '--dry-run', '--lang', 'zh');
    assert.match(chinese.stdout, /将会删除（试运行）[^]*用户会失去（1）[^]*保留在集群上（1）/);
    assert.deepEqual(deleted(), []);
  });

  it('asks a server that does not know dry runs for none, and for a deletion only when that was meant', async () => {
    await using older = await RecordingServer.start();
    const flags = ['-s', older.url];
    const { code, stderr } = await user.run('delete', 'cluster', 'one', '--dry-run', ...flags);
    assert.equal(code, 1);
    assert.match(stderr, /does not know dry runs/);
    assert.equal(older.requests.length, 0);
    const asked = await user.feed('y\n', 'delete', 'cluster', 'one', ...flags);
    assert.equal(asked.code, 0, asked.stderr);
    assert.deepEqual(
      older.requests.map(({ method, path }) => `${method} ${path}`),
      ['DELETE /api/v1/clusters/one'],
    );
  });

  it('takes no key for an answer that was pressed before the question', { skip: terminalsUnavailable() }, async () => {
    const environment = { ...user.environment };
    const command = [COMMAND, 'delete', 'cluster', 'one', 'three'];
    await using session = await TerminalSession.open(command, { environment });
    session.type('y\rall\ry'); // the command has not begun to look
    await session.until(/Delete Cluster one from .*\[y\/N/);
    session.type('n\rall\r'); // of which only the first line is for this question
    await session.until(/Cluster one is left[^]*Delete Cluster three from .*\[y\/N/);
    assert.deepEqual(deleted(), []);
    session.type('n\r');
    assert.equal(await session.end(), 0);
    assert.deepEqual(deleted(), []);
  });
});

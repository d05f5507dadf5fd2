import { verbatim } from '../../messages/message.ts';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { assertError, HOOK_SECRET, startTestServer, type TestRequest } from '../testing/test-server.ts';

const PUSH = {
  ref: 'refs/heads/main',
  after: 'a'.repeat(40),
  project: { id: 42, path_with_namespace: 'platform/tenant-config' },
};

function gitlabHook(body: unknown, headers: Record<string, string> = {}): TestRequest {
  return {
    method: 'POST',
    target: '/api/v1/webhooks/gitlab',
    token: null,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      'x-gitlab-event': 'Push Hook',
      'x-gitlab-token': HOOK_SECRET,
      ...headers,
    },
  };
}

function giteaHook(body: string, secret = HOOK_SECRET, headers: Record<string, string> = {}): TestRequest {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    method: 'POST',
    target: '/api/v1/webhooks/gitea',
    token: null,
    body,
    headers: {
      'content-type': 'application/json',
      'x-gitea-event': 'push',
      'x-gitea-signature': signature,
      ...headers,
    },
  };
}

describe('push hooks', () => {
  it('of GitLab are taken with their secret, and tell project, branch and commit', async () => {
    await using api = await startTestServer();
    const reply = await api.send(gitlabHook(PUSH));
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual(api.pushes, [
      { project: 'platform/tenant-config', projectId: '42', reference: PUSH.ref, commit: PUSH.after },
    ]);
  });

  it('of Gitea are taken with a signature of exactly their body', async () => {
    await using api = await startTestServer();
    const body = JSON.stringify({ ref: PUSH.ref, after: PUSH.after, repository: { id: 7, full_name: 'a/b' } });
    assert.equal((await api.send(giteaHook(body))).status, 200);
    assert.deepEqual(api.pushes, [{ project: 'a/b', projectId: '7', reference: PUSH.ref, commit: PUSH.after }]);
    const changed = { ...giteaHook(body), body: body.replace('a/b', 'a/c') };
    assertError(await api.send(changed), 401, 'WEBHOOK_REFUSED');
    assertError(await api.send(giteaHook(body, 'another secret')), 401, 'WEBHOOK_REFUSED');
    assert.equal(api.pushes.length, 1);
  });

  it('without a secret, or with a wrong one, are refused and tell nothing', async () => {
    await using api = await startTestServer();
    for (const secret of ['', 'wrong', `${HOOK_SECRET}x`, HOOK_SECRET.slice(1)]) {
      const reply = await api.send(gitlabHook(PUSH, { 'x-gitlab-token': secret }));
      assertError(reply, 401, 'WEBHOOK_REFUSED');
      assert.ok(!reply.text.includes(HOOK_SECRET));
    }
    for (const signature of ['', 'x', 'f'.repeat(64)]) {
      const reply = await api.send(giteaHook('{}', HOOK_SECRET, { 'x-gitea-signature': signature }));
      assertError(reply, 401, 'WEBHOOK_REFUSED');
    }
    assert.deepEqual(api.pushes, []);
  });

  it('are not read by whoever has no secret, and refused when they are too large', async () => {
    await using api = await startTestServer({ bodyBytes: 2000 });
    const head = (token: string): string =>
      `POST /api/v1/webhooks/gitlab HTTP/1.1\r\nHost: x\r\nX-Gitlab-Token: ${token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 50000000\r\nConnection: close\r\n\r\n';
    assert.match(await api.sendRaw(head('wrong')), /^HTTP\/1\.1 401 /);
    assert.match(await api.sendRaw(head(HOOK_SECRET)), /^HTTP\/1\.1 413 /);
    assert.match(await api.sendRaw(head(HOOK_SECRET).replace('gitlab ', 'gitea ')), /^HTTP\/1\.1 401 /);
    assert.deepEqual(api.pushes, []);
  });

  it('of other events, or of no JSON, have no effect', async () => {
    await using api = await startTestServer();
    const other = await api.send(gitlabHook(PUSH, { 'x-gitlab-event': 'Issue Hook' }));
    assert.equal(other.status, 200);
    assert.equal(other.json().message, 'only pushes have an effect');
    assertError(await api.send(gitlabHook('nonsense')), 400, 'CODEC');
    assert.deepEqual(api.pushes, []);
    assertError(await api.send(gitlabHook('['.repeat(500_000))), 400, 'CODEC');
    for (const body of ['null', '[]', '{"project": 1}', '{"__proto__": {"ref": "x"}}', '{"ref": {"a": 1}}']) {
      assert.equal((await api.send(gitlabHook(body))).status, 200, body);
    }
    assert.ok(api.pushes.every(({ reference, commit }) => reference === '' && commit === ''));
  });

  it('with wrong secrets are slowed down as wrong tokens are', async () => {
    await using api = await startTestServer({}, { tokenGuard: { failuresPerAddress: 3 } });
    const tries = ['a', 'b', 'c', 'd'].map((secret) => gitlabHook(PUSH, { 'x-gitlab-token': secret }));
    const statuses = [];
    for (const attempt of tries) statuses.push((await api.send(attempt)).status);
    assert.deepEqual(statuses, [401, 401, 401, 429]);
  });

  it('with wrong secrets use up nothing of what API tokens of their address may fail', async () => {
    await using api = await startTestServer({}, { tokenGuard: { failuresPerAddress: 2, failuresTotal: 2 } });
    for (const secret of ['a', 'b', 'c', 'd', 'e']) await api.send(gitlabHook(PUSH, { 'x-gitlab-token': secret }));
    const target = '/api/v1/clusters';
    assert.equal((await api.send({ target })).status, 200, 'a token that nobody has come with before');
    assert.equal((await api.send({ target, token: 'a-wrong-one' })).status, 401);
    assert.equal((await api.send({ target, token: 'another-wrong-one' })).status, 401);
    assert.equal((await api.send({ target, token: 'the-third' })).status, 429);
  });

  it('are answered 404 where no secret is configured, and 503 where it cannot be read', async () => {
    await using absent = await startTestServer({}, { webhooks: undefined });
    assert.equal((await absent.send(gitlabHook(PUSH))).status, 404);
    const secret = async () => {
      throw new NautesError('GitHostUnavailable', { host: 'x', problem: verbatim('y') });
    };
    await using broken = await startTestServer({}, { webhooks: { secret, pushed: () => 'looking' } });
    assert.equal((await broken.send(gitlabHook(PUSH))).status, 503);
  });
});

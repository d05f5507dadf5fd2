import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { CommandLine, type Outcome } from '../harness/command-line.ts';
import { type RecordedRequest, RecordingServer } from '../harness/recording-server.ts';
import { clusterView, savedView, statusView } from '../harness/views.ts';

interface Registration {
  /** Generations that saves get, one after the other. */
  readonly saved: readonly string[];
  /** What is registered when it is asked for; nothing any more when absent. */
  readonly registered?: string;
  /** Generations that the statuses speak of, one after the other, and the last again and again. */
  readonly observed: readonly string[];
}

const DOCUMENT = 'kind: Cluster\nspec: {name: one, kubeconfig: k}\n';

describe('--wait', () => {
  let user: CommandLine;

  before(async () => {
    user = await CommandLine.open({ GIT_TOKEN: 'token' });
  });
  after(() => user?.[Symbol.asyncDispose]());

  function serverOf({ saved, registered, observed }: Registration): Promise<RecordingServer> {
    let saves = 0;
    let looks = 0;
    const answer = ({ method, path }: RecordedRequest, response: ServerResponse): boolean => {
      if (method === 'POST') {
        response.end(JSON.stringify(savedView({ generation: saved[saves] ?? '' })));
        saves += 1;
      } else if (path.endsWith('/status')) {
        const observedGeneration = observed[Math.min(looks, observed.length - 1)] ?? '';
        looks += 1;
        const credential = { expiresAt: 'e', rotatedAt: 'r' };
        response.end(JSON.stringify(statusView({ observedGeneration, credential })));
      } else if (path === '/api/v1/clusters/one') {
        if (registered !== undefined) response.setHeader('etag', `"${registered}"`).end(JSON.stringify(clusterView()));
        else {
          response.statusCode = 404;
          response.end(JSON.stringify({ code: 404, reason: 'CLUSTER_NOT_FOUND', message: 'not found', metadata: {} }));
        }
      } else return false;
      return true;
    };
    return RecordingServer.start({ answer });
  }

  const apply = (server: RecordingServer, documents: string, ...more: readonly string[]): Promise<Outcome> =>
    user.feed(documents, 'apply', '-f', '-', '--wait', '--timeout', '20s', '-s', server.url, ...more);

  it('ends with the cluster as it is registered now, and says so once, when it was changed again meanwhile', async () => {
    for (const [language, note] of [
      ['en', /one was changed again meanwhile; waiting for what is registered now/g],
      ['zh', /one 在此期间又被改动；现在等待目前注册的内容/g],
    ] as const) {
      await using server = await serverOf({ saved: ['ours'], registered: 'theirs', observed: ['old', 'theirs'] });
      const { code, stderr } = await apply(server, DOCUMENT, '--lang', language);
      assert.equal(code, 0, stderr);
      assert.equal(stderr.match(note)?.length, 1, stderr);
    }
  });

  it('says so in JSON and without progress too, and for a rotation', async () => {
    await using server = await serverOf({ saved: ['ours', 'ours'], registered: 'theirs', observed: ['theirs'] });
    const json = await apply(server, DOCUMENT, '--progress', 'json');
    assert.equal(json.code, 0, json.stderr);
    assert.match(json.stderr, /^\{"kind":"note","cluster":"one","message":"one was changed again/m);
    const rotated = await user.run(
      'rotate',
      'one',
      '--wait',
      '--timeout',
      '20s',
      '--progress',
      'none',
      '-s',
      server.url,
    );
    assert.equal(rotated.code, 0, rotated.stderr);
    assert.match(rotated.stderr, /one was changed again meanwhile/);
  });

  it('waits silently while the server has not processed what was saved', async () => {
    await using server = await serverOf({ saved: ['ours'], registered: 'ours', observed: ['old', 'ours'] });
    const { code, stderr } = await apply(server, DOCUMENT);
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('is for the last of several documents of one name', async () => {
    await using server = await serverOf({ saved: ['first', 'last'], registered: 'last', observed: ['last'] });
    const { code, stderr } = await apply(server, `${DOCUMENT}---\n${DOCUMENT}`);
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('ends with not found when the cluster was deleted meanwhile', async () => {
    await using server = await serverOf({ saved: ['ours'], observed: ['old'] });
    const { code, stderr } = await apply(server, DOCUMENT);
    assert.equal(code, 4, stderr);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { message } from '../messages/message.ts';
import { CLUSTER_KIND } from '../resources/cluster/cluster-key.ts';
import { READER_TOKEN } from './testing/fake-registry.ts';
import { startTestServer } from './testing/test-server.ts';

const headers = { 'accept-language': 'zh-CN, en;q=0.5' };

describe('the language of a reply', () => {
  it('is the one that was asked for: of an error, with the same as data', async () => {
    await using api = await startTestServer();
    const reply = await api.send({ target: '/api/v1/clusters/absent', token: READER_TOKEN, headers });
    const body = reply.json() as Readonly<Record<string, unknown>>;
    assert.equal(body['message'], '没有集群 absent');
    assert.deepEqual(body['params'], { cluster: 'absent' });
    assert.equal((body['action'] as { readonly id: string }).id, 'CheckClusterName');
    assert.equal(reply.headers['content-language'], 'zh');
    assert.match(String(reply.headers['vary']), /Accept-Language/);
  });

  it('is English where none is asked for', async () => {
    await using api = await startTestServer();
    const reply = await api.send({ target: '/api/v1/clusters/absent', token: READER_TOKEN });
    assert.equal((reply.json() as { readonly message: string }).message, 'the cluster absent is not found');
    assert.equal(reply.headers['content-language'], 'en');
  });

  it('is that of events too', async () => {
    await using api = await startTestServer();
    await api.events.add({
      kind: CLUSTER_KIND,
      name: 'a',
      incarnation: 'i',
      type: 'Normal',
      reason: 'ComponentReady',
      message: message('ComponentReady', { name: 'argocd', version: 'v3' }),
      subject: 'components/argocd',
    });
    const target = '/api/v1/clusters/a/events';
    const asked = { ...headers, accept: 'application/json' };
    const { items } = (await api.send({ target, token: READER_TOKEN, headers: asked })).json() as {
      readonly items: readonly { readonly message: string; readonly messageId: string }[];
    };
    assert.deepEqual([items[0]?.message, items[0]?.messageId], ['argocd v3 已就绪', 'ComponentReady']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { READER_TOKEN } from '../testing/fake-registry.ts';
import { assertError, MINIMAL_BODY, saveRequest, startTestServer } from '../testing/test-server.ts';

const json = { 'content-type': 'application/json' };
const pause = { method: 'POST', target: '/api/v1/clusters/one/pause' };
const resume = { method: 'POST', target: '/api/v1/clusters/one/resume' };

describe('pausing', () => {
  it('passes on until when and why, and answers as a save does', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('one', MINIMAL_BODY));
    const body = JSON.stringify({ until: '2026-12-01T08:00:00Z', reason: 'new racks' });
    const reply = await api.send({ ...pause, body, headers: { ...json, 'if-match': '"g"' } });
    assert.deepEqual([reply.status, reply.json().status], [200, '/api/v1/clusters/one/status']);
    assert.equal((await api.send(pause)).status, 200);
    assert.equal((await api.send(resume)).status, 200);
    assert.deepEqual(api.registry.pauses, [
      { name: 'one', options: { until: '2026-12-01T08:00:00Z', reason: 'new racks', ifMatch: 'g' } },
      { name: 'one', options: { until: '', reason: '' } },
    ]);
    assert.deepEqual(api.registry.resumed, ['one']);
  });

  it('needs a maintainer, a cluster and a body that can be understood', async () => {
    await using api = await startTestServer();
    for (const request of [pause, resume]) {
      assertError(await api.send(request), 404, 'CLUSTER_NOT_FOUND');
      assertError(await api.send({ ...request, token: READER_TOKEN }), 403, 'NO_AUTHORIZATION');
    }
    assertError(await api.send({ ...pause, body: '{"until": 7}', headers: json }), 400, 'CODEC');
    assert.deepEqual([api.registry.pauses, api.registry.resumed], [[], []]);
  });
});

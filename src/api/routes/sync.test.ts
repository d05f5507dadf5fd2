import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { READER_TOKEN } from '../testing/fake-registry.ts';
import { assertError, MINIMAL_BODY, saveRequest, startTestServer } from '../testing/test-server.ts';

const sync = { method: 'POST', target: '/api/v1/clusters/one/sync' };

describe('asking for a look at a cluster', () => {
  it('answers since when and where to watch', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('one', MINIMAL_BODY));
    const { requested_at, status, events } = (await api.send(sync)).json();
    assert.deepEqual(
      [requested_at, status, events],
      ['2026-01-02T03:04:05.678Z', '/api/v1/clusters/one/status', '/api/v1/clusters/one/events'],
    );
    assert.deepEqual(api.registry.syncs, ['one']);
  });

  it('needs a maintainer and a cluster that is there', async () => {
    await using api = await startTestServer();
    assertError(await api.send(sync), 404, 'CLUSTER_NOT_FOUND');
    assertError(await api.send({ ...sync, token: READER_TOKEN }), 403, 'NO_AUTHORIZATION');
    assert.deepEqual(api.registry.syncs, []);
  });

  it('is refused with the time to come back when the caller has asked for too many', async () => {
    await using api = await startTestServer({ syncsPerMinute: 1 });
    await api.send(saveRequest('one', MINIMAL_BODY));
    assert.equal((await api.send(sync)).status, 200);
    const refused = await api.send(sync);
    assertError(refused, 429, 'TOO_MANY_SYNCS');
    assert.ok(Number(refused.headers['retry-after']) > 0);
  });
});

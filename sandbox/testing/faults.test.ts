import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type JsonObject, numberAt } from '../base/json.ts';
import { StartedSandbox } from './started-sandbox.ts';
import { testClient } from './test-client.ts';

let started: StartedSandbox;

before(async () => {
  started = await StartedSandbox.start([], 3);
});

after(() => started.close());

describe('faults', () => {
  it('of requests are statuses with Retry-After, delays and resets, for the requests they match', async () => {
    const target = started.at(1);
    const own = testClient(target);
    target.faults.set([{ kind: 'status', code: 429, match: '^GET /api/v1/nodes', times: 1 }]);
    const refused = await own.call('GET', '/api/v1/nodes');
    assert.equal(refused.code, 429);
    assert.equal(refused.headers['retry-after'], '1');
    assert.equal((await own.call('GET', '/api/v1/nodes')).code, 200);
    target.faults.set([{ kind: 'reset' }]);
    await assert.rejects(own.call('GET', '/version'));
    target.faults.set([
      { kind: 'slow', milliseconds: 50 },
      { kind: 'status', code: 503 },
    ]);
    assert.equal((await own.call('GET', '/version')).code, 503);
    own.close();
  });

  it('of the connection are set and cleared over the control endpoint', async () => {
    const target = started.at(2);
    const url = `${started.sandbox.controlUrl}/clusters/3`;
    const first = testClient(target);
    assert.equal((await first.call('GET', '/version')).code, 200);
    const set = await fetch(`${url}/faults`, { method: 'POST', body: JSON.stringify({ kind: 'unreachable' }) });
    assert.deepEqual(await set.json(), [{ kind: 'unreachable' }]);
    await assert.rejects(first.call('GET', '/version'), { code: 'ECONNREFUSED' });
    await fetch(`${url}/faults`, { method: 'DELETE' });
    const second = testClient(target);
    assert.equal((await second.call('GET', '/version')).code, 200);
    const state = (await (await fetch(url)).json()) as JsonObject;
    assert.equal(numberAt(state, 'counters', 'requests', 'get /version'), 2);
    for (const one of [first, second]) one.close();
    const wrong = await fetch(`${url}/faults`, { method: 'POST', body: JSON.stringify({ kind: 'unknown' }) });
    assert.equal(wrong.status, 400);
  });
});

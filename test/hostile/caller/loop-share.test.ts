import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { HOOK_SECRET } from '../../../src/api/testing/test-server.ts';
import { MAINTAINER_TOKEN, READER_TOKEN } from '../../../src/api/testing/fake-registry.ts';
import { HOSTILE_REQUESTS, type HostileRequest } from './requests.ts';
import type { LoopReport } from './loop-worker.ts';

/** Of the CPU of a run with nothing but hostile requests: one pause of the collector is more than nothing. */
const MAXIMUM_SHARE = 0.1;

/** Sends one, also where the server answers before it has taken the body. */
async function send(port: number, { method = 'POST', path, headers, body, token }: HostileRequest): Promise<number> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const authorization = `Bearer ${token === 'reader' ? READER_TOKEN : MAINTAINER_TOKEN}`;
  const hook = { 'x-gitlab-token': HOOK_SECRET, 'x-gitlab-event': 'Push Hook' };
  const common = { 'content-type': 'application/json', authorization, ...hook, ...length, ...headers };
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers: common, agent: false });
  outgoing.on('error', () => {});
  outgoing.end(body);
  const [response] = await Promise.race([once(outgoing, 'response'), once(outgoing, 'close')]);
  if (response === undefined) return 0;
  response.resume();
  await once(response, 'close');
  return Number(response.statusCode);
}

describe('the event loop of the API', () => {
  it('is not held by any request, whatever its body, headers and path are', async () => {
    const worker = new Worker(new URL('./loop-worker.ts', import.meta.url), { stdin: true });
    const [listening] = (await once(worker, 'message')) as [LoopReport];
    assert.ok(listening.kind === 'listening');
    for (const [name, hostile] of Object.entries(HOSTILE_REQUESTS)) {
      for (let round = 0; round < 2; round += 1) {
        const status = await send(listening.port, hostile);
        assert.ok(status < 500, `${name}: ${status}`);
      }
    }
    worker.stdin?.end();
    const [measured] = (await once(worker, 'message')) as [LoopReport];
    await worker.terminate();
    assert.ok(measured.kind === 'measured');
    const { stood, total, longest, unit } = measured;
    const figures = `longest ${Math.round(longest / 1000)} ms, unit ${Math.round(unit / 1000)} ms`;
    assert.ok(stood / total < MAXIMUM_SHARE, `the loop stood for ${Math.round((100 * stood) / total)}%: ${figures}`);
  });
});

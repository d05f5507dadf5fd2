import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { Secret } from '../base/secret.ts';
import { NautesClient } from './nautes-client.ts';
import { Transport } from './transport.ts';

const signal = AbortSignal.timeout(60_000);

/** The outcome of a call when the server answers 200 with that content. */
async function withReply<T>(content: unknown, call: (client: NautesClient) => Promise<T>): Promise<T> {
  const server = createServer((_, response) => void response.end(JSON.stringify(content)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new NautesClient(new Transport({ server: url, userAgent: 'test' }), async () => new Secret('t'));
  try {
    return await call(client);
  } finally {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const status = {
  name: 'one',
  incarnation: 'i',
  phase: 'Ready',
  observedGeneration: '',
  conditions: [{ type: 'Ready', status: 'True', reason: 'R', message: '', remedy: '', lastTransitionTime: '' }],
  components: [],
  credential: { expiresAt: '', rotatedAt: '' },
  kubernetes: { version: '', uid: '' },
  entryPoints: [],
  commit: '',
};

describe('replies that violate the contract', () => {
  const calls: Readonly<Record<string, (client: NautesClient) => Promise<unknown>>> = {
    save: (client) => client.save('one', {}, { signal }),
    plan: (client) => client.plan('one', {}, { signal }),
    delete: (client) => client.delete('one', { signal }),
    rotate: (client) => client.rotate('one', signal),
    pause: (client) => client.pause('one', {}, signal),
    resume: (client) => client.resume('one', signal),
    sync: (client) => client.sync('one', signal),
    cluster: (client) => client.cluster('one', signal),
    clusters: (client) => client.clusterList({ signal }),
    status: (client) => client.status('one', signal),
    statuses: (client) => client.statuses(signal),
    receipt: (client) => client.receipt('one', signal),
    lastCommit: (client) => client.lastCommit('one', signal),
    events: (client) => client.events('one', 0, signal),
    latestEvent: (client) => client.latestEvent(signal),
    catalog: (client) => client.catalog(signal),
    caller: (client) => client.caller(signal),
    readiness: (client) => client.readiness(signal),
  };
  for (const [name, call] of Object.entries(calls)) {
    for (const content of [{}, { items: [{}] }, [], null, 'text']) {
      it(`${name} fails with ServerReplyInvalid on ${JSON.stringify(content)}`, async () => {
        await assert.rejects(withReply(content, call), { reason: 'ServerReplyInvalid' });
      });
    }
  }

  it('are described by the path of the violation, without the content', async () => {
    const lie = { ...status, components: 'canary', credential: { ...status.credential, expiresAt: 12345 } };
    await assert.rejects(
      withReply(lie, (client) => client.status('one', signal)),
      (error) => {
        assert.match(String(error), /components must be array; credential\.expiresAt must be string/);
        assert.doesNotMatch(String(error), /canary|12345/);
        return true;
      },
    );
  });
});

describe('replies of a newer server', () => {
  it('are accepted with unknown fields and enumeration values', async () => {
    const condition = { ...status.conditions[0], type: 'TunnelReady', params: { a: 1 } };
    const newer = { ...status, phase: 'Resting', conditions: [condition], tunnels: [{ since: '' }] };
    assert.deepEqual(await withReply(newer, (client) => client.status('one', signal)), newer);
  });

  it('are accepted with fields that a closed schema of the API does not have', async () => {
    const catalog = { components: [], varieties: [], themes: [] };
    assert.deepEqual(await withReply(catalog, (client) => client.catalog(signal)), catalog);
  });
});

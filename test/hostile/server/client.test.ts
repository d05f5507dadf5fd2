import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Secret } from '../../../src/base/secret.ts';
import { ApiRefusal, followEvents, NautesClient, Transport } from '../../../src/client/index.ts';
import { NautesError } from '../../../src/errors/errors.ts';
import { MAINTAINER_TOKEN } from '../../../src/api/testing/fake-registry.ts';
import { MINIMAL_BODY, saveRequest } from '../../../src/api/testing/test-server.ts';
import { SERVER_LIES } from './kinds.ts';
import { type HostileServer, startHostileServer } from './server.ts';

/** What the largest replies take, parsed, and what the programs of this process need. */
const MAXIMUM_GROWTH_BYTES = 700 * 1024 * 1024;

let server: HostileServer;

function connect(answerMilliseconds?: number): NautesClient {
  const timing = answerMilliseconds === undefined ? {} : { answerMilliseconds };
  const transport = new Transport({ server: server.url, userAgent: 'test', ...timing });
  return new NautesClient(transport, async () => new Secret(MAINTAINER_TOKEN));
}

/** What the command line asks of a server, in short. */
function requestsOf(client: NautesClient, signal: AbortSignal): readonly (() => Promise<unknown>)[] {
  return [
    () => client.cluster('one', signal),
    () => client.generation('one', signal),
    () => client.clusterList({ signal }),
    () => client.status('one', signal),
    () => client.statuses(signal),
    () => client.events('one', 0, signal),
    () => client.receipt('one', signal),
    () => client.lastCommit('one', signal),
    () => client.catalog(signal),
    () => client.caller(signal),
    () => client.readiness(signal),
    () => client.servedPaths(signal),
    () => client.save('one', MINIMAL_BODY, { signal }),
    () => client.plan('one', MINIMAL_BODY, { signal }),
    () => client.planDeletion('one', { signal }),
    () => client.sync('one', signal),
    () => firstOf(client, signal),
  ];
}

/** What a follower of events is told first, after the stream is open. */
async function firstOf(client: NautesClient, signal: AbortSignal): Promise<unknown> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(300)]);
  for await (const item of followEvents(client, { cluster: 'one', signal: stop }))
    if (item.kind !== 'open') return item;
  return undefined;
}

before(async () => {
  server = await startHostileServer();
  await server.honest.send(saveRequest('one', MINIMAL_BODY));
});
after(() => server.close());

describe('the client of a server', () => {
  it('gets honest answers through the door of a server that does not lie', async () => {
    const client = connect();
    const { items } = await client.clusterList({ signal: AbortSignal.timeout(30_000) });
    client.close();
    assert.deepEqual(
      items.map(({ name }) => name),
      ['one'],
    );
  });

  for (const [kind, lies] of Object.entries(SERVER_LIES)) {
    it(`ends every request with a result or an error of its catalogue: ${kind}`, async () => {
      server.misbehave(...lies);
      const client = connect();
      const used = process.memoryUsage().rss;
      for (const request of requestsOf(client, AbortSignal.timeout(60_000))) {
        const [outcome] = await Promise.allSettled([request()]);
        if (outcome?.status !== 'rejected') continue;
        const error: unknown = outcome.reason;
        const isKnown = error instanceof NautesError || error instanceof ApiRefusal;
        assert.ok(isKnown, `${kind}: ${error instanceof Error ? error.stack : String(error)}`);
      }
      client.close();
      const growth = process.memoryUsage().rss - used;
      assert.ok(growth < MAXIMUM_GROWTH_BYTES, `${kind}: ${growth} bytes more`);
    });
  }

  it('waits for the whole of an answer only so long, however often a part of it comes', async () => {
    server.misbehave({ kind: 'stream', part: ' ', milliseconds: 20 });
    const client = connect(300);
    await assert.rejects(client.status('one', AbortSignal.timeout(60_000)), { reason: 'ServerAnswersLate' });
    server.misbehave({ kind: 'stream', part: ' ', milliseconds: 20, status: 503 });
    const following = followEvents(client, { cluster: 'one', signal: AbortSignal.timeout(60_000) });
    const { value } = await following.next();
    assert.equal(value?.kind === 'interrupted' && (value.error as NautesError).reason, 'ServerAnswersLate');
    await following.return(undefined);
    client.close();
  });
});

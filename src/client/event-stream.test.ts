import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../base/secret.ts';
import { ApiRefusal } from './api-refusal.ts';
import { type Followed, followEvents, StreamDecoder } from './event-stream.ts';
import { NautesClient } from './nautes-client.ts';
import { Transport } from './transport.ts';

describe('the decoder of event streams', () => {
  const text =
    ': comment\r\nid: 7\r\ndata: {"a":1}\r\n\r\nevent: reset\ndata: x\ndata:y\n\nid: 8\n\nretry: 5\ndata\n\ndata: 集群\rid: 9\r\r';
  const messages = [
    { type: 'message', data: '{"a":1}', lastId: '7' },
    { type: 'reset', data: 'x\ny', lastId: '7' },
    { type: 'message', data: '', lastId: '8' },
    { type: 'message', data: '集群', lastId: '9' },
  ];

  it('gives the same messages however the bytes are split', () => {
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), (cuts) => {
        const decoder = new StreamDecoder();
        const places = [0, ...cuts.sort((left, right) => left - right), bytes.length];
        const found = places.slice(1).flatMap((end, index) => decoder.push(bytes.subarray(places[index], end)));
        assert.deepEqual(found, messages);
        assert.equal(decoder.lastId, '9');
      }),
    );
  });
});

interface Asked {
  readonly lastEventId: string | undefined;
  readonly response: ServerResponse;
}

/** A server of event streams that answers as the test requires. */
async function streams(
  answer: (asked: Asked, count: number) => void,
): Promise<AsyncDisposable & { readonly url: string }> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    answer({ lastEventId: request.headers['last-event-id'] as string | undefined, response }, count);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const content = { cluster: 'a', incarnation: 'i', time: '', type: 'Normal', reason: 'R', message: 'm', subject: '' };
const event = (id: number): string => `id: ${id}\ndata: ${JSON.stringify({ ...content, id })}\n\n`;

function clientOf(url: string): NautesClient {
  return new NautesClient(new Transport({ server: url, userAgent: 'test' }), async () => new Secret('t'));
}

describe('following events', () => {
  it('resumes after the last event over several connections', async () => {
    const asked: (string | undefined)[] = [];
    await using server = await streams(({ lastEventId, response }, count) => {
      asked.push(lastEventId);
      if (count === 2) {
        response.destroy();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (count === 1) response.end(event(1) + event(2));
      else response.write(`event: reset\ndata: {}\n\n${event(5)}`);
    });
    const stop = new AbortController();
    const client = clientOf(server.url);
    const seen: string[] = [];
    const tell = (item: Followed): string => (item.kind === 'event' ? String(item.event.id) : item.kind);
    for await (const item of followEvents(client, { cluster: undefined, signal: stop.signal })) {
      seen.push(tell(item));
      if (item.kind === 'event' && item.event.id === 5) stop.abort();
    }
    client.close();
    assert.deepEqual(seen, ['open', '1', '2', 'interrupted', 'open', 'reset', '5']);
    assert.deepEqual(asked, [undefined, '2', '2']);
  });

  for (const [what, data, reason] of [
    ['lacks its id', JSON.stringify(content), 'ServerReplyInvalid'],
    ['is not JSON', '{', 'ServerAnswerUnclear'],
  ] as const) {
    it(`ends with ${reason} when an event ${what}`, async () => {
      await using server = await streams(({ response }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`id: 1\ndata: ${data}\n\n`);
      });
      const client = clientOf(server.url);
      const following = followEvents(client, { cluster: 'a', signal: AbortSignal.timeout(20_000) });
      assert.deepEqual(await following.next(), { done: false, value: { kind: 'open' } });
      await assert.rejects(following.next(), { reason });
      client.close();
    });
  }

  it('ends with the error of the server', async () => {
    await using server = await streams(({ response }) => {
      const body = { code: 403, reason: 'NO_AUTHORIZATION', message: 'no', metadata: { request_id: 'r' } };
      response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    const client = clientOf(server.url);
    const following = followEvents(client, { cluster: 'a', signal: AbortSignal.timeout(20_000) });
    await assert.rejects(following.next(), (error) => error instanceof ApiRefusal && error.requestId === 'r');
    client.close();
  });
});

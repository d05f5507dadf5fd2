import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { readStream, StreamDecoder, type StreamMessage } from '../../console/src/data/stream-reader.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Follows a server that gives these answers, one for each connection; ends after the last. */
async function follow(answers: readonly Answer[]) {
  const server = createServer();
  const lastIds: (string | undefined)[] = [];
  const messages: StreamMessage[] = [];
  const pauses: number[] = [];
  const end = new AbortController();
  let next = 0;
  server.on('request', (request, response) => {
    lastIds.push(request.headers['last-event-id'] as string | undefined);
    const answer = answers[next];
    next += 1;
    if (answer === undefined) {
      response.end();
      end.abort();
    } else answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const refused = await readStream({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    headers: () => ({ 'x-nautes-console': '1' }),
    after: '',
    signal: end.signal,
    onMessage: (message) => messages.push(message),
    onState: () => {},
    pause: async (milliseconds) => void pauses.push(milliseconds),
  });
  server.close();
  server.closeAllConnections();
  return { refused, messages, lastIds, pauses };
}

const events =
  (text: string): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
  };

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, headers).end();
  };

describe('reader of streams', () => {
  it('resumes after a break and a 503 where it was, and waits as long as it is told', async () => {
    const { messages, lastIds, pauses } = await follow([
      events('event: rows\nid: e-1\ndata: one\n\n'),
      status(503, { 'retry-after': '7' }),
      events(': keep-alive\n\nid: e-2\ndata: two\n\n'),
    ]);
    assert.deepEqual(
      messages.map(({ data }) => data),
      ['one', 'two'],
    );
    assert.deepEqual(lastIds, [undefined, 'e-1', 'e-1', 'e-2']);
    assert.equal(pauses[1], 7000);
  });

  for (const code of [401, 403]) {
    it(`stops at a ${code}`, async () => {
      const { refused, lastIds } = await follow([status(code)]);
      assert.equal(refused, code);
      assert.equal(lastIds.length, 1);
    });
  }

  it('waits longer after each failure, up to ten seconds', async () => {
    const { pauses } = await follow(Array.from({ length: 8 }, () => status(500)));
    assert.ok((pauses[0] ?? 0) <= 500 && (pauses[7] ?? 0) >= 5000 && Math.max(...pauses) <= 10_000, pauses.join(' '));
  });

  it('takes events apart wherever they are cut', () => {
    const text = 'id: 1\r\nevent: rows\r\ndata: a\r\ndata: b\r\n\r\n: comment\n\ndata:c\n\n';
    for (const size of [1, 2, 3, 5, 100]) {
      const seen: StreamMessage[] = [];
      const decoder = new StreamDecoder('', (message) => seen.push(message));
      for (let at = 0; at < text.length; at += size) decoder.add(text.slice(at, at + size));
      assert.deepEqual(
        seen,
        [
          { event: 'rows', data: 'a\nb', id: '1' },
          { event: 'message', data: 'c', id: '1' },
        ],
        `${size}`,
      );
    }
  });
});

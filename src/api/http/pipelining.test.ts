import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, it } from 'node:test';
import { sleep } from '../../base/async/timing.ts';
import { withPipelineLimit } from './pipelining.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** What a client gets that sends so many requests at once, and how many of them were handled. */
async function send(count: number, maximum: number): Promise<{ readonly text: string; readonly handled: number }> {
  let handled = 0;
  const server: Server = createServer(
    withPipelineLimit((_request, response) => {
      handled += 1;
      setImmediate(() => response.end('ok'));
    }, maximum),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  client.on('data', (bytes) => {
    text += String(bytes);
  });
  client.on('error', () => {}); // the server may reset it
  client.write(REQUEST.repeat(count));
  while (!client.destroyed && text.split('200 OK').length <= count) await sleep(5);
  client.destroy();
  server.close();
  server.closeAllConnections();
  return { text, handled };
}

describe('the limit of requests on one connection', () => {
  it('answers those within it in order', async () => {
    const { text, handled } = await send(4, 4);
    assert.deepEqual([handled, text.split('200 OK').length - 1], [4, 4]);
  });

  it('ends the connection with the first one above it, and handles none of the others', async () => {
    const { handled } = await send(5000, 4);
    assert.equal(handled, 4);
  });
});

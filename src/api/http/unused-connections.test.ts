import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { UnusedConnections } from './unused-connections.ts';

describe('UnusedConnections', () => {
  it('ends a connection that never carried a request, so that the server can close', async () => {
    const server = createServer();
    const unused = new UnusedConnections(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(server, 'connection');
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    unused.close();
    await Promise.all([closed, once(client, 'close')]);
  });

  it('leaves a connection alone that carries a request', async () => {
    const server = createServer((_request, response) => {
      unused.close();
      response.end('answered');
    });
    const unused = new UnusedConnections(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    assert.equal(await reply.text(), 'answered');
    server.close();
    server.closeAllConnections();
    unused.close();
  });
});

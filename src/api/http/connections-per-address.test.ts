import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { startTestServer } from '../testing/test-server.ts';

describe('connections of one address', () => {
  it('are so many at a time: one more is ended, and another address gets in', async () => {
    await using api = await startTestServer({ connectionsPerAddress: 3 });
    const open = (localAddress: string): Socket => connect({ port: api.port, host: '127.0.0.1', localAddress });
    const idle = Array.from({ length: 3 }, () => open('127.0.0.1'));
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    while (api.server.openConnections < 3) await new Promise((resolve) => setImmediate(resolve));
    const refused = open('127.0.0.1');
    refused.on('error', () => {}); // a reset ends it as well
    await once(refused, 'close');
    const other = open('127.0.0.2');
    other.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const [answer] = await once(other, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 200 /);
    for (const socket of [...idle, other]) socket.destroy();
    while (api.server.openConnections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await api.send({ target: '/healthz', token: null })).status, 200);
  });
});

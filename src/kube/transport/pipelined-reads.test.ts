import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, it } from 'node:test';
import { createCertificateAuthority, issueCertificate } from '../../base/tls/x509.ts';
import { NautesError } from '../../errors/errors.ts';
import { loopbackAddressPolicy } from './address.ts';
import { TlsSessions } from './tls-sessions.ts';
import { Transport } from './transport.ts';
import type { TransportOptions } from './options.ts';

const authority = createCertificateAuthority({ commonName: 'test-ca' });
const signal = AbortSignal.timeout(60_000);
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Served {
  readonly options: TransportOptions;
  /** Of each connection, whether its TLS session was resumed. */
  readonly resumed: boolean[];
}

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Served> {
  const { certificate, privateKey } = issueCertificate(authority, {
    commonName: 'server',
    ipAddresses: ['127.0.0.1'],
    usages: ['server'],
  });
  const resumed: boolean[] = [];
  const server = createServer({ cert: certificate, key: privateKey.reveal() }, handler);
  server.on('secureConnection', (socket) => resumed.push(socket instanceof TLSSocket && socket.isSessionReused()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const options = {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificateAuthority: authority.certificate,
    material: undefined,
    addresses: loopbackAddressPolicy,
  };
  return { options, resumed };
}

function open(options: TransportOptions): Transport {
  const transport = new Transport(options);
  cleanups.push(async () => transport.close());
  return transport;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What came of such reads. */
async function readAll(
  transport: Transport,
  paths: readonly string[],
  maximumResponse = 1000,
): Promise<readonly Answer[]> {
  const bodies = paths.map((): Buffer[] => []);
  const reads = paths.map((path, index) => ({
    path,
    headers: {},
    maximumResponse,
    take: (part: Buffer): void => void bodies[index]?.push(part),
  }));
  const heads = await transport.readAll(reads, signal);
  return heads.map(({ status }, index) => ({ status, body: Buffer.concat(bodies[index] ?? []).toString() }));
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof NautesError);
  return error.reason;
}

describe('reads that are asked for at once', () => {
  it('come on one connection, each with its own status, in their order', async () => {
    const { options, resumed } = await serve(({ url }, response) => {
      response.statusCode = url === '/missing' ? 404 : 200;
      response.end(url);
    });
    const answers = await readAll(open(options), ['/a', '/missing', '/b']);
    assert.deepEqual(answers, [
      { status: 200, body: '/a' },
      { status: 404, body: '/missing' },
      { status: 200, body: '/b' },
    ]);
    assert.equal(resumed.length, 1);
  });

  it('end together when one is too large, or the connection ends', async () => {
    const large = await serve((_, response) => response.end('x'.repeat(2000)));
    assert.equal(await reasonOf(readAll(open(large.options), ['/a', '/b'])), 'ClusterResponseTooLarge');
    const cut = await serve(({ socket }) => socket.destroy());
    assert.equal(await reasonOf(readAll(open(cut.options), ['/a', '/b', '/c'])), 'ClusterConnectionLost');
  });

  it('end with the signal of the caller', async () => {
    const { options } = await serve(() => {}); // no answer
    const controller = new AbortController();
    const read = { path: '/a', headers: {}, maximumResponse: 1, take: () => {} };
    const reading = open(options).readAll([read, read], controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(reading, /enough/);
  });
});

describe('the TLS session of a server', () => {
  it('is resumed by the next transport that has it, and by no other', async () => {
    const { options, resumed } = await serve((_, response) => response.end('here'));
    const sessions = new TlsSessions();
    for (const known of [sessions, sessions, undefined]) {
      const transport = open({ ...options, ...(known && { sessions: known }) });
      await readAll(transport, ['/a']);
      await transport.request({ method: 'GET', path: '/b' }, signal);
      transport.close();
    }
    const [first, , ...others] = resumed;
    assert.equal(first, false, 'there is none at the beginning');
    assert.deepEqual(others, [true, true, false, false]);
  });

  it('is not taken from a server whose certificate is not trusted', async () => {
    const { options } = await serve((_, response) => response.end('here'));
    const sessions = new TlsSessions();
    const other = createCertificateAuthority({ commonName: 'other-ca' }).certificate;
    const transport = open({ ...options, certificateAuthority: other, sessions });
    assert.equal(await reasonOf(readAll(transport, ['/a'])), 'ClusterCertificateUntrusted');
    assert.equal(sessions.current, undefined);
  });
});

import assert from 'node:assert/strict';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, it } from 'node:test';
import { createCertificateAuthority, issueCertificate } from '../base/tls/x509.ts';
import { Secret } from '../base/secret.ts';
import { serverAddress } from './address.ts';
import { ApiRefusal } from './api-refusal.ts';
import { NautesClient } from './nautes-client.ts';
import { Transport } from './transport.ts';

const signal = AbortSignal.timeout(60_000);

async function listening(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections?.();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function clientOf(server: string, certificateAuthority?: string): NautesClient {
  const authority = certificateAuthority === undefined ? {} : { certificateAuthority };
  return new NautesClient(new Transport({ server, userAgent: 'test', ...authority }), async () => new Secret('secret'));
}

/** The outcome of one call against a server that answers this. */
async function answered(answer: RequestListener): Promise<unknown> {
  await using server = await listening(createServer(answer));
  const client = clientOf(`http://127.0.0.1:${server.port}`);
  try {
    return await client.status('one', signal);
  } finally {
    client.close();
  }
}

describe('the address of a server', () => {
  it('is scheme, host, port and perhaps a path, without slashes at the end', () => {
    assert.equal(serverAddress(' https://Nautes.example:443// '), 'https://nautes.example');
    assert.equal(serverAddress('http://127.0.0.1:8000/base/'), 'http://127.0.0.1:8000/base');
  });

  for (const wrong of [
    '',
    'nautes.example',
    'nautes.example:8000',
    'ftp://a',
    'https://u:canary@a',
    'https://a?b',
    'https://a#b',
  ]) {
    it(`${JSON.stringify(wrong)} is refused, and no password is repeated`, () => {
      assert.throws(
        () => serverAddress(wrong),
        (error) =>
          error instanceof Error && !error.message.includes('canary') && /address of a server/.test(error.message),
      );
    });
  }
});

describe('answers', () => {
  it('an error of the API has its reason, its remedy, every violation and the request id', async () => {
    const metadata = { remedy: 'Do.', request_id: 'r-1', primary_domain: 'no name', usage: 'unknown' };
    const refusal = answered((_, response) => {
      response.writeHead(400, { 'retry-after': '7' });
      response.end(JSON.stringify({ code: 400, reason: 'CLUSTER_INVALID', message: 'no', metadata }));
    });
    await assert.rejects(refusal, (error) => {
      assert.ok(error instanceof ApiRefusal);
      assert.deepEqual(
        [error.status, error.reason, error.remedy, error.requestId],
        [400, 'CLUSTER_INVALID', 'Do.', 'r-1'],
      );
      assert.deepEqual(error.violations, [
        { subject: 'primary_domain', text: 'no name' },
        { subject: 'usage', text: 'unknown' },
      ]);
      assert.equal(error.retryAfterSeconds, 7);
      return true;
    });
  });

  const others: readonly (readonly [string, string, RequestListener])[] = [
    ['a page of something else', 'ServerAnswerUnclear', (_, response) => void response.end('<html>')],
    [
      'an error of something else',
      'ServerAnswerUnclear',
      (_, response) => void response.writeHead(502).end('bad gateway'),
    ],
    [
      'a redirect',
      'ServerRedirects',
      (_, response) => void response.writeHead(308, { location: 'https://127.0.0.1:1/' }).end(),
    ],
    ['a connection that is cut off', 'ServerUnreachable', (request) => void request.socket.destroy()],
  ];
  for (const [what, reason, answer] of others) {
    it(`${what} is ${reason}`, async () => {
      await assert.rejects(answered(answer), { reason });
    });
  }

  it('a refused connection is ServerUnreachable', async () => {
    await assert.rejects(clientOf('http://127.0.0.1:1').status('a', signal), { reason: 'ServerUnreachable' });
  });

  it('an answer that is not HTTP is ServerAnswerUnclear', async () => {
    const tcp = createTcpServer((socket) => void socket.end('SSH-2.0-x\r\n'));
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const { port } = tcp.address() as AddressInfo;
    await assert.rejects(clientOf(`http://127.0.0.1:${port}`).status('a', signal), { reason: 'ServerAnswerUnclear' });
    tcp.close();
  });
});

describe('certificates', () => {
  const authority = createCertificateAuthority({ commonName: 'test' });
  const other = createCertificateAuthority({ commonName: 'other' });
  type Names = Pick<Parameters<typeof issueCertificate>[1], 'dnsNames' | 'ipAddresses'>;

  async function withTls(names: Names, use: (port: number) => Promise<void>): Promise<void> {
    const { certificate, privateKey } = issueCertificate(authority, {
      commonName: 'server',
      usages: ['server'],
      ...names,
    });
    const server = createTlsServer({ cert: certificate, key: privateKey.reveal() }, (_, response) => {
      response.writeHead(401).end(JSON.stringify({ code: 401, reason: 'UNAUTHENTICATED', message: 'no' }));
    });
    await using open = await listening(server);
    await use(open.port);
  }

  it('from the given authority are trusted, and only those', async () => {
    await withTls({ ipAddresses: ['127.0.0.1'] }, async (port) => {
      const url = `https://127.0.0.1:${port}`;
      await assert.rejects(clientOf(url, authority.certificate).status('one', signal), { reason: 'UNAUTHENTICATED' });
      await assert.rejects(clientOf(url, other.certificate).status('one', signal), { reason: 'ServerNotTrusted' });
      await assert.rejects(clientOf(url).status('one', signal), { reason: 'ServerNotTrusted' });
    });
  });

  it('for another name are rejected, with the names', async () => {
    await withTls({ dnsNames: ['nautes.example'] }, async (port) => {
      const asked = clientOf(`https://127.0.0.1:${port}`, authority.certificate).status('one', signal);
      await assert.rejects(asked, { reason: 'ServerNameMismatch' });
    });
  });

  it('a server without TLS is recognised', async () => {
    await using server = await listening(createServer((_, response) => void response.end('{}')));
    await assert.rejects(clientOf(`https://127.0.0.1:${server.port}`).status('one', signal), {
      reason: 'ServerWithoutTls',
    });
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { NautesError } from '../errors/errors.ts';
import { Secret } from '../base/secret.ts';
import { createCertificateAuthority, issueCertificate } from '../base/tls/x509.ts';
import { HostClient, type HostClientLimits } from './host-client.ts';

const never = new AbortController().signal;
const bearer = { kind: 'bearer', token: new Secret('canary-token') } as const;

interface Place {
  readonly client: HostClient;
  readonly requests: string[];
}

async function place(
  context: TestContext,
  answer: RequestListener,
  options: { readonly limits?: Partial<HostClientLimits>; readonly requestsPerMinute?: number } = {},
): Promise<Place> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.authorization}`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new HostClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
    host: 'GitLab',
    requestsPerMinute: options.requestsPerMinute ?? 1000,
    limits: { retryDelay: 5, ...options.limits },
  });
  context.after(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, requests };
}

async function failure(promise: Promise<unknown>): Promise<NautesError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof NautesError, String(error));
    assert.doesNotMatch(inspect(error, { depth: null }), /canary/);
    return error;
  }
  throw new Error('it did not fail');
}

describe('client of a Git server', () => {
  it('authenticates with the token and returns every answer that concerns the caller', async (context) => {
    let status = 200;
    const { client, requests } = await place(context, (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"id":1}');
    });
    for (status of [200, 400, 401, 403, 404]) {
      const reply = await client.get('/user', bearer, never);
      assert.deepEqual([reply.status, reply.json], [status, { id: 1 }]);
    }
    assert.equal(requests[0], '/api/v4/user Bearer canary-token');
  });

  it('retries once after a network or server error', async (context) => {
    let failures = 1;
    let status = 0;
    const { client, requests } = await place(context, (request, response) => {
      if (failures > 0) {
        failures -= 1;
        if (status === 0) request.socket.destroy();
        else response.writeHead(status).end('canary of the body');
      } else response.end('{}');
    });
    assert.equal((await client.get('/a', bearer, never)).status, 200);
    for (status of [500, 502, 503, 504, 409]) {
      failures = 1;
      assert.equal((await client.get('/a', bearer, never)).status, 200);
    }
    failures = 10;
    requests.length = 0;
    const error = await failure(client.get('/a', bearer, never));
    assert.equal(error.reason, 'GitHostUnavailable');
    assert.match(error.message, /GitLab cannot be asked: it answers with status 409/);
    assert.equal(requests.length, 2);
  });

  it('sends nothing with the same token before Retry-After has passed', async (context) => {
    const { client, requests } = await place(context, (request, response) => {
      if (request.headers.authorization !== 'Bearer canary-token') response.end('{}');
      else response.writeHead(429, { 'retry-after': '7' }).end('Retry later');
    });
    for (let time = 0; time < 3; time += 1) {
      const error = await failure(client.get('/a', bearer, never));
      assert.equal(error.reason, 'GitHostThrottled');
      assert.ok((error.retryAfterMilliseconds ?? 0) > 5000 && (error.retryAfterMilliseconds ?? 0) <= 7000);
    }
    assert.equal(requests.length, 1);
    const other = { kind: 'bearer', token: new Secret('other') } as const;
    assert.equal((await client.get('/a', other, never)).status, 200);
  });

  it('waits for a short Retry-After itself', async (context) => {
    let answers = 0;
    const { client } = await place(context, (_request, response) => {
      answers += 1;
      if (answers === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.end('{}');
    });
    await failure(client.get('/a', bearer, never));
    assert.equal((await client.get('/a', bearer, never)).status, 200);
  });

  it('stays within the rate limit and returns the time to wait', async (context) => {
    const { client, requests } = await place(context, (_request, response) => void response.end('{}'), {
      requestsPerMinute: 4,
    });
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, async () => client.get('/a', bearer, never)));
    assert.equal(requests.length, 2, 'one token has half of it');
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    assert.equal(refused.length, 8);
    for (const error of refused) {
      assert.ok(error instanceof NautesError && error.reason === 'GitHostBudgetSpent');
      assert.ok((error.retryAfterMilliseconds ?? 0) > 50_000);
    }
    const tokens = ['a', 'b', 'c'].map((text) => ({ kind: 'bearer', token: new Secret(text) }) as const);
    await Promise.allSettled(tokens.map((token) => client.get('/a', token, never)));
    assert.equal(requests.length, 4, 'all together have the whole');
  });

  it('never follows a redirect', async (context) => {
    const { client, requests } = await place(context, (request, response) => {
      response.writeHead(301, { location: `http://${request.headers.host}/elsewhere` }).end();
    });
    assert.equal((await failure(client.get('/projects/old', bearer, never))).reason, 'GitHostRedirects');
    assert.deepEqual(requests, ['/api/v4/projects/old Bearer canary-token']);
  });

  it('rejects an answer that is too large, too slow or not the JSON it declares', async (context) => {
    let kind = '';
    const { client } = await place(
      context,
      (_request, response) => {
        if (kind === 'slow') return;
        response.setHeader('content-type', 'application/json');
        response.end(kind === 'large' ? `"${'x'.repeat(2000)}"` : '{"a":');
      },
      { limits: { maximumResponse: 1000, requestTimeout: 100 } },
    );
    for (const [name, reason] of [
      ['large', 'GitHostInvalid'],
      ['slow', 'GitHostUnavailable'],
      ['broken', 'GitHostInvalid'],
    ] as const) {
      kind = name;
      assert.equal((await failure(client.get('/a', bearer, never))).reason, reason, name);
    }
  });

  it('stops when the caller aborts', async (context) => {
    const arrived = Promise.withResolvers<void>();
    const { client } = await place(context, () => arrived.resolve());
    const gone = new AbortController();
    const asked = client.get('/a', bearer, gone.signal);
    await arrived.promise;
    gone.abort();
    await assert.rejects(asked, { name: 'AbortError' });
  });

  it('verifies the certificate, also with a configured authority', async (context) => {
    const authority = createCertificateAuthority({ commonName: 'test' });
    const issued = issueCertificate(authority, { commonName: 'test', usages: ['server'], ipAddresses: ['127.0.0.1'] });
    const tls = { cert: issued.certificate, key: issued.privateKey.reveal() };
    const server = createTlsServer(tls, (_request, response) => void response.end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => void server.close());
    const options = {
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      host: 'GitLab',
      requestsPerMinute: 100,
      limits: { retryDelay: 1 },
    };
    const trusting = new HostClient({ ...options, certificateAuthorities: [authority.certificate] });
    assert.equal((await trusting.get('/a', bearer, never)).status, 200);
    await trusting.close();
    const other = new HostClient(options);
    assert.match(
      (await failure(other.get('/a', bearer, never))).message,
      /its certificate is from an authority that is not trusted here/,
    );
    await other.close();
  });
});

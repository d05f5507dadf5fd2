import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { authoritiesWith } from '../../base/tls/authorities.ts';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import { type CertificateOptions, createCertificateAuthority, issueCertificate } from '../../base/tls/x509.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import { defaultAddressPolicy, loopbackAddressPolicy } from './address.ts';
import { waitUntil } from '../../../test/harness/wait-until.ts';
import { CIRCUIT_FAILURE_THRESHOLD } from './circuit-breaker.ts';
import { KubeClient } from '../client/client.ts';
import { KubeApiError } from '../client/kube-error.ts';
import { AnswerBudget, MAXIMUM_SMALL_ANSWER_BYTES } from './answer-budget.ts';
import { Transport } from './transport.ts';
import type { TransportOptions } from './options.ts';

const authority = createCertificateAuthority({ commonName: 'test-ca' });
const CANARY = 'canary-9f27ab6610';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface TestServer {
  readonly url: string;
  readonly server: Server;
  connections: number;
}

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function credentials(options: Partial<CertificateOptions> = {}): ServerOptions {
  const issued = issueCertificate(authority, {
    commonName: 'server',
    ipAddresses: ['127.0.0.1'],
    dnsNames: ['localhost'],
    usages: ['server'],
    ...options,
  });
  return { cert: issued.certificate, key: issued.privateKey.reveal() };
}

async function serve(handler: Handler, options: ServerOptions = credentials()): Promise<TestServer> {
  const server = createServer(options, handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const running = { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, server, connections: 0 };
  server.on('secureConnection', () => {
    running.connections += 1;
  });
  server.on('tlsClientError', () => {});
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return running;
}

interface TakenPlace {
  isReleased: boolean;
  readonly release: () => void;
}

/** The only place for large answers, which another server has. */
async function takenPlace(budget: AnswerBudget): Promise<TakenPlace> {
  const [taken, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const read = (): Promise<void> => {
    taken.resolve();
    return end.promise;
  };
  const reading = budget.readLarge('other:1', (error) => end.reject(error), read, signal);
  cleanups.push(
    () => end.resolve(),
    () => reading,
  );
  await taken.promise;
  const place: TakenPlace = {
    isReleased: false,
    release: () => {
      place.isReleased = true;
      end.resolve();
    },
  };
  return place;
}

function transportOptions(server: string, changes: Partial<TransportOptions> = {}): TransportOptions {
  return {
    server,
    certificateAuthority: authority.certificate,
    material: new Secret<CredentialMaterial>({ kind: 'token', token: CANARY }),
    addresses: loopbackAddressPolicy,
    ...changes,
  };
}

function transport(server: string, changes: Partial<TransportOptions> = {}): Transport {
  const made = new Transport(transportOptions(server, changes));
  cleanups.push(() => made.close());
  return made;
}

function client(server: string, changes: Partial<TransportOptions> = {}): KubeClient {
  const made = new KubeClient(transportOptions(server, changes));
  cleanups.push(() => made.close());
  return made;
}

const get = { method: 'GET', path: '/x' } as const;
const signal = AbortSignal.timeout(60_000);

/** The reason of the failure, after a look that neither token nor the peer's bytes are in it. */
async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof NautesError, inspect(error));
  const shown = `${error.message} ${error.remedy} ${JSON.stringify(error)} ${JSON.stringify(error.said.params)}`;
  assert.ok(!shown.includes(CANARY) && !shown.includes('peer-bytes'), shown);
  assert.doesNotMatch(error.message + error.remedy, /\{\w+\}/, 'a placeholder is left');
  return error.reason;
}

describe('a name that resolves to something else from one connection to the next', () => {
  it('is judged at each connection by the address that it leads to then', async () => {
    const { url } = await serve((_request, response) => response.setHeader('connection', 'close').end('here'));
    let refuses = false;
    const addresses = {
      ...loopbackAddressPolicy,
      get allowLoopback() {
        return !refuses;
      },
    };
    const named = transport(url.replace('127.0.0.1', 'localhost'), { addresses });
    assert.equal((await named.request(get, signal)).body, 'here');
    refuses = true; // as when the name leads to a refused address now
    assert.equal(await failure(named.request(get, signal)), 'ClusterAddressRefused');
  });
});

describe('transport', () => {
  it('sends the token and reads the answer', async () => {
    const { url } = await serve((request, response) => response.end(request.headers.authorization));
    const response = await transport(url).request(get, signal);
    assert.deepEqual([response.status, response.body], [200, `Bearer ${CANARY}`]);
  });

  it('without an authority of its own believes those that everybody has, and what the policy adds to them', async () => {
    const { url } = await serve((_request, response) => response.end('here'));
    const alone = { certificateAuthority: '' };
    assert.equal(await failure(transport(url, alone).request(get, signal)), 'ClusterCertificateUntrusted');
    const addresses = { ...loopbackAddressPolicy, authorities: authoritiesWith([authority.certificate]) };
    assert.equal((await transport(url, { ...alone, addresses }).request(get, signal)).body, 'here');
    const other = createCertificateAuthority({ commonName: 'another' }).certificate;
    const named = transport(url, { certificateAuthority: other, addresses });
    assert.equal(
      await failure(named.request(get, signal)),
      'ClusterCertificateUntrusted',
      'the one that is named alone',
    );
  });

  it('takes no connection that is not at least TLS 1.2', async () => {
    const old: ServerOptions = {
      ...credentials(),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL@SECLEVEL=0',
    };
    const { url } = await serve((_request, response) => response.end('here'), old);
    assert.equal(await failure(transport(url).request(get, signal)), 'ClusterTlsFailed');
  });

  it('presents the client certificate', async () => {
    const issued = issueCertificate(authority, { commonName: 'me', usages: ['client'] });
    const server = await serve(
      (request, response) => {
        const socket = request.socket as TLSSocket;
        const { CN } = socket.getPeerCertificate().subject;
        response.end(String(CN));
      },
      { ...credentials(), ca: authority.certificate, requestCert: true },
    );
    const material = new Secret<CredentialMaterial>({
      kind: 'clientCertificate',
      certificate: issued.certificate,
      privateKey: issued.privateKey.reveal(),
    });
    assert.equal((await transport(server.url, { material }).request(get, signal)).body, 'me');
  });

  it('a client certificate that the server does not accept is named', async () => {
    const other = createCertificateAuthority({ commonName: 'other' });
    const server = await serve((_, response) => response.end(), {
      ...credentials(),
      ca: other.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const issued = issueCertificate(authority, { commonName: 'me', usages: ['client'] });
    const material = new Secret<CredentialMaterial>({
      kind: 'clientCertificate',
      certificate: issued.certificate,
      privateKey: issued.privateKey.reveal(),
    });
    const reason = await failure(transport(server.url, { material }).request(get, signal));
    assert.ok(['ClusterClientCertificateRefused', 'ClusterConnectionLost'].includes(reason), reason);
  });

  it('a redirect is never followed', async () => {
    let asked = 0;
    const { url } = await serve((_, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere' }).end('peer-bytes');
    });
    assert.equal(await failure(transport(url).request(get, signal)), 'ClusterRedirects');
    assert.equal(asked, 1);
  });

  it('an answer larger than the limit is given up, announced or not', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/announced') response.writeHead(200, { 'content-length': '5000' });
      response.write('peer-bytes'.repeat(100));
      response.end('x'.repeat(4000));
    });
    const limited = transport(url, { limits: { maximumResponse: 2000 } });
    assert.equal(await failure(limited.request(get, signal)), 'ClusterResponseTooLarge');
    assert.equal(await failure(limited.request({ ...get, path: '/announced' }, signal)), 'ClusterResponseTooLarge');
  });

  it('the rest of a large answer is read when there is a place for it, and small ones meanwhile', async () => {
    const text = 'x'.repeat(3 * MAXIMUM_SMALL_ANSWER_BYTES);
    const { url } = await serve((request, response) => response.end(request.url === '/large' ? text : 'small'));
    const budget = new AnswerBudget({ places: 1 });
    const place = await takenPlace(budget);
    const asked = transport(url, { answers: budget });
    const large = asked.request({ method: 'GET', path: '/large' }, signal).then((answer) => {
      assert.ok(place.isReleased, 'it was read without a place');
      return answer;
    });
    assert.equal((await asked.request({ method: 'GET', path: '/small' }, signal)).body, 'small');
    place.release();
    assert.equal((await large).size, text.length);
  });

  it('a large answer that waits for its place ends with the signal of the caller', async () => {
    const text = 'x'.repeat(3 * MAXIMUM_SMALL_ANSWER_BYTES);
    const answered = Promise.withResolvers<void>();
    const { url } = await serve((_, response) => {
      response.end(text);
      answered.resolve();
    });
    const budget = new AnswerBudget({ places: 1 });
    const place = await takenPlace(budget);
    const asked = transport(url, { answers: budget });
    const caller = new AbortController();
    const request = assert.rejects(asked.request({ method: 'GET', path: '/' }, caller.signal), /enough/);
    await answered.promise;
    caller.abort(new Error('enough'));
    await request;
    place.release();
    assert.equal((await asked.request({ method: 'GET', path: '/' }, signal)).size, text.length);
  });

  it('verifies the certificate against the name that is given, not the host', async () => {
    const misnamed = await serve((_, response) => response.end('ok'), credentials({ ipAddresses: ['127.0.0.2'] }));
    assert.equal(await failure(transport(misnamed.url).request(get, signal)), 'ClusterCertificateNameMismatch');
    const renamed = transport(misnamed.url, { tlsServerName: 'localhost' });
    assert.equal((await renamed.request(get, signal)).body, 'ok');
  });

  it('a server without TLS, one that hangs up and nobody at all are told apart', async () => {
    const plain = createPlainServer((_, response) => response.end('peer-bytes'));
    const abrupt = createTcpServer((socket) => socket.destroy());
    for (const server of [plain, abrupt]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      cleanups.push(async () => {
        await new Promise((resolve) => server.close(resolve));
      });
    }
    const urlOf = (server: { address(): unknown }) => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.equal(await failure(transport(urlOf(plain)).request(get, signal)), 'ClusterTlsFailed');
    assert.equal(await failure(transport(urlOf(abrupt)).request(get, signal)), 'ClusterConnectionLost');
    const free = createTcpServer();
    free.listen(0, '127.0.0.1');
    await once(free, 'listening');
    const nobody = urlOf(free);
    await new Promise((resolve) => free.close(resolve));
    assert.equal(await failure(transport(nobody).request(get, signal)), 'ClusterConnectionRefused');
    assert.equal(
      await failure(transport('https://no-such-host.invalid:443').request(get, signal)),
      'ClusterNameUnknown',
    );
  });

  it('a server that accepts and never speaks, never answers or never ends costs its limit', async () => {
    const mute = createTcpServer(() => {});
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const sockets = new Set<Socket>();
    mute.on('connection', (socket) => sockets.add(socket));
    cleanups.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => mute.close(resolve));
    });
    const silent = `https://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const connect = transport(silent, { limits: { connectTimeout: 100 } });
    assert.equal(await failure(connect.request(get, signal)), 'ClusterTimeout');

    const { url } = await serve((request, response) => {
      if (request.url !== '/drip') return;
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const headers = transport(url, { limits: { headersTimeout: 100 } });
    assert.equal(await failure(headers.request(get, signal)), 'ClusterTimeout');
    const whole = transport(url, { limits: { requestTimeout: 200 } });
    assert.equal(await failure(whole.request({ ...get, path: '/drip' }, signal)), 'ClusterTimeout');
  });

  it('an address that the policy does not allow is not connected to', async () => {
    const server = await serve((_, response) => response.end());
    const direct = transport(server.url, { addresses: defaultAddressPolicy });
    assert.equal(await failure(direct.request(get, signal)), 'ClusterAddressRefused');
    const named = transport(server.url.replace('127.0.0.1', 'localhost'), { addresses: defaultAddressPolicy });
    assert.equal(await failure(named.request(get, signal)), 'ClusterAddressRefused');
    assert.equal(server.connections, 0);
  });

  it('an aborted signal ends a request with its reason, also one that waits for its turn', async () => {
    const { url } = await serve(() => {});
    const busy = transport(url, { limits: { concurrency: 1 } });
    const controller = new AbortController();
    const reason = new Error('enough');
    const running = busy.request(get, controller.signal);
    const waiting = busy.request(get, controller.signal);
    setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(running, reason);
    await assert.rejects(waiting, reason);
  });

  it('closing ends what is under way at once, and nothing can be asked afterwards', async () => {
    const { url } = await serve(() => {});
    const closing = transport(url);
    const running = failure(closing.request(get, signal));
    setTimeout(() => closing.close(), 50);
    assert.equal(await running, 'ClusterConnectionClosed');
    assert.equal(await failure(closing.request(get, signal)), 'ClusterConnectionClosed');
  });

  it('no more requests run at a time than allowed, and connections are used again', async () => {
    let running = 0;
    let most = 0;
    const server = await serve((_, response) => {
      running += 1;
      most = Math.max(most, running);
      setTimeout(() => {
        running -= 1;
        response.end();
      }, 5);
    });
    const bounded = transport(server.url, { limits: { concurrency: 3 } });
    await Promise.all(Array.from({ length: 30 }, () => bounded.request(get, signal)));
    assert.equal(most, 3);
    assert.ok(server.connections <= 3, String(server.connections));
  });

  it('after the idle time no connection is left, and the next request opens one', async () => {
    const server = await serve((_, response) => response.end('ok'));
    const closed = new Promise((resolve) => {
      server.server.once('secureConnection', (socket) => socket.once('close', resolve));
    });
    const idle = transport(server.url, { limits: { idleTimeout: 50 } });
    await idle.request(get, signal);
    await closed;
    assert.equal((await idle.request(get, signal)).body, 'ok');
    assert.equal(server.connections, 2);
  });

  it('is tried again after a trial that ended before the headers of its answer', async () => {
    let behaviour: 'hangs up' | 'only announces' | 'answers' = 'hangs up';
    const { url } = await serve((request, response) => {
      if (behaviour === 'hangs up') request.socket.destroy();
      else if (behaviour === 'answers') response.end('{}');
      else for (let count = 0; count < 100; count += 1) response.writeEarlyHints({ link: '</x>' });
    });
    const target = transport(url, { limits: { longestPause: 1 } });
    const reasonOf = async (): Promise<string> => failure(target.request(get, signal));
    for (let count = 0; count < CIRCUIT_FAILURE_THRESHOLD; count += 1) await reasonOf();
    behaviour = 'only announces';
    await waitUntil('the trial', async () => (await reasonOf()) === 'ClusterResponseInvalid');
    behaviour = 'answers';
    await waitUntil('an answer', () => target.request(get, signal).then(Boolean, () => false));
  });

  it('a cluster that fails again and again is left alone for a while', async () => {
    const free = createTcpServer();
    free.listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const broken = transport(`https://127.0.0.1:${port}`);
    const reasons: string[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) reasons.push(await failure(broken.request(get, signal)));
    assert.deepEqual(new Set(reasons.slice(0, 5)), new Set(['ClusterConnectionRefused']));
    assert.deepEqual(new Set(reasons.slice(5)), new Set(['ClusterCircuitOpen']));
  });
});

describe('answers of an API server', () => {
  const status = (code: number, reason: string, more: object = {}) =>
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: 'peer-bytes',
      reason,
      code,
      ...more,
    });
  const configMaps = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, listable: true };
  const name = { namespace: 'default', name: 'x' };

  async function answer(code: number, body: string, headers: Record<string, string> = {}): Promise<KubeApiError> {
    const { url } = await serve((_, response) => response.writeHead(code, headers).end(body));
    const error = await client(url)
      .patch(configMaps, name, 'merge', {}, signal)
      .catch((reason: unknown) => reason);
    assert.ok(error instanceof KubeApiError, inspect(error));
    assert.ok(!error.message.includes('peer-bytes'));
    return error;
  }

  it('401 and 403 name what is missing', async () => {
    assert.equal((await answer(401, status(401, 'Unauthorized'))).reason, 'ClusterUnauthorized');
    assert.equal((await answer(403, status(403, 'Forbidden'))).reason, 'ClusterForbidden');
  });

  it('a 404 that is no Status means that the kind is not served', async () => {
    const absent = await answer(404, status(404, 'NotFound'));
    assert.deepEqual([absent.isNotFound, absent.isNotServed], [true, false]);
    const unknown = await answer(404, '404 page not found\n', { 'content-type': 'text/plain' });
    assert.deepEqual([unknown.isNotFound, unknown.isNotServed], [false, true]);
  });

  it('a 409 with causes is a conflict of fields, one without is not', async () => {
    const causes = [{ reason: 'FieldManagerConflict', message: 'm', field: '.data.a' }];
    assert.equal((await answer(409, status(409, 'Conflict', { details: { causes } }))).isFieldConflict, true);
    assert.equal((await answer(409, status(409, 'Conflict'))).isFieldConflict, false);
  });

  it('a 500 without a reason is permanent, one with InternalError and any 503 is not', async () => {
    assert.equal((await answer(500, status(500, ''))).isTransient, false);
    assert.equal((await answer(500, status(500, 'InternalError'))).isTransient, true);
    assert.equal((await answer(503, 'peer-bytes')).isTransient, true);
  });

  it('a 429 says when to come back', async () => {
    const throttled = await answer(429, status(429, 'TooManyRequests'), { 'retry-after': '7' });
    assert.deepEqual([throttled.isTransient, throttled.retryAfterMilliseconds], [true, 7000]);
  });

  it('a reason that is no word is not shown', async () => {
    assert.equal((await answer(500, status(500, 'peer-bytes <b>'))).failure.kubernetesReason, '');
  });

  it('a read is tried again when the server refuses it for a moment', async () => {
    let asked = 0;
    const { url } = await serve((_, response) => {
      asked += 1;
      const ok = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
      if (asked < 3) response.writeHead(503).end(status(503, 'ServiceUnavailable'));
      else response.end(ok);
    });
    assert.equal((await client(url).get(configMaps, name, signal)).metadata.name, 'x');
    assert.equal(asked, 3);
  });

  it('what is no JSON, no object or cut off is no answer of a Kubernetes API server', async () => {
    for (const body of ['peer-bytes', '{"metadata":', '[]', '{}', 'null']) {
      const { url } = await serve((_, response) => response.end(body));
      assert.equal(await failure(client(url).get(configMaps, name, signal)), 'ClusterResponseInvalid', body);
    }
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { Secret } from '../../base/secret.ts';
import { createCertificateAuthority, issueCertificate } from '../../base/tls/x509.ts';
import { NautesError } from '../../errors/errors.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import { loopbackAddressPolicy } from '../transport/address.ts';
import { type ClusterConnection, openConnection } from './connection.ts';
import { MAXIMUM_LIST_ITEMS, MAXIMUM_LIST_PAGES } from './list-limits.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const authority = createCertificateAuthority({ commonName: 'test-ca' });
const signal = AbortSignal.timeout(120_000);
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A connection to a server that answers every request as the handler does. */
async function connect(handler: Handler): Promise<ClusterConnection> {
  const issued = issueCertificate(authority, {
    commonName: 'server',
    ipAddresses: ['127.0.0.1'],
    usages: ['server'],
  });
  const server = createServer({ cert: issued.certificate, key: issued.privateKey.reveal() }, handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = openConnection({
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificateAuthority: authority.certificate,
    material: new Secret<CredentialMaterial>({ kind: 'token', token: 'token' }),
    addresses: loopbackAddressPolicy,
  });
  cleanups.push(async () => {
    connection.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return connection;
}

function page(items: readonly unknown[], next: string): string {
  return JSON.stringify({ kind: 'List', metadata: { resourceVersion: '1', continue: next }, items });
}

function services(count: number, first = 0): object[] {
  return Array.from({ length: count }, (_, index) => ({
    metadata: { name: `service-${first + index}`, namespace: 'default' },
  }));
}

function parameter(request: IncomingMessage, name: string): string {
  return new URL(request.url ?? '', 'https://cluster').searchParams.get(name) ?? '';
}

async function failure(work: Promise<unknown>): Promise<NautesError> {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof NautesError, String(error));
  return error;
}

describe('a list of a cluster that lies', () => {
  it('is refused when a page names itself as the next one', async () => {
    let asked = 0;
    const { client } = await connect((_, response) => {
      asked += 1;
      response.end(page(services(1), 'again'));
    });
    const error = await failure(client.list(wellKnown.service, {}, signal));
    assert.match(error.message, /a page names itself as the next one/);
    assert.equal(asked, 2);
  });

  it('is refused when its pages are empty and do not end', async () => {
    let asked = 0;
    const { client } = await connect((_, response) => response.end(page([], `token-${(asked += 1)}`)));
    assert.match((await failure(client.list(wellKnown.service, {}, signal))).message, /5 pages in a row had no object/);
  });

  it('is refused when it has more objects than a list may have', async () => {
    let asked = 0;
    const { client } = await connect((_, response) => {
      response.end(page(services(500, asked * 500), `token-${(asked += 1)}`));
    });
    const error = await failure(client.list(wellKnown.service, {}, signal));
    assert.match(error.message, new RegExp(`more than ${MAXIMUM_LIST_ITEMS} objects`));
  });

  it('is refused when it has more pages than a list may have', async () => {
    let asked = 0;
    const { client } = await connect((_, response) => {
      response.end(page(services(1, asked), `token-${(asked += 1)}`));
    });
    const error = await failure(client.list(wellKnown.service, {}, signal));
    assert.match(error.message, new RegExp(`more than ${MAXIMUM_LIST_PAGES} pages`));
    assert.equal(asked, MAXIMUM_LIST_PAGES);
  });

  it('is refused when the token of its next page, which is sent back, is long', async () => {
    let asked = 0;
    const { client } = await connect((_, response) => {
      asked += 1;
      response.end(page(services(1), 't'.repeat(100_000)));
    });
    assert.match((await failure(client.list(wellKnown.service, {}, signal))).message, /more than 4096 characters/);
    assert.equal(asked, 1);
  });

  it('is refused when its version, which a watch sends back, has no form of one', async () => {
    for (const resourceVersion of ['1\r\nx', 'v'.repeat(100_000)]) {
      const { client } = await connect((_, response) => {
        response.end(JSON.stringify({ kind: 'List', metadata: { resourceVersion }, items: [] }));
      });
      const error = await failure(client.list(wellKnown.service, {}, signal));
      assert.equal(error.reason, 'ClusterResponseInvalid');
    }
  });

  it('is refused when its pages together have more bytes than a list may have', async () => {
    let asked = 0;
    const annotations = { text: 'x'.repeat(3_000_000) };
    const { client } = await connect((_, response) => {
      const items = [{ metadata: { name: `service-${asked}`, namespace: 'default', annotations } }];
      response.end(page(items, `token-${(asked += 1)}`));
    });
    assert.match((await failure(client.list(wellKnown.service, {}, signal))).message, /more than 67108864 bytes/);
  });

  it('is read in smaller pages when its objects are large', async () => {
    const sizes: number[] = [];
    const large = (name: string): object => ({ metadata: { name, annotations: { text: 'x'.repeat(1_000_000) } } });
    const { client } = await connect((request, response) => {
      const limit = Number(parameter(request, 'limit'));
      sizes.push(limit);
      const from = Number(parameter(request, 'continue') || '0');
      const names = Array.from({ length: 20 }, (_, index) => `large-${index}`).slice(from, from + limit);
      const next = from + limit < 20 ? String(from + limit) : '';
      response.end(page(names.map(large), next));
    });
    const { items } = await client.list(wellKnown.service, {}, signal);
    assert.equal(items.length, 20);
    assert.deepEqual(sizes, [500, 50, 5, 5, 5, 5]);
  });

  for (const [what, metadata] of [
    ['a path in its name', { name: '../../secrets/key' }],
    ['a control character in its name', { name: 'a\u001b[2J' }],
    ['a name of 1 MB', { name: 'a'.repeat(1_000_000) }],
    ['a namespace that is no label', { name: 'a', namespace: 'kube-system/x' }],
    ['a uid of 1 MB', { name: 'a', uid: 'u'.repeat(1_000_000) }],
    ['a time that is none', { name: 'a', deletionTimestamp: 'soon\nReady' }],
  ] as const) {
    it(`is refused when an object has ${what}`, async () => {
      const { client } = await connect((_, response) => response.end(page([{ metadata }], '')));
      assert.equal((await failure(client.list(wellKnown.service, {}, signal))).reason, 'ClusterResponseInvalid');
    });
  }
});

describe('an answer of a cluster that lies', () => {
  it('is given up before it is parsed when it is nested without end', async () => {
    const { client } = await connect((_, response) => response.end('['.repeat(3_000_000)));
    const error = await failure(client.json({ method: 'GET', path: '/x' }, signal));
    assert.match(error.message, /more than 200 arrays and objects inside each other/);
  });

  it('is given up before it is parsed when it has too many values', async () => {
    const { client } = await connect((_, response) => response.end(`[${'{},'.repeat(1_100_000)}{}]`));
    const error = await failure(client.json({ method: 'GET', path: '/x' }, signal));
    assert.match(error.message, /more than 1000000 values/);
  });

  it('is cut off at the size of a Status when it is a failure', async () => {
    const { client } = await connect((_, response) => response.writeHead(500).end('x'.repeat(300_000)));
    const error = await failure(client.json({ method: 'POST', path: '/x', body: {} }, signal));
    assert.equal(error.reason, 'ClusterResponseTooLarge');
  });

  it('is given up when informational answers come without end', async () => {
    const { client } = await connect(({ socket }) => {
      for (let sent = 0; sent < 100; sent += 1) socket.write('HTTP/1.1 103 Early Hints\r\n\r\n');
    });
    const error = await failure(client.json({ method: 'GET', path: '/x' }, signal));
    assert.match(error.message, /more than 16 informational answers/);
  });

  it('of a watch is given up before it is parsed when it is nested without end', async () => {
    const { client } = await connect((_, response) => response.end(`${'['.repeat(1_000_000)}\n`));
    const watching = client.watch(wellKnown.service, { resourceVersion: '1', seconds: 10 }, () => {}, signal);
    assert.match((await failure(watching)).message, /more than 200 arrays and objects inside each other/);
  });

  it('cannot ask for a pause of days', async () => {
    for (const retryAfter of ['2160000', '2073600']) {
      const { client } = await connect((_, response) => response.writeHead(429, { 'retry-after': retryAfter }).end());
      const error = await failure(client.json({ method: 'GET', path: '/x' }, signal));
      assert.equal(error.retryAfterMilliseconds, 900_000);
    }
  });

  it('names no kind whose name cannot be part of a path, and has a number of kinds', async () => {
    const resource = (kind: string, plural: string): object => ({
      resource: plural,
      responseKind: { kind },
      scope: 'Namespaced',
      verbs: ['list'],
    });
    let resources = [resource('Widget', 'widgets'), resource('Evil', '../../secrets'), resource('E\u001b[2J', 'evils')];
    const { discovery } = await connect((_request, response) => {
      const items = Array.from({ length: Math.ceil(resources.length / 1_000) }, (_, index) => ({
        metadata: { name: `group-${index}.example.test` },
        versions: [{ version: 'v1', resources: resources.slice(index * 1_000, (index + 1) * 1_000) }],
      }));
      response.end(JSON.stringify({ kind: 'APIGroupDiscoveryList', items }));
    });
    await discovery.refresh(signal);
    assert.deepEqual(new Set(discovery.listableTypes.map(({ kind }) => kind)), new Set(['Widget']));
    resources = Array.from({ length: 20_001 }, (_, index) => resource(`Kind${index}`, `kind${index}`));
    assert.match((await failure(discovery.refresh(signal))).message, /more than 20000 kinds/);
  });
});

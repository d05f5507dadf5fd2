import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { configMap, deployment } from '../../src/kube/testing/fixture.contract.ts';
import { Administrator } from '../harness/administrator.ts';
import { realSource } from '../harness/real-source.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { waitUntil } from '../harness/wait-until.ts';

/** Only a real API server asks the servers of aggregated APIs. */

/** Within the addresses of Services, which are loopback ones here. */
const ADDRESS = '127.96.200.1';
const GROUP_VERSION = /silent\.example\.test\/v1/;
const API_SERVICE = '/apis/apiregistration.k8s.io/v1/apiservices/v1.silent.example.test';
const SETTINGS = '/api/v1/namespaces/tool/configmaps/settings';
const NAMESPACE = '/api/v1/namespaces/tool';
const GRACE_SECONDS = 15;

const tool: TestComponent = {
  name: 'tool',
  category: 'deployment',
  manifest: [configMap('tool', 'settings'), deployment('tool', 'tool')],
};

const source = await realSource();
const skip = source.unavailable ?? false;

describe('an aggregated API whose server takes connections and never answers', () => {
  let silent: SilentServer;
  let bed: TestBed;
  let admin: Administrator;

  before(async () => {
    if (skip !== false) return;
    silent = await SilentServer.start(ADDRESS);
    bed = await TestBed.open(source, { components: [tool], controllers: { graceSeconds: GRACE_SECONDS } });
    admin = new Administrator(bed.target);
    await admin.create('/api/v1/namespaces/default/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'silent', namespace: 'default' },
      spec: { clusterIP: ADDRESS, ports: [{ name: 'https', port: silent.port }] },
    });
    await admin.create('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'silent', namespace: 'default', labels: { 'kubernetes.io/service-name': 'silent' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }],
      ports: [{ name: 'https', port: silent.port, protocol: 'TCP' }],
    });
    await admin.create('/apis/apiregistration.k8s.io/v1/apiservices', {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.silent.example.test' },
      spec: {
        group: 'silent.example.test',
        version: 'v1',
        service: { name: 'silent', namespace: 'default', port: silent.port },
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
      },
    });
    await waitUntil('the API server has waited for it in vain', async () => {
      return JSON.stringify((await admin.get(API_SERVICE)).status ?? '').includes('FailedDiscoveryCheck');
    });
  });
  after(async () => {
    await bed?.[Symbol.asyncDispose]();
    await source.close();
    await silent?.[Symbol.asyncDispose]();
  });

  it('keeps neither a registration nor drift from being checked', { skip }, async () => {
    await bed.register();
    await admin.delete(SETTINGS);
    await waitUntil('the object is made again', () => admin.find(SETTINGS));
    await bed.ready();
    assert.ok(silent.connections > 0, 'it was asked');
  });

  it('keeps namespaces from ending: it is named, and the deletion ends all the same', { skip }, async () => {
    const incarnation = await bed.delete();
    await waitUntil('the off-boarding says what holds it', async () => {
      const status = await bed.client.status(bed.name);
      const condition = status?.conditions.find(({ type }) => type === 'Offboarded');
      return GROUP_VERSION.test(condition?.message ?? '');
    });
    const receipt = await bed.receipt(incarnation);
    assert.equal(receipt.outcome, 'Incomplete');
    assert.deepEqual(
      receipt.remaining.map(({ kind, name }) => `${kind} ${name}`),
      ['Namespace tool'],
    );
    assert.match(receipt.remaining[0]?.reason ?? '', GROUP_VERSION);
  });

  it('without it the namespace ends', { skip }, async () => {
    await admin.delete(API_SERVICE);
    await admin.patch(NAMESPACE, { metadata: { annotations: { 'example.test/wake': 'now' } } }); // it waits a minute
    await admin.waitUntilGone(NAMESPACE);
  });
});

/** Takes connections and says nothing. */
class SilentServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  #connections = 0;

  private constructor(server: Server, sockets: Set<Socket>, port: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = port;
    server.on('connection', (socket) => {
      this.#connections += 1;
      sockets.add(socket);
      socket.on('error', () => {}).once('close', () => sockets.delete(socket));
      socket.resume();
    });
  }

  static async start(address: string): Promise<SilentServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, address, resolve);
    });
    const bound = server.address();
    return new SilentServer(server, new Set(), typeof bound === 'object' && bound !== null ? bound.port : 0);
  }

  get connections(): number {
    return this.#connections;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

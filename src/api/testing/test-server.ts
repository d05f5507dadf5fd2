import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { silentLogger } from '../../base/logger.ts';
import { Secret } from '../../base/secret.ts';
import type { ApiLimits } from '../http/limits.ts';
import type { ServerViews } from '../routes/server.ts';
import type { AnnouncedPush } from '../routes/webhooks.ts';
import { type ApiServer, type ApiServerOptions, createApiServer } from '../server.ts';
import { assertDescribed } from './described.ts';
import { FakeFleet } from './fake-fleet.ts';
import { FakeRegistry, MAINTAINER_TOKEN } from './fake-registry.ts';
import { FakeEvents, FakeReceipts, FakeStatus } from './fake-state.ts';

/** What the server of tests tells about itself. */
export const TEST_VIEWS: ServerViews = {
  catalog: async () => ({ components: [], varieties: [] }),
  metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' }),
  version: '1.2.3',
  components: [{ name: 'traefik', category: 'gateway', version: '41.3.0' }],
  graceSeconds: 600,
  setup: {
    identity_provider: 'local',
    storage: 'embedded',
    secret_store: 'sealed',
    tls: 'off',
    remote: false,
    commit_url: '',
    catalog_files: [],
  },
  installation: 'tests',
};

export interface TestServer extends AsyncDisposable {
  readonly server: ApiServer;
  readonly registry: FakeRegistry;
  readonly status: FakeStatus;
  readonly events: FakeEvents;
  readonly receipts: FakeReceipts;
  readonly fleet: FakeFleet;
  readonly port: number;
  /** What hooks have told. */
  readonly pushes: AnnouncedPush[];
  /** Sends one request as it is, without normalising path or headers. The reply is held against the description. */
  send(request: TestRequest): Promise<TestReply>;
  /** Sends bytes on a socket of their own and gives everything that comes back until the server closes it. */
  sendRaw(bytes: string | Buffer): Promise<string>;
}

export interface TestRequest {
  readonly method?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The maintainer's by default; `null` sends none. */
  readonly token?: string | null;
}

export interface TestReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. @throws when it is none */
  json(): Record<string, unknown>;
}

export async function startTestServer(
  limits: Partial<ApiLimits> = {},
  options: Partial<ApiServerOptions> = {},
): Promise<TestServer> {
  const status = new FakeStatus();
  const registry = new FakeRegistry(status);
  const events = new FakeEvents();
  const receipts = new FakeReceipts();
  const fleet = new FakeFleet();
  const pushes: AnnouncedPush[] = [];
  const server = createApiServer({
    registry,
    events,
    receipts,
    fleet,
    logger: silentLogger,
    readiness: async () => ({ ready: true, checks: { repository: 'ok' }, reasons: {} }),
    sessionKey: async () => new Secret(Buffer.alloc(32, 7)),
    views: TEST_VIEWS,
    webhooks: {
      secret: async () => new Secret(HOOK_SECRET),
      pushed: (push) => {
        pushes.push(push);
        return 'looking';
      },
    },
    limits,
    ...options,
  });
  const url = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  const port = Number(url.port);
  return {
    server,
    registry,
    status,
    events,
    receipts,
    fleet,
    port,
    pushes,
    send: async (sent) => {
      const reply = await send(port, sent);
      assertDescribed(sent.method ?? 'GET', sent.target, reply);
      return reply;
    },
    sendRaw: (bytes) => sendRaw(port, bytes),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

export const HOOK_SECRET = 'the-secret-of-the-hook';

/** Body of a physical worker without anything that is optional. */
export const MINIMAL_BODY = {
  api_server: 'https://127.0.0.1:6443',
  cluster_kind: 'kubernetes',
  cluster_type: 'physical',
  usage: 'worker',
} as const;

async function send(port: number, sent: TestRequest): Promise<TestReply> {
  const token = sent.token === undefined ? MAINTAINER_TOKEN : sent.token;
  const length = sent.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent.body)) };
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method: sent.method ?? 'GET',
    path: sent.target,
    headers: { ...length, ...authorization, ...sent.headers },
    agent: false,
  });
  outgoing.end(sent.body);
  const [response] = await once(outgoing, 'response');
  const chunks: Buffer[] = await response.toArray();
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) };
}

async function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {}); // a reset by the server ends the exchange as well
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

export function saveRequest(name: string, body: unknown, query = ''): TestRequest {
  return {
    method: 'POST',
    target: `/api/v1/clusters/${name}${query}`,
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
  };
}

/** The reply is an error in the original's shape. Gives its metadata. */
export function assertError(reply: TestReply, status: number, reason: string): Record<string, string> {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.headers['content-type'], 'application/json');
  const { code, reason: actual, message, metadata } = reply.json();
  assert.equal(code, status);
  assert.equal(actual, reason);
  assert.equal(typeof message, 'string');
  const entries = metadata as Record<string, string>;
  assert.equal(entries.request_id, reply.headers['x-request-id']);
  assert.ok((entries.remedy ?? '').length > 0);
  return entries;
}

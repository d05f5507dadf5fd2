import type { Lie } from '../lie.ts';
import type { Value } from '../value.ts';

const MIB = 1024 * 1024;

/** Clears a screen, names the window, rings, goes back, turns the direction, ends a line, has no width. */
export const ODD = 'Ready\u001b[2J\u001b]0;x\u0007\r\ncluster/forged saved\u009b31m\u202eydaeR\u2028\u200b\u0000\ud800';

/** Of the names of clusters, which become part of a path when they are asked for one by one. */
const NAME = 'one\u001b[2J\ncluster/forged';

const answer = (body: Value, more: object = {}): Lie => ({ kind: 'answer', body, ...more });
const stream = (part: Value, more: object = {}): Lie => ({ kind: 'stream', part, ...more });

const event = (id: Value): { readonly [key: string]: Value } => ({
  id,
  cluster: NAME,
  incarnation: ODD,
  time: ODD,
  type: 'Warning',
  reason: ODD,
  message: ODD,
  subject: ODD,
  messageId: ODD,
  params: { text: ODD },
  remedy: ODD,
});

const condition: Value = {
  type: ODD,
  status: 'False',
  reason: ODD,
  message: ODD,
  remedy: ODD,
  lastTransitionTime: ODD,
};

const status: { readonly [key: string]: Value } = {
  name: NAME,
  incarnation: ODD,
  phase: ODD,
  generation: ODD,
  observedGeneration: ODD,
  commit: '',
  conditions: { $list: [condition, 3] },
  components: {
    $list: [
      {
        name: ODD,
        category: ODD,
        version: ODD,
        namespace: ODD,
        phase: 'Degraded',
        reason: ODD,
        message: ODD,
        objects: { ready: 1, total: 2 },
        advisories: [ODD],
      },
      3,
    ],
  },
  entryPoints: [ODD],
  kubernetes: { version: ODD, uid: ODD },
  credential: { kind: ODD, expiresAt: ODD, rotatedAt: ODD },
  lastCheckedAt: ODD,
};

/** What servers may do to a command line, by a name each. */
export const SERVER_LIES: Readonly<Record<string, readonly Lie[]>> = {
  'endless-error': [stream({ $repeat: ['x', 64 * 1024] }, { status: 500 })],
  'endless-body': [stream({ $repeat: ['{"a":1},', 8 * 1024] }, { head: '{"items":[' })],
  deep: [answer({ $repeat: ['[', MIB] })],
  wide: [answer(`[${'[],'.repeat(2.1 * MIB)}[]]`)],
  'deep-error': [answer({ $repeat: ['[', 200_000] }, { status: 409 })],
  'endless-pages': [
    { kind: 'answer', match: '/events\\?', body: { items: [event(5)], complete: false, latest: 1e15 } },
  ],
  'endless-line': [
    stream(
      { $repeat: ['x', 64 * 1024] },
      { match: '/events$', headers: { 'content-type': 'text/event-stream' }, head: 'data: ' },
    ),
  ],
  'endless-data': [
    stream(
      { $repeat: ['data: x\n', 8 * 1024] },
      { match: '/events$', headers: { 'content-type': 'text/event-stream' } },
    ),
  ],
  'no-stream': [answer('<html>', { match: '/events$', headers: { 'content-type': 'text/html' } })],
  null: [answer('null')],
  list: [answer('[1, null, {"name": 7}]')],
  text: [answer('"\\u001b[2J"')],
  'empty-object': [answer('{}')],
  'not-json': [answer('<html>\u001b[2J', { headers: { 'content-type': 'text/html' } })],
  'odd-error': [
    answer(
      {
        code: 409,
        reason: ODD,
        message: ODD,
        metadata: { remedy: ODD, request_id: ODD, [ODD]: ODD, nested: { toString: 1 } },
        action: { id: ODD, params: { text: ODD } },
        violations: [null, 7, { field: ODD, message: ODD, remedy: ODD }, { field: 1, message: {} }],
      },
      { status: 409, headers: { 'retry-after': '99999999999' } },
    ),
  ],
  'many-violations': [
    answer(
      {
        code: 400,
        reason: 'X',
        message: { $repeat: ['m', 100_000] },
        violations: { $list: [{ field: 'f', message: 'm' }, 4_000] },
      },
      { status: 400 },
    ),
  ],
  redirect: [answer('', { status: 302, headers: { location: `https://other.example.test/${'x'.repeat(4_000)}` } })],
  'no-content': [answer('', { status: 204 })],
  teapot: [answer('{"code":"418","reason":7,"message":null}', { status: 418 })],
  'header-flood': [{ kind: 'raw', text: `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(20_000)}\r\n{}` }],
  'not-http': [{ kind: 'raw', text: 'SSH-2.0-OpenSSH_9.9\r\n' }],
  'two-lengths': [{ kind: 'raw', text: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x' }],
  'cut-off': [{ kind: 'reset', at: 'body' }],
  closed: [{ kind: 'reset', at: 'headers' }],
  'odd-texts': [
    { kind: 'answer', match: '/status$', body: status },
    { kind: 'answer', match: '/statuses', body: { items: [{ ...summary(), name: NAME }] } },
    { kind: 'answer', match: '/events\\?', body: { items: [event(1), event(2)], complete: true, latest: 2 } },
    stream(`id: 3\ndata: ${JSON.stringify(event(3))}\n\n`, {
      match: '/events$',
      headers: { 'content-type': 'text/event-stream' },
      milliseconds: 5,
    }),
    { kind: 'alter', match: '^GET /api/v1/clusters/[^/]+$', at: ['name'], to: NAME },
    { kind: 'alter', match: '^GET /api/v1/clusters/[^/]+$', at: ['api_server'], to: ODD },
    { kind: 'alter', match: '^GET /api/v1/clusters/[^/]+$', at: ['primary_domain'], to: ODD },
    { kind: 'alter', match: '^GET /api/v1/clusters(\\?|$)', at: ['items', '*', 'name'], to: NAME },
    { kind: 'alter', match: '^GET /api/v1/clusters(\\?|$)', at: ['items', '*', 'api_server'], to: ODD },
    { kind: 'alter', match: '/caller', at: ['name'], to: ODD },
    { kind: 'alter', match: '/caller', at: ['installation'], to: ODD },
    { kind: 'alter', match: '/caller', at: ['server_version'], to: ODD },
    { kind: 'alter', match: '/plan', at: ['diff'], to: [{ field: ODD, before: ODD, after: ODD }] },
    {
      kind: 'alter',
      match: '/plan',
      at: ['findings'],
      to: [{ reason: ODD, field: ODD, message: ODD, remedy: ODD, blocking: false }],
    },
    { kind: 'alter', match: '/readyz', at: ['checks'], to: { [ODD]: ODD } },
    { kind: 'alter', match: '/commit', at: ['subject'], to: ODD },
    { kind: 'alter', match: '^POST /api/v1/clusters/[^/]+(\\?|$)', at: ['warnings'], to: [ODD] },
  ],
};

function summary(): { readonly [key: string]: Value } {
  return {
    phase: ODD,
    incarnation: ODD,
    reason: ODD,
    message: ODD,
    credential_expires_at: ODD,
    kubernetes_version: ODD,
    components: { ready: 1, total: 2 },
  };
}

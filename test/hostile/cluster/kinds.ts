import type { Lie } from '../lie.ts';
import type { Value } from '../value.ts';

const KIB = 1024;
const LISTS = '^GET /apis?/[^?]*[a-z]\\?(?!.*watch=)';
const WATCHES = '[?&]watch=';
const TOKENS = '^POST .*/token$';
const WRITES = '^(POST|PATCH|PUT) ';
const ODD = 'Ready\u001b[2J\u0007\r\nReady: \u202eydaeR\u2028';

const items = (at: readonly string[], to: Value): Lie => ({
  kind: 'alter',
  match: LISTS,
  at: ['items', '*', 'metadata', ...at],
  to,
});
const object = (at: readonly string[], to: Value): Lie => ({ kind: 'alter', match: WRITES, at, to });
const answer = (body: Value, match?: string, more: object = {}): Lie => ({
  kind: 'answer',
  body,
  ...(match === undefined ? {} : { match }),
  ...more,
});
const invented = (count: number, more: { readonly [key: string]: Value } = {}): Value => ({
  kind: 'List',
  metadata: { resourceVersion: '1' },
  items: {
    $list: [
      { metadata: { name: { $index: 'invented-' }, namespace: 'default', uid: { $index: 'uid-' } }, ...more },
      count,
    ],
  },
});
const head = (...lines: readonly string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');
const event = (type: string, metadata: Value): string =>
  `${JSON.stringify({ type, object: { apiVersion: 'v1', kind: 'Secret', metadata } })}\n`;

/**
 * The kinds of hostile clusters that are known, by name. Each is what a cluster says and does from some moment on; what
 * a kind does not lie about is answered honestly.
 */
export const CLUSTER_LIES: Readonly<Record<string, readonly Lie[]>> = {
  // Without end
  'endless-list': [{ kind: 'alter', match: LISTS, at: ['metadata', 'continue'], to: { $count: 'invented-' } }],
  'empty-pages': [answer({ metadata: { continue: { $count: 'invented-' } }, items: [] }, LISTS)],
  'full-pages': [
    answer(
      {
        metadata: { continue: { $count: 'invented-' } },
        items: { $list: [{ metadata: { name: { $index: 'a' } } }, 500] },
      },
      LISTS,
    ),
  ],
  'same-page': [{ kind: 'alter', match: LISTS, at: ['metadata', 'continue'], to: 'invented-again' }],
  'long-continue': [
    { kind: 'alter', match: LISTS, at: ['metadata', 'continue'], to: { $repeat: ['invented-', 100_000] } },
  ],
  'odd-list-version': [{ kind: 'alter', match: LISTS, at: ['metadata', 'resourceVersion'], to: ODD }],
  'endless-body': [{ kind: 'stream', head: '{"items":["', part: { $repeat: ['x', 64 * KIB] } }],
  'endless-failure': [{ kind: 'stream', status: 500, part: { $repeat: ['x', 64 * KIB] } }],
  'slow-body': [{ kind: 'stream', head: '{"kind":"', part: 'x', milliseconds: 1_000 }],
  'dripping-headers': [{ kind: 'raw', text: 'H', repeat: 0, milliseconds: 1_000 }],
  silent: [{ kind: 'silent', reads: true }],
  'never-reads': [{ kind: 'silent', reads: false }],
  'never-reads-writes': [{ kind: 'silent', reads: false, match: WRITES }],
  'endless-informational': [
    { kind: 'raw', text: { $repeat: ['HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n', 100] }, repeat: 0 },
  ],
  'endless-headers': [
    { kind: 'raw', text: { $repeat: ['x-filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n', 500] }, repeat: 0 },
  ],
  // Form of JSON
  deep: [answer({ $repeat: ['[', 3_000_000] })],
  'many-keys': [answer({ $numbered: ['{"k', '":1,"k', '":1}', 600_000] })],
  'deep-object': [answer({ $repeat: ['{"a":', 600_000] })],
  wide: [answer({ $repeat: ['[{},', 900_000] })],
  'many-values': [{ kind: 'stream', head: '[', part: { $repeat: ['{},', 20_000] }, parts: 100 }],
  'large-version': [answer({ gitVersion: { $repeat: ['v', 4_000_000] } }, '^GET /version')],
  'odd-version': [answer({ major: '1', minor: '36', gitVersion: ODD }, '^GET /version')],
  'no-json': [answer('<html>not today</html>', undefined, { headers: { 'content-type': 'text/html' } })],
  'other-json': [answer('null')],
  'wrong-types': [answer({ kind: 7, metadata: [], items: { a: 1 }, status: 'x', spec: null })],
  'prototype-keys': [
    answer(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"items":[{"__proto__":{"name":"a"}}]}',
    ),
  ],
  // HTTP
  redirects: [
    answer('', undefined, { status: 307, headers: { location: 'http://169.254.169.254/latest/meta-data/' } }),
  ],
  'retry-after-25-days': [answer('', undefined, { status: 429, headers: { 'retry-after': '2160000' } })],
  'retry-after-zero': [answer('', undefined, { status: 429, headers: { 'retry-after': '0' } })],
  'retry-after-odd': [answer('', undefined, { status: 503, headers: { 'retry-after': '-1e309' } })],
  'unknown-encoding': [
    answer({ $repeat: ['x', 1_000] }, undefined, { headers: { 'content-encoding': 'gzip, br, gzip' } }),
  ],
  'two-lengths': [{ kind: 'raw', text: `${head('content-length: 2', 'content-length: 200')}{}` }],
  'length-and-chunks': [
    { kind: 'raw', text: `${head('content-length: 2', 'transfer-encoding: chunked')}2\r\n{}\r\n0\r\n\r\n` },
  ],
  'two-answers': [{ kind: 'raw', text: { $repeat: [`${head('content-length: 2')}{}`, 2] }, after: 'hang' }],
  'unasked-answers': [{ kind: 'raw', text: `${head('content-length: 2')}{}`, repeat: 0, milliseconds: 5 }],
  'odd-headers': [{ kind: 'raw', text: `${head('content-length: 2', 'x-\u0001: \u001b[2J', 'etag: \u0000')}{}` }],
  'huge-header': [
    {
      kind: 'raw',
      text: ['HTTP/1.1 200 OK\r\netag: ', 'x'.repeat(200_000), '\r\ncontent-length: 2\r\n\r\n{}'].join(''),
    },
  ],
  'large-etag': [
    answer({ kind: 'APIGroupDiscoveryList', items: [] }, '^GET /apis?($|\\?)', {
      headers: { etag: 'e'.repeat(12_000) },
    }),
  ],
  'not-http': [{ kind: 'raw', text: 'SSH-2.0-OpenSSH_9.9\r\n' }],
  'switches-protocols': [
    {
      kind: 'raw',
      text: 'HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n',
      after: 'hang',
    },
  ],
  'no-content': [answer('', undefined, { status: 204 })],
  'not-modified': [answer('', undefined, { status: 304 })],
  'odd-status': [answer({ kind: 'Status', reason: ODD, message: ODD, code: 1e308 }, undefined, { status: 599 })],
  // Connections
  'reset-connect': [{ kind: 'reset', at: 'connect' }],
  'reset-handshake': [{ kind: 'reset', at: 'handshake' }],
  'reset-request': [{ kind: 'reset', at: 'request' }],
  'reset-headers': [{ kind: 'reset', at: 'headers' }],
  'reset-body': [{ kind: 'reset', at: 'body' }],
  // Certificates
  'certificate-many-names': [{ kind: 'certificate', certificate: 'manyNames' }],
  'certificate-huge': [{ kind: 'certificate', certificate: 'huge' }],
  'certificate-expired': [{ kind: 'certificate', certificate: 'expired' }],
  'certificate-future': [{ kind: 'certificate', certificate: 'future' }],
  'certificate-client-only': [{ kind: 'certificate', certificate: 'clientOnly' }],
  'certificate-control-characters': [{ kind: 'certificate', certificate: 'controlCharacters' }],
  'certificate-empty': [{ kind: 'certificate', certificate: 'empty' }],
  'certificate-other-host': [{ kind: 'certificate', certificate: 'otherHost' }],
  'certificate-other-authority': [{ kind: 'certificate', certificate: 'otherAuthority' }],
  // Objects
  'odd-names': [items(['name'], ODD)],
  'path-names': [items(['name'], '../../secrets/key')],
  'long-names': [items(['name'], { $repeat: ['a', 100_000] })],
  'changing-uids': [items(['uid'], { $count: 'uid-' }), object(['metadata', 'uid'], { $count: 'uid-' })],
  'long-uids': [items(['uid'], { $repeat: ['u', 100_000] }), object(['metadata', 'uid'], { $repeat: ['u', 100_000] })],
  'versions-go-back': [object(['metadata', 'resourceVersion'], '0'), items(['resourceVersion'], '0')],
  'odd-times': [
    items(['creationTimestamp'], 'yesterday\n'),
    object(['metadata', 'creationTimestamp'], '+275760-09-13T00:00:00Z'),
  ],
  terminating: [
    items(['deletionTimestamp'], '1970-01-01T00:00:00Z'),
    object(['metadata', 'deletionTimestamp'], '9999-12-31T23:59:59Z'),
  ],
  'other-objects': [object(['metadata', 'name'], 'other'), object(['kind'], 'Other')],
  'many-objects': [answer(invented(40_000), LISTS)],
  'large-labels': [items(['labels'], { a: { $repeat: ['l', 100_000] } })],
  'finalizers-forever': [object(['metadata', 'finalizers'], { $list: [{ $index: 'example.test/hold-' }, 10_000] })],
  // Discovery
  'many-kinds': [
    answer(
      {
        kind: 'APIGroupDiscoveryList',
        items: {
          $list: [
            {
              metadata: { name: { $index: 'g' } },
              versions: [
                {
                  version: 'v1',
                  resources: {
                    $list: [
                      {
                        resource: { $index: 'invented' },
                        responseKind: { kind: { $index: 'Invented' } },
                        scope: 'Namespaced',
                        verbs: ['list', 'get', 'watch', 'delete'],
                      },
                      500,
                    ],
                  },
                },
              ],
            },
            30,
          ],
        },
      },
      '^GET /apis($|\\?)',
    ),
  ],
  'thousands-of-stale-groups': [
    answer(
      {
        kind: 'APIGroupDiscoveryList',
        items: {
          $list: [
            { metadata: { name: { $index: 'g' } }, versions: [{ version: 'v1', freshness: 'Stale', resources: [] }] },
            15_000,
          ],
        },
      },
      '^GET /apis($|\\?)',
    ),
  ],
  'nothing-served': [answer({ kind: 'APIGroupDiscoveryList', items: [] }, '^GET /apis?($|\\?)')],
  // Tokens
  'token-odd-expiry': [{ kind: 'alter', match: TOKENS, at: ['status', 'expirationTimestamp'], to: ODD }],
  'token-expired': [
    { kind: 'alter', match: TOKENS, at: ['status', 'expirationTimestamp'], to: '1970-01-01T00:00:01Z' },
  ],
  'token-forever': [
    { kind: 'alter', match: TOKENS, at: ['status', 'expirationTimestamp'], to: '9999-12-31T23:59:59Z' },
  ],
  'token-empty': [{ kind: 'alter', match: TOKENS, at: ['status', 'token'], to: '' }],
  'token-odd': [{ kind: 'alter', match: TOKENS, at: ['status', 'token'], to: 'a\r\nx-injected: 1' }],
  'token-huge': [{ kind: 'alter', match: TOKENS, at: ['status', 'token'], to: { $repeat: ['t', 200_000] } }],
  'token-other-type': [{ kind: 'alter', match: TOKENS, at: ['status'], to: [1, 2, 3] }],
  // Watches, where something is watched
  'watch-flood': [{ kind: 'stream', match: WATCHES, part: event('MODIFIED', { name: 'a', resourceVersion: '2' }) }],
  'watch-silent': [{ kind: 'silent', match: WATCHES, reads: true }],
  'watch-bad-objects': [{ kind: 'stream', match: WATCHES, part: event('ADDED', { name: '../x' }), milliseconds: 100 }],
  'watch-unknown-types': [
    { kind: 'stream', match: WATCHES, part: event('EXPLODED', { name: 'a' }), milliseconds: 100 },
  ],
  'watch-back': [
    { kind: 'stream', match: WATCHES, part: event('BOOKMARK', { resourceVersion: '1' }), milliseconds: 100 },
  ],
  'watch-deep': [{ kind: 'stream', match: WATCHES, part: `${'['.repeat(2_000_000)}\n`, parts: 1 }],
  'watch-endless-line': [{ kind: 'stream', match: WATCHES, part: { $repeat: ['x', 64 * KIB] } }],
  'watch-ends-at-once': [answer('', WATCHES)],
  // In time
  'slow-everything': [{ kind: 'stream', head: '{', part: ' ', parts: 20, milliseconds: 1_000 }],
};

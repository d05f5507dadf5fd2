import type { Lie } from '../lie.ts';
import type { Value } from '../value.ts';

const KIB = 1024;
const LOGIN = '/login$';
const READ = '^GET /v1/[a-z]+/data/';
const ODD = 'x\u001b[2J\r\nx-vault-token: y\u202e';

const alter = (match: string, at: readonly string[], to: Value): Lie => ({ kind: 'alter', match, at, to });

/** The kinds of hostile Vaults that are known, by name. */
export const VAULT_LIES: Readonly<Record<string, readonly Lie[]>> = {
  'endless-body': [{ kind: 'stream', head: '{"data":{"keys":["', part: { $repeat: ['x', 64 * KIB] } }],
  'slow-body': [{ kind: 'stream', head: '{"data":', part: ' ', milliseconds: 200 }],
  'endless-headers': [{ kind: 'raw', text: { $repeat: ['HTTP/1.1 200 OK\r\nx-header: 1\r\n', 10_000] } }],
  silent: [{ kind: 'silent', reads: true }],
  deep: [{ kind: 'answer', body: { $repeat: ['[', 1_000 * KIB] } }],
  'many-values': [{ kind: 'answer', body: { $list: [{}, 250_000] } }],
  'many-names': [
    { kind: 'answer', match: 'list=true', body: { data: { keys: { $list: [{ $index: 'name-' }, 300_000] } } } },
  ],
  'odd-names': [
    {
      kind: 'answer',
      match: 'list=true',
      body: { data: { keys: ['..', '../', '.', ODD, 'a/b', '', 'é', 7, 'sound'] } },
    },
  ],
  // Tokens and their lives
  'odd-token': [alter(LOGIN, ['auth', 'client_token'], ODD)],
  'long-token': [alter(LOGIN, ['auth', 'client_token'], { $repeat: ['x', 100 * KIB] })],
  'no-token': [alter(LOGIN, ['auth', 'client_token'], { $absent: true })],
  'lease-of-text': [alter(LOGIN, ['auth', 'lease_duration'], 'long')],
  'lease-without-end': [alter(LOGIN, ['auth', 'lease_duration'], 1e300)],
  'lease-of-nothing': [alter(LOGIN, ['auth', 'lease_duration'], 1e-9)],
  'lease-of-the-past': [alter(LOGIN, ['auth', 'lease_duration'], -5)],
  // Content
  'other-types': [alter(READ, ['data'], 'text')],
  'odd-version': [alter(READ, ['data', 'metadata', 'version'], -1.5)],
  'huge-version': [alter(READ, ['data', 'metadata', 'version'], 1e300)],
  'not-json': [{ kind: 'answer', body: '{"data":' }],
  page: [{ kind: 'answer', headers: { 'content-type': 'text/html' }, body: '<html>' }],
  empty: [{ kind: 'answer', body: '' }],
  // Statuses
  sealed: [{ kind: 'answer', status: 503, body: { errors: ['Vault is sealed'] } }],
  flapping: [{ kind: 'answer', status: 503, times: 1, body: { errors: ['Vault is sealed'] } }],
  'pause-of-days': [{ kind: 'answer', status: 429, headers: { 'retry-after': '2160000' }, body: {} }],
  redirect: [{ kind: 'answer', status: 307, headers: { location: 'http://169.254.169.254/v1/x' }, body: '' }],
  forbidden: [{ kind: 'answer', status: 403, body: { errors: [ODD] } }],
  reset: [{ kind: 'reset', at: 'body' }],
};

import type { Lie } from '../lie.ts';
import type { Value } from '../value.ts';

const KIB = 1024;
const ODD = 'Eve\u001b[2J\u0007\r\nOperation: delete\u202eevE\u2028';
const USER = '/api/v[14]/user$';
const BRANCH = '/branches/main$';
const MEMBER = '/members/all/\\d+$';

const alter = (match: string, at: readonly string[], to: Value): Lie => ({ kind: 'alter', match, at, to });

/** The kinds of hostile Git servers that are known, by name: what their API says. The paths are those of GitLab and Gitea. */
export const GIT_HOST_LIES: Readonly<Record<string, readonly Lie[]>> = {
  // Without end, or more than it is
  'endless-body': [{ kind: 'stream', head: '{"id":1,"name":"', part: { $repeat: ['x', 64 * KIB] } }],
  'endless-headers': [{ kind: 'raw', text: { $repeat: ['HTTP/1.1 200 OK\r\nx-header: 1\r\n', 10_000] } }],
  'slow-body': [{ kind: 'stream', head: '{"id":', part: ' ', milliseconds: 200 }],
  silent: [{ kind: 'silent', reads: true }],
  deep: [{ kind: 'answer', body: { $repeat: ['[', 900 * KIB] } }],
  'many-values': [{ kind: 'answer', body: { $list: [{}, 200_000] } }],
  'long-name': [alter(USER, ['name'], { $repeat: ['x', 900 * KIB] })],
  'long-address': [alter(USER, ['email'], { $repeat: ['x', 900 * KIB] })],
  'many-scopes': [alter('/personal_access_tokens/self$', ['scopes'], { $list: [{ $index: 'scope\n' }, 20_000] })],
  // Without form
  'odd-names': [alter(USER, ['name'], ODD), alter(USER, ['username'], ODD), alter(USER, ['email'], ODD)],
  'no-number': [alter(USER, ['id'], 1e300)],
  'number-zero': [alter(USER, ['id'], 0)],
  'inexact-number': [alter(USER, ['id'], 9_007_199_254_740_994)],
  'other-types': [alter(USER, ['id'], '1'), alter(BRANCH, ['can_push'], 'true')],
  list: [{ kind: 'answer', body: [] }],
  'not-json': [{ kind: 'answer', headers: { 'content-type': 'application/json' }, body: '{"id":' }],
  page: [{ kind: 'answer', headers: { 'content-type': 'text/html' }, body: '<html>' }],
  // Of others
  'other-branch': [alter(BRANCH, ['name'], 'feature'), alter(MEMBER, ['access_level'], 10)],
  'other-member': [alter(MEMBER, ['id'], 4711), alter(BRANCH, ['can_push'], false)],
  'odd-date': [alter(MEMBER, ['expires_at'], 'never\u001b[2J')],
  // Statuses and pauses
  'pause-of-days': [{ kind: 'answer', status: 429, headers: { 'retry-after': '2160000' }, body: '{}' }],
  'pause-of-nothing': [{ kind: 'answer', status: 429, headers: { 'retry-after': '-1' }, body: '{}' }],
  redirect: [{ kind: 'answer', status: 302, headers: { location: 'http://169.254.169.254/' }, body: '' }],
  failing: [{ kind: 'answer', status: 500, body: { $repeat: ['no ', 100 * KIB] } }],
  reset: [{ kind: 'reset', at: 'body' }],
};

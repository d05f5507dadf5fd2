import type { Lie } from '../lie.ts';
import { deltaBomb, treeBomb } from './packs.ts';

const ADVERTISEMENT = '^GET .*info/refs';
const ANSWERS = '^POST .*git-upload-pack';
const ID = 'a'.repeat(40);
const KIB = 1024;

/** A packet of Git (gitprotocol-common): its length in hexadecimal, and the text. */
function packet(text: string): string {
  return `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
}

const TYPE = { 'content-type': 'application/x-git-upload-pack-advertisement' };
const RESULT = { 'content-type': 'application/x-git-upload-pack-result' };
const SERVICE = `${packet('# service=git-upload-pack\n')}0000`;
const VERSION_2 = ['version 2\n', 'ls-refs\n', 'fetch\n', 'object-format=sha1\n'].map(packet).join('') + '0000';
const FIRST = packet(`${ID} refs/heads/main\0side-band-64k ofs-delta thin-pack no-progress\n`);
const REFERENCES = packet(`${ID} refs/heads/main\n`);

const advertises = (...lies: readonly Lie[]): readonly Lie[] => [
  { kind: 'answer', match: ADVERTISEMENT, headers: TYPE, body: VERSION_2 },
  ...lies,
];
/** The first question is for the references, what follows is for their objects. */
const afterReferences = (...lies: readonly Lie[]): readonly Lie[] =>
  advertises({ kind: 'answer', match: ANSWERS, times: 1, headers: RESULT, body: `${REFERENCES}0000` }, ...lies);
const band = (number: string, text: string): string => packet(`${number}${text}`);
const PACKFILE = `${['acknowledgments\n', 'ready\n'].map(packet).join('')}0001${packet('packfile\n')}`;
/** A pack of a few kilobytes. */
const packOf = (pack: Buffer): Lie => ({
  kind: 'stream',
  match: ANSWERS,
  headers: RESULT,
  part: `${PACKFILE}${band('\u0001', pack.toString('latin1'))}0000`,
  parts: 1,
});
const many = (text: string): string => text.repeat(Math.ceil((64 * KIB) / text.length));

/**
 * The kinds of hostile remotes that are known, by name: what one says when it is asked for `main`. They end at a limit or
 * are not believed; those in {@link SLOW_REMOTE_LIES} only at a deadline.
 */
export const REMOTE_LIES: Readonly<Record<string, readonly Lie[]>> = {
  // Without end
  'endless-references-1': [
    {
      kind: 'stream',
      match: ADVERTISEMENT,
      headers: TYPE,
      head: SERVICE + FIRST,
      part: many(packet(`${ID} refs/heads/x\n`)),
    },
  ],
  'endless-capabilities': [
    { kind: 'stream', match: ADVERTISEMENT, headers: TYPE, head: packet('version 2\n'), part: many(packet('x=y\n')) },
  ],
  'endless-progress': afterReferences({
    kind: 'stream',
    match: ANSWERS,
    headers: RESULT,
    head: PACKFILE,
    part: many(band('\u0002', 'counting objects: 1%\n')),
  }),
  'endless-refusal': [
    {
      kind: 'stream',
      match: ADVERTISEMENT,
      status: 403,
      headers: { 'content-type': 'text/plain' },
      part: many('no\n'),
    },
  ],
  'endless-page': [
    { kind: 'stream', match: ADVERTISEMENT, headers: { 'content-type': 'text/html' }, part: many('<p>') },
  ],
  // More than it is
  'two-billion-objects': afterReferences({
    kind: 'answer',
    match: ANSWERS,
    headers: RESULT,
    body: `${PACKFILE}${band('\u0001', 'PACK\0\0\0\u0002\u007f\u007f\u007f\u007f')}0000`,
  }),
  'delta-bomb': afterReferences(packOf(deltaBomb())),
  'tree-bomb': afterReferences(packOf(treeBomb())),
  'long-error': afterReferences({
    kind: 'answer',
    match: ANSWERS,
    headers: RESULT,
    body: packet(`ERR ${'\u001b[2J'.repeat(10_000)}`),
  }),
  'many-headers': [
    {
      kind: 'raw',
      match: ADVERTISEMENT,
      text: { $repeat: ['HTTP/1.1 200 OK\r\nx-header: 1\r\n', 100_000] },
    },
  ],
  'huge-pause': [
    { kind: 'answer', match: ADVERTISEMENT, status: 429, headers: { 'retry-after': '99999999999' }, body: 'later' },
  ],
  // Not what was asked for
  'other-service': [
    { kind: 'answer', match: ADVERTISEMENT, headers: TYPE, body: `${packet('# service=git-receive-pack\n')}0000` },
  ],
  'not-packets': [{ kind: 'answer', match: ADVERTISEMENT, headers: TYPE, body: { $repeat: ['zzzz', 1000] } }],
  'empty-pack': afterReferences({
    kind: 'answer',
    match: ANSWERS,
    headers: RESULT,
    body: `${PACKFILE}${band('\u0001', 'PACK\0\0\0\u0002\0\0\0\0')}0000`,
  }),
  'cut-pack': afterReferences({
    kind: 'answer',
    match: ANSWERS,
    headers: RESULT,
    body: `${PACKFILE}${band('\u0001', 'PACK\0\0\0\u0002')}`,
  }),
  'other-names': advertises({
    kind: 'answer',
    match: ANSWERS,
    headers: RESULT,
    body: `${packet(`${ID} refs/heads/../../../etc/passwd\n`)}${packet(`${ID} refs/heads/main \u001b[2J\n`)}0000`,
  }),
  redirect: [
    {
      kind: 'answer',
      match: ADVERTISEMENT,
      status: 302,
      headers: { location: 'http://169.254.169.254/latest/' },
      body: '',
    },
  ],
  'redirect-file': [
    { kind: 'answer', match: ADVERTISEMENT, status: 301, headers: { location: 'file:///etc/passwd' }, body: '' },
  ],
  'asks-for-password': [
    { kind: 'answer', status: 401, headers: { 'www-authenticate': 'Basic realm="x", Negotiate' }, body: 'no' },
  ],
  reset: [{ kind: 'reset', at: 'body' }],
  garbage: [{ kind: 'raw', text: { $repeat: ['\0\u0001\u0002', 100_000] } }],
};

/** Remotes that never end, and are ended late or only when their time is up. */
export const SLOW_REMOTE_LIES: Readonly<Record<string, readonly Lie[]>> = {
  'endless-references-2': advertises({
    kind: 'stream',
    match: ANSWERS,
    headers: RESULT,
    part: many(packet(`${ID} refs/heads/x\n`)),
  }),
  silent: [{ kind: 'silent', reads: true }],
  'slow-references': [
    {
      kind: 'stream',
      match: ADVERTISEMENT,
      headers: TYPE,
      head: SERVICE,
      part: packet(`${ID} refs/heads/x\n`),
      milliseconds: 500,
    },
  ],
  'dripping-headers': [{ kind: 'raw', text: 'H', repeat: 0, milliseconds: 1000 }],
};

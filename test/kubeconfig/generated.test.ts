/** Kubeconfigs that nobody wrote by hand: kubectl and we show an API server the same, or we say why not. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { isPlatformSupported } from '../../tools/kubectl/kubectl.ts';
import { ClientComparison, type Outcome, pem } from './client-go.ts';

/** Each run starts kubectl once, which takes a tenth of a second. */
const RUNS = 40;

type Fields = Readonly<Record<string, unknown>>;

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const lines = (text: string): string => base64(text).replace(/(.{64})/g, '$1\n');
const relabelled = (key: string, label: string): string => key.replaceAll('PRIVATE KEY', label);

/** Mostly none, otherwise one of these fields: with several oddities at once, almost all would be refused by both. */
const oneOf = (...fields: readonly Fields[]): fc.Arbitrary<Fields> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant<Fields>({}) }, { weight: 2, arbitrary: fc.constantFrom(...fields) });

const authority = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fields>({ 'certificate-authority-data': base64(pem.root) }) },
  fc.constantFrom<Fields>(
    { 'certificate-authority-data': base64(pem.intermediate) },
    { 'certificate-authority-data': base64(pem.served) },
    { 'certificate-authority-data': lines(`Some words\n${pem.other}${pem.root}`) },
    { 'certificate-authority': 'root.pem', 'certificate-authority-data': '' },
    { 'certificate-authority': 'root.pem', 'certificate-authority-data': base64(pem.root) },
    { 'certificate-authority-data': base64(pem.other) },
    { 'certificate-authority-data': base64('no certificate') },
    { 'certificate-authority-data': 'no base64' },
    { 'certificate-authority': 'missing.pem' },
    {},
  ),
);

const cluster = fc
  .tuple(
    authority,
    oneOf(
      { 'insecure-skip-tls-verify': false },
      { 'disable-compression': true },
      { 'insecure-skip-tls-verify': true },
      { 'insecure-skip-tls-verify': 'no' },
    ),
    oneOf({ 'tls-server-name': '' }, { 'tls-server-name': 'kubernetes.default' }, { 'tls-server-name': 'other' }),
    oneOf({ 'proxy-url': '' }, { extensions: [] }, { note: 'unknown' }),
    fc.constantFrom('', '/', '/k8s/clusters/c-1', '/k8s/clusters/c-1/'),
  )
  .map(([trust, verification, name, more, path]) => ({ ...trust, ...verification, ...name, ...more, path }));

const certificate = fc.constantFrom<Fields>(
  { 'client-certificate-data': base64(pem.admin), 'client-key-data': base64(pem.adminKey) },
  {
    'client-certificate-data': lines(`${pem.admin}${pem.root}`),
    'client-key-data': base64(relabelled(pem.adminKey, 'EC PRIVATE KEY')),
  },
  {
    'client-certificate-data': base64(`${pem.adminKey}${pem.admin}`),
    'client-key-data': base64(`${pem.admin}${relabelled(pem.adminKey, 'RSA PRIVATE KEY')}`),
  },
  { 'client-certificate': 'admin.pem', 'client-key': 'admin.key' },
  { 'client-certificate': 'admin.pem', 'client-certificate-data': base64(pem.admin), 'client-key': 'admin.key' },
  { 'client-certificate-data': base64(pem.admin) },
  { 'client-key-data': base64(pem.adminKey) },
  { 'client-certificate-data': base64(pem.admin), 'client-key-data': base64(pem.anotherKey) },
  { 'client-certificate': '', 'client-key': '', 'client-certificate-data': '', 'client-key-data': '' },
);

const exec = {
  apiVersion: 'client.authentication.k8s.io/v1',
  interactiveMode: 'Never',
  command: 'echo',
  args: ['{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"of-a-program"}}'],
};

const token = fc.constantFrom<Fields>(
  { token: 'own' },
  { token: '' },
  { token: 17 },
  { tokenFile: 'token' },
  { tokenFile: 'missing' },
  { token: 'own', tokenFile: 'token' },
  { token: 'own', tokenFile: 'missing' },
);
const basic = fc.constantFrom<Fields>(
  { username: 'me', password: 'word' },
  { username: '', password: '' },
  { password: 'word' },
);
const program = fc.constantFrom<Fields>(
  { exec },
  { exec: null, 'auth-provider': null },
  { 'auth-provider': { name: 'oidc' }, exec },
);
const nothing = fc.constant<Fields>({});

const user = fc
  .tuple(
    fc.oneof(certificate, token, token, basic, program),
    fc.oneof({ weight: 3, arbitrary: nothing }, certificate, token, program, basic),
    fc.oneof(
      { weight: 6, arbitrary: nothing },
      fc.constantFrom<Fields>(
        { as: '' },
        { 'as-groups': [] },
        { as: 'root' },
        { 'as-groups': ['x'] },
        { 'as-user-extra': {} },
      ),
    ),
  )
  .map(([one, two, three]): Fields => ({ ...one, ...two, ...three }));

/** Names as they are written, quoted or not: what they are is up to the reader. */
const NAMES = [
  'x',
  '"12"',
  '12',
  '0x1F',
  '0x123456789012345678901',
  'no',
  "'no'",
  '~',
  '2024-01-15',
  '1_000',
  '1:20',
  'a b',
];

const frame = fc.record({
  name: fc.oneof({ weight: 9, arbitrary: fc.constant('x') }, fc.constantFrom(...NAMES)),
  head: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('apiVersion: v1\nkind: Config\n', '', 'apiVersion: ""\nkind: ""\n', '---\n'),
    },
    fc.constantFrom('kind: Secret\n', 'apiVersion: v2\n'),
  ),
  tail: fc.constantFrom('', '', 'preferences: {}\n', '---\nbroken: [\n', '...\n', 'more: {}\n'),
  users: fc.constantFrom(
    '',
    '',
    '',
    '',
    '',
    '',
    '  - {name: o}\n',
    '  - null\n',
    '  - {name: u, user: {token: second}}\n',
  ),
  form: fc.constantFrom('yaml', 'yaml', 'crlf', 'bom', 'utf16'),
});

interface Generated {
  readonly text: string;
  readonly bytes: Uint8Array;
}

interface Parts {
  readonly cluster: Fields & { readonly path: string };
  readonly user: Fields;
  readonly frame: {
    readonly name: string;
    readonly head: string;
    readonly tail: string;
    readonly users: string;
    readonly form: string;
  };
}

function generated(
  { cluster: { path, ...entry }, user: fields, frame: { name, head, tail, users, form } }: Parts,
  port: number,
): Generated {
  const server = `https://127.0.0.1:${port}${path}`;
  const list = (field: string, items: unknown): string => stringifyYaml({ [field]: items });
  const text = [
    head,
    list('clusters', [{ name: 'c', cluster: { server, ...entry } }]),
    list('users', [{ name: 'u', user: fields }]),
    users,
    `contexts:\n- name: ${name}\n  context: {cluster: c, user: u}\ncurrent-context: ${name}\n`,
    tail,
  ].join('');
  const written = form === 'crlf' ? text.replaceAll('\n', '\r\n') : form === 'yaml' ? text : `\uFEFF${text}`;
  return { text, bytes: Buffer.from(written, form === 'utf16' ? 'utf16le' : 'utf8') };
}

/** What we refuse although kubectl does not, and which text of the file gives the reason. */
const OURS: Readonly<Record<string, RegExp>> = {
  KubeconfigInsecureRefused: /insecure-skip-tls-verify: true/,
  KubeconfigImpersonationRefused: /as: root|as-groups:/,
  KubeconfigWithoutCredential: /users:/, // kubectl asks as nobody, or with a name or password alone
  KubeconfigKeyMissing: /client-certificate/,
  program: /exec:/,
};

function check({ text }: Generated, theirs: Outcome, ours: Outcome): void {
  const shown = `${text}\nkubectl: ${JSON.stringify(theirs)}\nours: ${JSON.stringify(ours)}`;
  if ('refusal' in ours) {
    if ('refusal' in theirs) return;
    const [reason = ''] = ours.refusal.split(':');
    assert.match(text, OURS[reason] ?? /$^/, `refused by us alone\n${shown}`);
    return;
  }
  assert.ok('presented' in theirs, `accepted by us alone\n${shown}`);
  const { authorization, ...expected } = theirs.presented;
  // A certificate is what API servers look at first; what it is accompanied by is not kept.
  const both =
    expected.certificate === undefined && authorization !== undefined ? { ...expected, authorization } : expected;
  assert.deepEqual(ours.presented, both, shown);
}

describe('generated kubeconfigs', {
  skip: isPlatformSupported() ? false : 'kubectl is brought for Linux on x64 only',
}, () => {
  let comparison: ClientComparison;

  before(async () => {
    comparison = await ClientComparison.open();
    await comparison.file('root.pem', pem.root);
    await comparison.file('admin.pem', pem.admin);
    await comparison.file('admin.key', pem.adminKey);
    await comparison.file('token', 'of-a-file\n');
  });
  after(() => comparison?.[Symbol.asyncDispose]());

  it(`${RUNS} of them present what kubectl presents, or are refused for a reason of ours`, async (context) => {
    const seed = Number(process.env['FC_SEED'] ?? randomInt(2 ** 31));
    context.diagnostic(`seed ${seed} (FC_SEED)`);
    const property = fc.asyncProperty(fc.record({ cluster, user, frame }), async (parts) => {
      const made = generated(parts, comparison.port);
      const file = await comparison.file('generated.yaml', made.bytes);
      check(made, await comparison.theirs(file), await comparison.ours(file));
    });
    await fc.assert(property, {
      seed,
      numRuns: Number(process.env['FC_RUNS'] ?? RUNS),
      interruptAfterTimeLimit: 120_000,
    });
  });
});

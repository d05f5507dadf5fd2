import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { createSecureContext } from 'node:tls';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { type Proxy, readProxy } from '../../base/network/proxy.ts';
import { Secret } from '../../base/secret.ts';
import { createCertificateAuthority, issueCertificate } from '../../base/tls/x509.ts';
import { stringifyYaml } from '../../base/yaml.ts';
import { kubeconfigYaml } from './writer.ts';
import { type KubeconfigReading, type ProxyRules, readKubeconfig } from './kubeconfig.ts';
import { MAXIMUM_KUBECONFIG_BYTES } from './upload.ts';

const SERVER = 'https://127.0.0.1:6443';
const CANARY = 'canary-4bd1c2e97f';
const NOW = Date.UTC(2026, 5, 1);
const clock = { now: () => NOW };

const authority = createCertificateAuthority({ commonName: 'test-ca', notBefore: new Date(NOW - 1e9) });
const client = issueCertificate(authority, {
  commonName: 'admin',
  usages: ['client'],
  notBefore: new Date(NOW - 1000),
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function deepBlocks(depth: number): string {
  return Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:\n`).join('');
}

type Fields = Readonly<Record<string, unknown>>;

function kubeconfig(user: Fields, cluster: Fields = {}, top: Fields = {}): string {
  return stringifyYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'c',
        cluster: {
          server: 'https://127.0.0.1:1',
          'certificate-authority-data': base64(authority.certificate),
          ...cluster,
        },
      },
    ],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'default' } }],
    'current-context': 'x',
    preferences: {},
    ...top,
  });
}

const certificateUser: Fields = {
  'client-certificate-data': base64(client.certificate),
  'client-key-data': base64(client.privateKey.reveal()),
};

function read(text: string): KubeconfigReading {
  return readKubeconfig(new Secret(text), clock);
}

function reasons(text: string): string[] {
  const { findings, credential } = read(text);
  assert.equal(credential === undefined, findings.length > 0);
  return findings.map(({ reason }) => reason);
}

function jsonWebToken(claims: Fields): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

describe('a kubeconfig that can be used', () => {
  it('client certificate: its material, its authority and its end', () => {
    const { credential, findings, warnings } = read(kubeconfig(certificateUser));
    assert.deepEqual([findings, warnings], [[], []]);
    assert.equal(credential?.certificateAuthority.trim(), authority.certificate.trim());
    const material = credential?.material.reveal();
    assert.ok(material?.kind === 'clientCertificate');
    assert.equal(material.certificate, client.certificate);
    assert.match(credential?.notAfter ?? '', /^20\d\d-\d\d-\d\dT/);
  });

  it('base64 of it, also broken into lines, reads as the text itself', () => {
    const text = kubeconfig({ token: 'a-token' });
    const encoded = base64(text);
    const wrapped = `${encoded.replace(/(.{76})/g, '$1\n')}\n`;
    for (const form of [encoded, wrapped])
      assert.deepEqual(read(form).credential?.material.reveal(), { kind: 'token', token: 'a-token' });
  });

  it('a token that says when it ends is known to end then', () => {
    const exp = Math.floor(NOW / 1000) + 3600;
    const { credential } = read(kubeconfig({ token: jsonWebToken({ exp }) }));
    assert.equal(credential?.notAfter, '2026-06-01T01:00:00Z');
  });

  it('only the entries of the current context count, so that other users may be what they like', () => {
    const text = kubeconfig(
      { token: 't' },
      {},
      {
        users: [
          { name: 'other', user: { exec: { command: 'x' } } },
          { name: 'u', user: { token: 't' } },
        ],
      },
    );
    assert.deepEqual(reasons(text), []);
  });

  it('the only context is chosen when there is no current-context', () => {
    assert.deepEqual(reasons(kubeconfig({ token: 't' }, {}, { 'current-context': '' })), []);
  });

  it('name and password are accepted with a warning, a token beside a certificate too', () => {
    const basic = read(kubeconfig({ username: 'me', password: 'word' }));
    assert.deepEqual(basic.credential?.material.reveal(), { kind: 'basic', username: 'me', password: 'word' });
    assert.equal(basic.warnings.length, 1);
    const both = read(kubeconfig({ ...certificateUser, token: 't' }));
    assert.equal(both.credential?.material.reveal().kind, 'clientCertificate');
    assert.equal(both.warnings.length, 1);
  });

  it('a key without a certificate does not count, and empty maps and lists are not set', () => {
    const user = {
      'client-key-data': base64(client.privateKey.reveal()),
      token: 't',
      exec: {},
      'auth-provider': {},
      'as-groups': [],
      'as-user-extra': {},
    };
    const { credential, findings } = read(kubeconfig(user));
    assert.deepEqual(findings, []);
    assert.deepEqual(credential?.material.reveal(), { kind: 'token', token: 't' });
  });

  it('a key of any form under any label, a chain, and what stands around them, as Go takes them', () => {
    const leaf = certificateUser['client-certificate-data'] as string;
    const key = createPrivateKey(client.privateKey.reveal());
    const around = `Bag Attributes\n${Buffer.from(leaf, 'base64').toString()}${authority.certificate}\nmore`;
    for (const type of ['sec1', 'pkcs8'] as const) {
      for (const label of ['PRIVATE KEY', 'EC PRIVATE KEY', 'RSA PRIVATE KEY']) {
        const body = key
          .export({ type, format: 'der' })
          .toString('base64')
          .replace(/(.{64})/g, '$1\n');
        const pem = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
        const { credential, findings } = read(
          kubeconfig({ 'client-certificate-data': base64(around), 'client-key-data': base64(pem) }),
        );
        assert.deepEqual(findings, []);
        const material = credential?.material.reveal();
        assert.ok(material?.kind === 'clientCertificate');
        createSecureContext({ cert: material.certificate, key: material.privateKey });
        assert.equal(material.certificate.match(/BEGIN CERTIFICATE/g)?.length, 2);
      }
    }
  });

  it('a token or a name goes before a program, which is not run', () => {
    for (const own of [{ token: 't' }, { username: 'u', password: 'p' }]) {
      const { findings, warnings } = read(kubeconfig({ ...own, exec: { command: 'x' } }));
      assert.deepEqual(findings, []);
      assert.ok(warnings.some(({ id }) => id === 'Warning.programUnused'));
    }
  });

  it('unknown fields and further documents are ignored with a warning', () => {
    const unknown = read(kubeconfig({ token: 't', tokn: 'u' }, { extra: 1 }, { more: [] }));
    assert.deepEqual(unknown.findings, []);
    assert.deepEqual(
      unknown.warnings.map(({ id }) => id),
      ['Warning.kubeconfigFields', 'Warning.kubeconfigFields', 'Warning.kubeconfigFields'],
    );
    const several = read(`${kubeconfig({ token: 't' })}---\nnot: [YAML\n`);
    assert.deepEqual(several.findings, []);
    assert.deepEqual(
      several.warnings.map(({ id }) => id),
      ['Warning.kubeconfigDocuments'],
    );
  });

  it('what we write is what we read', () => {
    const original = read(kubeconfig(certificateUser, { 'tls-server-name': 'kubernetes.default' })).credential;
    assert.ok(original);
    const binding = { cluster: 'c', incarnation: 'i', server: SERVER, ...original };
    const { credential, findings } = readKubeconfig(kubeconfigYaml({ binding, material: original.material }), clock);
    assert.deepEqual(findings, []);
    assert.deepEqual(credential?.material.reveal(), original.material.reveal());
    assert.deepEqual({ ...credential, material: 0 }, { ...original, material: 0 });
  });
});

describe('a kubeconfig that is refused', () => {
  const expired = issueCertificate(authority, {
    commonName: 'a',
    usages: ['client'],
    notBefore: new Date(NOW - 9e8),
    notAfter: new Date(NOW - 1000),
  });
  const future = issueCertificate(authority, { commonName: 'a', usages: ['client'], notBefore: new Date(NOW + 9e7) });
  const other = issueCertificate(authority, { commonName: 'b', usages: ['client'] });
  const user = ({ certificate, privateKey }: typeof client, key = privateKey.reveal()): Fields => ({
    'client-certificate-data': base64(certificate),
    'client-key-data': base64(key),
  });
  const encrypted = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
  const secondContext = { contexts: ['x', 'y'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } })) };

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'data and the path of a file',
      kubeconfig({ token: 't' }, { 'certificate-authority': '/c' }),
      ['KubeconfigConflict'],
    ],
    ['a token and a name', kubeconfig({ token: 't', username: 'u', password: 'p' }), ['KubeconfigConflict']],
    ['a text for a boolean', kubeconfig({ token: 't' }, { 'disable-compression': 'no' }), ['KubeconfigInvalid']],
    ['a certificate alone', client.certificate, ['KubeconfigInvalid']],
    ['a page', '<!DOCTYPE html><html>login</html>', ['KubeconfigInvalid']],
    ['a token alone', jsonWebToken({ exp: 1 }), ['KubeconfigInvalid']],
    ['YAML 1.2 as it says', `%YAML 1.2\n---\n${kubeconfig({ token: 't' })}`, ['KubeconfigNotYaml']],
    ['exec', kubeconfig({ exec: { command: 'aws' } }), ['KubeconfigExecRefused']],
    ['auth-provider', kubeconfig({ 'auth-provider': { name: 'gcp' } }), ['KubeconfigAuthProviderRefused']],
    ['token file', kubeconfig({ tokenFile: '/var/run/token' }), ['KubeconfigFileReference']],
    [
      'certificate files',
      kubeconfig(
        { 'client-certificate': '/a', 'client-key': '/b' },
        { 'certificate-authority': '/c', 'certificate-authority-data': '' },
      ),
      ['KubeconfigFileReference', 'KubeconfigFileReference', 'KubeconfigFileReference'],
    ],
    ['proxy', kubeconfig({ token: 't' }, { 'proxy-url': 'http://127.0.0.1:1' }), ['KubeconfigProxyRefused']],
    [
      'no verification',
      kubeconfig({ token: 't' }, { 'insecure-skip-tls-verify': true }),
      ['KubeconfigInsecureRefused'],
    ],
    ['plain http', kubeconfig({ token: 't' }, { server: 'http://127.0.0.1' }), ['KubeconfigServerInsecure']],
    ['impersonation', kubeconfig({ token: 't', as: 'root' }), ['KubeconfigImpersonationRefused']],
    [
      'secrets that were left out',
      kubeconfig({ token: 'REDACTED' }, { 'certificate-authority-data': 'DATA+OMITTED' }),
      ['KubeconfigRedacted', 'KubeconfigRedacted'],
    ],
    [
      'a certificate without its key',
      kubeconfig({ 'client-certificate-data': base64(client.certificate), token: 't' }),
      ['KubeconfigKeyMissing'],
    ],
    ['no credential', kubeconfig({}), ['KubeconfigWithoutCredential']],
    ['a name without password', kubeconfig({ username: 'me' }), ['KubeconfigWithoutCredential']],
    ['another key', kubeconfig(user(client, other.privateKey.reveal())), ['KubeconfigKeyMismatch']],
    ['a key with a passphrase', kubeconfig(user(client, encrypted)), ['KubeconfigDataInvalid']],
    ['expired', kubeconfig(user(expired)), ['CredentialExpired']],
    ['not yet valid', kubeconfig(user(future)), ['CredentialNotYetValid']],
    ['an expired token', kubeconfig({ token: jsonWebToken({ exp: 1 }) }), ['CredentialExpired']],
    ['bad base64', kubeconfig({ ...certificateUser, 'client-key-data': '*' }), ['KubeconfigInvalid']],
    [
      'a bad CA',
      kubeconfig({ token: 't' }, { 'certificate-authority-data': base64('no PEM') }),
      ['KubeconfigDataInvalid'],
    ],
    ['a token with a line break', kubeconfig({ token: 'a\nb' }), ['KubeconfigDataInvalid']],
    ['too many aliases', `a: &a v1\nb: [${'*a, '.repeat(1001)}]\n`, ['KubeconfigAliases']],
    ['tags of other languages', 'a: !!js/function "x"\n', ['KubeconfigNotYaml']],
    ['an empty first document', `---\n---\n${kubeconfig({ token: 't' })}`, ['KubeconfigInvalid']],
    ['a dangling context', kubeconfig({ token: 't' }, {}, { 'current-context': 'z' }), ['KubeconfigReferenceDangling']],
    [
      'dangling cluster and user',
      kubeconfig({ token: 't' }, {}, { contexts: [{ name: 'x', context: { cluster: 'q', user: 'q' } }] }),
      ['KubeconfigReferenceDangling', 'KubeconfigReferenceDangling'],
    ],
    [
      'several contexts',
      kubeconfig({ token: 't' }, {}, { ...secondContext, 'current-context': '' }),
      ['KubeconfigContextUnclear'],
    ],
    ['another kind', kubeconfig({ token: 't' }, {}, { kind: 'Secret' }), ['KubeconfigInvalid']],
    ['no lists', 'kind: Config\n', ['KubeconfigInvalid']],
    ['a scalar', 'hello world', ['KubeconfigInvalid']],
    ['no kubeconfig at all', 'hello: world', ['KubeconfigInvalid']],
    ['nothing', '', ['KubeconfigInvalid']],
    ['broken base64', 'YXBp', ['KubeconfigInvalid']],
    ['base64 of the wrong length', 'YXBpV', ['KubeconfigEncodingInvalid']],
    ['base64 of what is no text', 'gICA', ['KubeconfigEncodingInvalid']],
    ['UTF-16', Buffer.from(`\ufeff${kubeconfig({ token: 't' })}`, 'utf16le').toString('latin1'), ['KubeconfigNotYaml']],
    ['a NUL character', kubeconfig({ token: 't' }).replace('kind:', 'kind\u0000:'), ['KubeconfigNotYaml']],
    ['deep nesting', `a: ${'['.repeat(20_000)}`, ['KubeconfigNotYaml']],
    ['deep nesting of blocks', deepBlocks(300), ['KubeconfigNotYaml']],
    ['oversize', '#'.repeat(MAXIMUM_KUBECONFIG_BYTES + 1), ['KubeconfigTooLarge']],
  ];
  for (const [name, text, expected] of cases) {
    it(`${name}: ${[...new Set(expected)].join(', ')}`, () => {
      assert.deepEqual(reasons(text), expected);
    });
  }

  it('more contexts than anybody has are one finding, whatever they hold', () => {
    const contexts = Array.from({ length: 3000 }, (_, index) => ({
      name: `c${index}`,
      context: { cluster: 'c', user: 'u' },
    }));
    assert.deepEqual(reasons(kubeconfig({ token: 't' }, {}, { contexts, 'current-context': 'c7' })), [
      'KubeconfigInvalid',
    ]);
  });

  it('everything that is wrong is named at once', () => {
    const text = kubeconfig(
      { exec: { command: 'x' }, as: 'root' },
      { 'proxy-url': 'http://127.0.0.1:1', 'insecure-skip-tls-verify': true },
    );
    assert.deepEqual(reasons(text).toSorted(), [
      'KubeconfigExecRefused',
      'KubeconfigImpersonationRefused',
      'KubeconfigInsecureRefused',
      'KubeconfigProxyRefused',
    ]);
  });

  it('a proxy is accepted when it is the one of this server, and stored when the configuration allows it', () => {
    const proxyAt = (url: string): Proxy => readProxy(url) as Proxy;
    const of = (url: string, rules: ProxyRules = {}) =>
      readKubeconfig(new Secret(kubeconfig({ token: 't' }, { 'proxy-url': url })), undefined, rules);
    const usual = proxyAt('http://proxy.example:3128');
    assert.equal(of('http://proxy.example:3128', { usual }).findings.length, 0);
    assert.equal(of('http://user:secret@proxy.example:3128/', { usual }).findings.length, 0);
    assert.equal(of('http://other.example:3128', { usual }).findings.length, 1);
    assert.equal(of('socks5://proxy.example:3128', { usual }).findings.length, 1);
    assert.equal(of('http://proxy.example:3128').findings.length, 1);
    const allowed = [proxyAt('https://[::1]')];
    assert.equal(of('https://user:secret@[::1]:443/', { usual, allowed }).credential?.proxyUrl, 'https://[::1]:443');
    assert.equal(of('http://[::1]:443/', { usual, allowed }).findings.length, 1);
    assert.equal(of('http://proxy.example:3128', { usual, allowed }).credential?.proxyUrl, undefined);
  });

  it('the dates of an expired certificate are in the message', () => {
    const [finding] = read(kubeconfig(user(expired))).findings;
    assert.match(finding?.message ?? '', /client certificate .* expired at 2026-05-31T23:59:59Z/);
    assert.ok(finding?.remedy);
  });

  it('no finding, warning or printed form holds a value of the file', () => {
    const canaries = [
      kubeconfig({ token: `${CANARY}\u0001` }),
      kubeconfig({ username: CANARY, [CANARY]: CANARY }),
      kubeconfig({ ...certificateUser, 'client-key-data': base64(CANARY), token: CANARY }),
      kubeconfig({ token: CANARY }, { server: `http://${CANARY}`, 'tls-server-name': `${CANARY}/` }),
      kubeconfig({ token: 't' }, {}, { 'current-context': CANARY }),
      `token: "${CANARY}\n  broken: [`,
      `- ${CANARY}: {`,
      CANARY,
      base64(CANARY),
    ];
    for (const text of canaries) {
      const reading = read(text);
      assert.ok(reading.findings.length > 0, text);
      const printed = inspect(reading, { depth: 10 }) + reading.findings.map((error) => JSON.stringify(error)).join();
      const shown = printed.replace(/cause[\s\S]*/g, '');
      assert.ok(!shown.includes(CANARY), shown);
    }
  });

  it('any text gives a reading, never another error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.base64String()), (text) => {
        const { credential, findings } = read(text);
        assert.equal(credential === undefined, findings.length > 0);
      }),
    );
  });
});

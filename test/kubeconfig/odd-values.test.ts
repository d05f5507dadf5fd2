/** Odd values of kubeconfigs, against the same server by kubectl and by us. */
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createCertificateAuthority } from '../../src/base/tls/x509.ts';
import { inlineKubeconfig, refuseUnusable } from '../../src/cli/kubeconfig/inline.ts';
import { readKubeconfigs, selectContext } from '../../src/cli/kubeconfig/select.ts';
import { isPlatformSupported } from '../../tools/kubectl/kubectl.ts';
import { ClientComparison, pem } from './client-go.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const CA = base64(pem.root);
const OWN = '{token: own}';
const BROKEN = '-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n';
/** As `openssl ecparam` writes them before a key. */
const PARAMETERS = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

const key = createPrivateKey(pem.adminKey);
const encrypted = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'abcd' }).toString();
const inItsOwnForm = key.export({ type: 'sec1', format: 'pem' }).toString();
const manyAuthorities = Array.from(
  { length: 30 },
  (_, index) => createCertificateAuthority({ commonName: `authority ${index}` }).certificate,
).join('# the next one - with dashes\n');

interface Parts {
  /** Before everything else. */
  readonly head?: string;
  readonly server?: string;
  /** Of the server, instead of its IPv4 address. */
  readonly host?: string;
  /** Of the cluster besides its server, in flow style. */
  readonly cluster?: string;
  readonly user?: string;
}

function kubeconfig(
  port: number,
  {
    head = '',
    host = '127.0.0.1',
    server = `https://${host}:${port}`,
    cluster = `certificate-authority-data: ${CA}`,
    user = OWN,
  }: Parts,
): string {
  return `${head}apiVersion: v1
kind: Config
clusters:
- name: c
  cluster: {server: ${JSON.stringify(server)}, ${cluster}}
users:
- name: u
  user: ${user}
contexts:
- name: x
  context: {cluster: c, user: u, namespace: default}
current-context: x
`;
}

const authority = (text: string): Parts => ({ cluster: `certificate-authority-data: ${base64(text)}` });
const certificate = (privateKey: string): Parts => ({
  user: `{client-certificate-data: ${base64(pem.admin)}, client-key-data: ${base64(privateKey)}}`,
});
const program = (fields: string): Parts => ({
  user: `{token: own, exec: {apiVersion: client.authentication.k8s.io/v1, command: echo, ${fields}}}`,
});

const presented: Readonly<Record<string, Parts>> = {
  'an alias': { head: `x-authority: &ca ${CA}\n`, cluster: 'certificate-authority-data: *ca' },
  'a user that is an alias': { head: `x-user: &u ${OWN}\n`, user: '*u' },
  'a merge key': { head: `x-trust: &trust {certificate-authority-data: ${CA}}\n`, cluster: '<<: *trust' },
  'what a merge key brings gives way to what stands there': {
    head: 'x-user: &u {token: other}\n',
    user: '{<<: *u, token: own}',
  },
  '30 authorities with comments between them': authority(`# trusted here - all\n${manyAuthorities}${pem.root}`),
  'an authority that cannot be read beside the right one': authority(`${BROKEN}${pem.root}`),
  'an authority with line ends of Windows': authority(pem.root.replaceAll('\n', '\r\n')),
  'an elliptic key with its parameters before it': certificate(`${PARAMETERS}${inItsOwnForm}`),
  'a token beside a key whose file is missing': { user: '{token: own, client-key: missing.key}' },
  'one field twice': { user: '{token: one, token: own}' },
  'one map twice': { head: 'users: [{name: u, user: {token: other}}]\n' },
  'a token as !!binary': { user: '{token: !!binary b3du}' },
  'a token as !!binary in lines': { user: '{token: !!binary "b3\\\n    du"}' },
  'an IPv4 address in the form of IPv6': { host: '[::ffff:127.0.0.1]' },
  'a name to verify in capitals': { cluster: `certificate-authority-data: ${CA}, tls-server-name: LOCALHOST` },
};

const refused: Readonly<Record<string, readonly [Parts, RegExp]>> = {
  'a key with a passphrase': [certificate(encrypted), /the private key is encrypted with a passphrase/],
  'an authority that was encoded twice': [authority(CA), /encoded in base64 twice/],
  'an authority none of which can be read': [authority(BROKEN), /no certificate in it can be read/],
  'a map of environment variables': [program('env: {A: b}'), /the exec\.env of entry 1 of users is not a list/],
  'what is no base64 as !!binary': [{ user: '{token: !!binary b3d}' }, /is not YAML: line 8/],
  'a number among arguments': [program('args: [1]'), /the exec\.args of entry 1 of users is not text/],
  'a list as the configuration of an auth-provider': [
    { user: '{token: own, auth-provider: {name: gcp, config: []}}' },
    /the auth-provider\.config of entry 1 of users is not a map/,
  ],
  'extensions that are no list': [{ head: 'extensions: {}\n' }, /its extensions is not a list/],
  'preferences that are no map': [{ head: 'preferences: []\n' }, /its preferences is not a map/],
  'an extension with a number as its name': [
    { cluster: `certificate-authority-data: ${CA}, extensions: [{name: 1}]` },
    /the extensions\.name of entry 1 of clusters is not text/,
  ],
  'an address without a scheme': [{ server: 'localhost:1' }, /no scheme: it begins with https/],
};

/** Refused by us although kubectl tries. */
const refusedByUs: Readonly<Record<string, readonly [Parts, RegExp]>> = {
  'a token with its scheme': [{ user: '{token: Bearer own}' }, /begins with Bearer: give the token alone/],
};

describe('odd values of kubeconfigs', {
  skip: isPlatformSupported() ? false : 'kubectl is brought for Linux on x64 only',
}, () => {
  let comparison: ClientComparison;

  before(async () => {
    comparison = await ClientComparison.open();
  });
  after(() => comparison?.[Symbol.asyncDispose]());

  for (const [what, parts] of Object.entries(presented)) {
    it(`${what}: the same is presented`, async () => {
      const file = await comparison.file('config', kubeconfig(comparison.port, parts));
      const [theirs, ours] = [await comparison.theirs(file), await comparison.ours(file)];
      assert.ok('presented' in theirs, JSON.stringify(theirs));
      assert.deepEqual(ours, theirs);
    });
  }

  for (const [what, [parts, words]] of Object.entries(refused)) {
    it(`${what}: refused by both`, async () => {
      const file = await comparison.file('config', kubeconfig(comparison.port, parts));
      const [theirs, ours] = [await comparison.theirs(file), await comparison.ours(file)];
      assert.ok('refusal' in theirs && 'refusal' in ours, JSON.stringify([theirs, ours]));
      assert.match(ours.refusal, words);
    });
  }

  for (const [what, [parts, words]] of Object.entries(refusedByUs)) {
    it(`${what}: refused with a reason`, async () => {
      const file = await comparison.file('config', kubeconfig(comparison.port, parts));
      const ours = await comparison.ours(file);
      assert.ok('refusal' in ours, JSON.stringify(ours));
      assert.match(ours.refusal, words);
    });
  }

  it('a proxy is sent to the server, which decides on it', async () => {
    const cluster = `certificate-authority-data: ${CA}, proxy-url: "http://proxy.example:3128"`;
    const file = await comparison.file('config', kubeconfig(comparison.port, { cluster }));
    const selected = selectContext(await readKubeconfigs(file, {}), undefined);
    refuseUnusable(selected);
    assert.match((await inlineKubeconfig(selected)).reveal(), /proxy-url: http:\/\/proxy\.example:3128/);
  });

  it('aliases within aliases are refused before they are written out', async () => {
    const nested = Array.from({ length: 30 }, (_, index) => `x${index + 1}: &x${index + 1} [*x${index}, *x${index}]\n`);
    const head = `x0: &x0 [a, b]\n${nested.join('')}`;
    const file = await comparison.file('config', kubeconfig(comparison.port, { head }));
    const ours = await comparison.ours(file);
    assert.match('refusal' in ours ? ours.refusal : '', /^KubeconfigAliases: /);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCertificateAuthority } from '../../src/base/tls/x509.ts';
import {
  contextsOf,
  MAXIMUM_KUBECONFIG_LENGTH,
  readKubeconfig,
  reduceKubeconfig,
  suggestedName,
} from '../../console/src/kubeconfig/contexts.ts';
import { certificateEnd } from '../../console/src/kubeconfig/certificate-end.ts';
import { diffLines } from '../../console/src/data/diff.ts';

const CONFIG = `
current-context: good
contexts:
  - { name: gone, context: { cluster: none, user: token } }
  - { name: good, context: { cluster: good, user: token, namespace: default } }
  - { name: exec, context: { cluster: good, user: exec } }
  - { name: file, context: { cluster: good, user: file } }
  - { name: plain, context: { cluster: plain, user: token } }
  - { name: insecure, context: { cluster: insecure, user: token } }
  - { name: empty, context: { cluster: good, user: empty } }
  - not a context
clusters:
  - { name: good, cluster: { server: 'https://203.0.113.7:6443', certificate-authority-data: QQ==, extensions: [{ name: x }] } }
  - { name: plain, cluster: { server: 'http://203.0.113.7' } }
  - { name: insecure, cluster: { server: 'https://203.0.113.7', insecure-skip-tls-verify: true } }
users:
  - { name: token, user: { token: head.eyJleHAiOjE4MDAwMDAwMDB9.tail } }
  - { name: exec, user: { exec: { command: aws } } }
  - { name: file, user: { client-certificate: /home/mei/client.crt, client-key-data: QQ== } }
  - { name: empty, user: {} }
`;

describe('kubeconfig in the browser', () => {
  it('lists every context with what keeps it from being sent, the current one first', () => {
    const contexts = contextsOf(readKubeconfig(CONFIG));
    assert.deepEqual(
      contexts.map(({ name, problem, detail }) => [name, problem, detail]),
      [
        ['good', undefined, undefined],
        ['gone', 'noCluster', 'none'],
        ['exec', 'exec', 'aws'],
        ['file', 'file', '/home/mei/client.crt'],
        ['plain', 'notHttps', undefined],
        ['insecure', 'insecure', undefined],
        ['empty', 'noCredential', undefined],
      ],
    );
    assert.equal(contexts[0]?.expires, '2027-01-15T08:00:00.000Z');
  });

  it('is reduced to the chosen context, of fields with plain values', () => {
    const reduced: unknown = JSON.parse(reduceKubeconfig(readKubeconfig(CONFIG), 'good'));
    assert.deepEqual(reduced, {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'good',
      contexts: [{ name: 'good', context: { cluster: 'good', user: 'token', namespace: 'default' } }],
      clusters: [
        { name: 'good', cluster: { server: 'https://203.0.113.7:6443', 'certificate-authority-data': 'QQ==' } },
      ],
      users: [{ name: 'token', user: { token: 'head.eyJleHAiOjE4MDAwMDAwMDB9.tail' } }],
    });
  });

  for (const [text, why] of [
    ['a: [', 'notYaml'],
    ['just words', 'noContexts'],
    ['contexts: {}', 'noContexts'],
    ['x'.repeat(MAXIMUM_KUBECONFIG_LENGTH + 1), 'tooLong'],
  ] as const) {
    it(`is refused as ${why}: ${text.slice(0, 20)}`, () => assert.throws(() => readKubeconfig(text), { why }));
  }

  it('tells when a client certificate ends', () => {
    const { certificate } = createCertificateAuthority({
      commonName: 'test',
      notAfter: new Date('2031-05-06T07:08:09Z'),
    });
    const data = Buffer.from(certificate).toString('base64');
    assert.equal(certificateEnd(data), '2031-05-06T07:08:09.000Z');
    for (const other of ['', '!', btoa('no certificate'), data.slice(0, 200)]) assert.equal(certificateEnd(other), '');
  });

  it('suggests names that clusters can have', () => {
    assert.equal(suggestedName('kubernetes-admin@Prod_EU.example'), 'prod-eu-example');
    assert.equal(suggestedName('arn:aws:eks:eu-west-1:1:cluster/edge'), 'edge');
    assert.equal(suggestedName('!!!'), '');
  });
});

describe('diff of two files', () => {
  it('keeps as many lines as it can', () => {
    const signs = { same: ' ', removed: '-', added: '+' };
    const diff = (before: string, after: string) =>
      diffLines(before, after).map(({ kind, text }) => signs[kind] + text);
    assert.deepEqual(diff('a\nb\nc\n', 'a\nx\nc\nd\n'), [' a', '-b', '+x', ' c', '+d']);
    assert.deepEqual(diff('', 'a\n'), ['+a']);
    assert.deepEqual(diff('a\n', ''), ['-a']);
  });
});

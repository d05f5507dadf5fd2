import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verbatim } from '../../messages/message.ts';
import fc from 'fast-check';
import { NautesError } from '../../errors/errors.ts';
import { readDocuments } from './document.ts';
import { kindOfWord, kinds } from './kinds.ts';

const read = (text: string) => readDocuments([{ place: verbatim('x'), text }]);
const bodyOf = (text: string): Readonly<Record<string, unknown>> => read(text)[0]?.body ?? {};

describe('documents', () => {
  it('keep scalars as they are written, whatever a YAML reader would make of them', () => {
    const body = bodyOf(
      'kind: Cluster\nspec:\n  name: 007\n  workerType: yes\n  primaryDomain: 1.10\n  usage: "null"\n  hostCluster: null',
    );
    assert.deepEqual(
      ['name', 'worker_type', 'primary_domain', 'usage', 'host_cluster'].map((key) => body[key]),
      ['007', 'yes', '1.10', 'null', ''],
    );
  });

  it('may use anchors and merge keys', () => {
    const text =
      'kind: Cluster\nspec:\n  name: a\n  componentsList:\n    gateway: &c {name: x, namespace: y}\n    pipeline: {<<: *c, name: z}';
    const { gateway, pipeline } = bodyOf(text)['components_list'] as Record<string, unknown>;
    assert.deepEqual(gateway, { name: 'x', namespace: 'y', additions: null });
    assert.deepEqual(pipeline, { name: 'z', namespace: 'y', additions: null });
  });

  it('a key without a list is one of nothing; a list that is missing altogether is null', () => {
    const body = bodyOf('kind: Cluster\nspec:\n  name: a\n  reservedNamespacesAllowedProducts:\n    argocd:\n');
    assert.deepEqual(body['reserved_namespaces_allowed_products'], { argocd: [] });
    assert.equal(body['product_allowed_cluster_resources'], null);
  });

  it('of version 0.3 are sent with what only that had', () => {
    const body = bodyOf(
      'kind: Cluster\nspec: {name: a, argocdHost: h, traefik: {httpNodePort: 30080, httpsNodePort: 30443}}',
    );
    assert.equal(body['argocd_host'], 'h');
    assert.deepEqual(body['traefik'], { http_node_port: '30080', https_node_port: '30443' });
    assert.ok(!('tekton_host' in body));
  });

  it('tell where they stand when something is wrong', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['kind: Cluster\nspec: {name: a}\n---\nkind: Cluster\nspec: {}', /^x, document 2: spec\.name is missing/],
      ['kind: Cluster\nspec: {name: {a: b}}', /^x: spec\.name must be text/],
      ['kind: Cluster\nspec: {name: a, vcluster: 1}', /spec\.vcluster must be a map of fields/],
      [
        'kind: CodeRepo\nspec: {name: a, product: p, deploymentRuntime: maybe}',
        /spec\.deploymentRuntime must be true or false/,
      ],
      ['kind: Environment\nspec: {name: a}', /a Environment \(x\) belongs to a product/],
      ['kind: Cluster\n  spec: [', /^x: it is not YAML: .*line 2/],
    ];
    for (const [text, message] of cases) {
      assert.throws(
        () => read(text),
        (error) => error instanceof NautesError && message.test(error.message),
        String(message),
      );
    }
  });

  it('any text is documents or an error of ours', () => {
    const pieces = fc.constantFrom(
      'kind: ',
      'Cluster',
      '\n',
      'spec:',
      '  name: a',
      '---\n',
      '{',
      '}',
      '&a ',
      '*a',
      '- ',
      ': ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 14 }), (parts) => {
        try {
          read(parts.join(''));
        } catch (error) {
          assert.ok(error instanceof NautesError, String(error));
        }
      }),
    );
  });
});

describe('kinds', () => {
  it('are known by name, plural and short name, in any case, and no word means two', () => {
    for (const kind of kinds) {
      const lower = kind.name.toLowerCase();
      for (const word of [lower, `${lower}s`, kind.name, ...kind.short]) assert.equal(kindOfWord(word), kind, word);
    }
    const words = kinds.flatMap(({ name, short }) => [name.toLowerCase(), `${name.toLowerCase()}s`, ...short]);
    assert.equal(new Set(words).size, words.length);
    assert.equal(kindOfWord('thing'), undefined);
  });
});

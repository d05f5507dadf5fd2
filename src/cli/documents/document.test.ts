import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render, verbatim } from '../../messages/message.ts';
import { stringifyYaml } from '../../base/yaml.ts';
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

  it('are refused when they have two names, or are a kubeconfig', () => {
    const problemOf = (text: string): string => {
      try {
        return String(read(text)[0]?.name);
      } catch (error) {
        assert.ok(error instanceof NautesError);
        return error.message;
      }
    };
    const named = (outside: string) => `kind: Cluster\nmetadata: {name: ${outside}}\nspec: {name: a, usage: host}\n`;
    assert.match(problemOf(named('b')), /metadata\.name is b and spec\.name is a: they must be equal/);
    assert.equal(problemOf(named('a')), 'a');
    assert.match(problemOf('apiVersion: v1\nkind: Config\nclusters: []\n'), /it is a kubeconfig: `nautes cluster add/);
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

  it('may be clusters as get prints them, one or a list; status and what only the server writes are left out', () => {
    const one = { name: 'one', api_server: 'https://203.0.113.7:6443', host_cluster: '', vcluster: null };
    const full = {
      ...one,
      components_list: { gateway: { name: 'traefik', namespace: 'traefik', additions: { httpNodePort: '30080' } } },
      without_components: ['deployment'],
      reserved_namespaces_allowed_products: { argocd: ['p'] },
      paused: { since: 's', by: 'b' },
      status: { phase: 'Ready', conditions: [] },
    };
    const two = { ...one, name: 'two', cluster_type: 'physical', colour: 'red', kubeconfig: '[redacted]' };
    for (const text of [
      stringifyYaml([full, two]),
      JSON.stringify([full, two]),
      JSON.stringify({ items: [full, two] }),
    ]) {
      const [first, second, ...more] = read(text);
      assert.deepEqual(more, []);
      assert.deepEqual([first?.kind.name, first?.name, first?.unknown], ['Cluster', 'one', []]);
      const { components_list: components, ...body } = first?.body ?? {};
      assert.deepEqual((components as Record<string, unknown>)['gateway'], full.components_list.gateway);
      assert.deepEqual(body['without_components'], ['deployment']);
      assert.deepEqual(body['reserved_namespaces_allowed_products'], { argocd: ['p'] });
      assert.deepEqual(second?.unknown, ['colour']);
      assert.equal(second?.body['kubeconfig'], '');
    }
    assert.equal(read(JSON.stringify(full))[0]?.name, 'one');
  });

  it('printed as a list are applied with hosts before their virtual clusters', () => {
    const text = JSON.stringify([
      { name: 'a', api_server: '', cluster_type: 'virtual', host_cluster: 'h' },
      { name: 'h', api_server: '', cluster_type: 'physical' },
    ]);
    assert.deepEqual(
      read(text).map(({ name }) => name),
      ['h', 'a'],
    );
  });

  it('may be files of the configuration repository; the kustomization beside them is skipped', () => {
    const file = stringifyYaml({
      apiVersion: 'nautes.resource.nautes.io/v1alpha1',
      kind: 'Cluster',
      metadata: {
        name: 'ops',
        namespace: 'nautes',
        annotations: {
          'cluster.nautes.io/incarnation': 'i',
          'cluster.nautes.io/vcluster-node-port': '31443',
          'cluster.nautes.io/without-components': 'deployment,eventListener',
        },
      },
      spec: {
        apiServer: 'https://203.0.113.7:31443',
        clusterType: 'virtual',
        componentsList: {
          gateway: { name: 'traefik', namespace: 'traefik' },
          secretManagement: { name: 'vault', namespace: 'vault' },
        },
      },
    });
    const kustomization =
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ops.yaml\n';
    const skipped: string[] = [];
    const sources = [
      { place: verbatim('kustomization.yaml'), text: kustomization },
      { place: verbatim('ops.yaml'), text: file },
    ];
    const [ops, ...more] = readDocuments(sources, (place) => skipped.push(render(place, 'en')));
    assert.deepEqual(more, []);
    assert.deepEqual(skipped, ['kustomization.yaml']);
    assert.equal(ops?.name, 'ops');
    assert.deepEqual(ops.unknown, []);
    assert.deepEqual(ops.body['vcluster'], { https_node_port: '31443' });
    assert.deepEqual(ops.body['without_components'], ['deployment', 'eventListener']);
    assert.throws(() => read(kustomization), /no documents in x/);
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
      ['kind: Environment\nspec: {name: a}', /the kind Environment \(x\) belongs to a product/],
      ['- name: a\n  api_server: b\n- name: c\n  status: {}', /^x, item 2: the cluster c was printed without/],
      ['name: a\napi_server: {b: c}', /^x: api_server must be text/],
      ['name: a', /^x: it has no kind, and it is not a cluster/],
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

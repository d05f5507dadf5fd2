import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../../errors/errors.ts';
import { parseYaml } from '../../base/yaml.ts';
import { type Cluster, componentCategories } from './cluster.ts';
import { clusterFromFile, clusterToFile, MAXIMUM_CLUSTER_FILE_BYTES, readClusterFile } from './cluster-file.ts';

const identifier = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const texts = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((value) => !/\p{Surrogate}|\p{Cc}/u.test(value));
const key = texts.filter((value) => value !== '');
const present = <T>(value: T | undefined, field: string): Record<string, T> =>
  value === undefined ? {} : { [field]: value };

const choice = fc.record(
  {
    name: identifier,
    namespace: identifier,
    additions: fc.dictionary(key, texts, { maxKeys: 4, noNullPrototype: true }),
  },
  { noNullPrototype: true },
);

const clusters: fc.Arbitrary<Cluster> = fc
  .record({
    name: identifier,
    incarnation: identifier,
    credentialVersion: fc.option(identifier, { nil: undefined }),
    rotationRequest: fc.option(identifier, { nil: undefined }),
    kubernetesUid: fc.option(fc.uuid(), { nil: undefined }),
    apiServer: fc.webAuthority({ withPort: true }).map((authority) => `https://${authority}`),
    clusterType: fc.constantFrom('physical' as const, 'virtual' as const),
    usage: fc.constantFrom('host' as const, 'worker' as const),
    hostCluster: fc.option(identifier, { nil: undefined }),
    primaryDomain: texts,
    workerType: fc.constantFrom('deployment' as const, 'pipeline' as const, undefined),
    vclusterNodePort: fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined }),
    components: fc.dictionary(fc.constantFrom(...componentCategories), choice, { noNullPrototype: true }),
    reserved: fc.dictionary(key, fc.array(texts, { minLength: 1, maxLength: 3 }), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    resources: fc.dictionary(
      key,
      fc.array(fc.record({ kind: key, group: texts }, { noNullPrototype: true }), { minLength: 1, maxLength: 3 }),
      {
        maxKeys: 3,
        noNullPrototype: true,
      },
    ),
  })
  .map((parts) => ({
    name: parts.name,
    incarnation: parts.incarnation,
    ...present(parts.credentialVersion, 'credentialVersion'),
    ...present(parts.rotationRequest, 'rotationRequest'),
    ...present(parts.kubernetesUid, 'kubernetesUid'),
    spec: {
      apiServer: parts.apiServer,
      clusterKind: 'kubernetes' as const,
      clusterType: parts.clusterType,
      usage: parts.usage,
      ...present(parts.hostCluster, 'hostCluster'),
      primaryDomain: parts.primaryDomain,
      ...present(parts.workerType, 'workerType'),
      ...present(parts.vclusterNodePort, 'vclusterNodePort'),
      components: parts.components,
      reservedNamespacesAllowedProducts: parts.reserved,
      productAllowedClusterResources: parts.resources,
    },
  }));

const ORIGINAL = `apiVersion: nautes.resource.nautes.io/v1alpha1
kind: Cluster
metadata:
  creationTimestamp: null
  name: c1
  namespace: nautes
spec:
  apiServer: https://127.0.0.1:31501
  clusterKind: kubernetes
  clusterType: virtual
  componentsList:
    deployment:
      additions:
        host: argocd.c1.example.org
      name: argocd
      namespace: argocd
  hostCluster: h1
  primaryDomain: example.org
  usage: worker
  workerType: deployment
status:
  productIDMap: null
  warnings: null
`;

function edited(change: (text: string) => string): string {
  const result = change(ORIGINAL);
  assert.notEqual(result, ORIGINAL);
  return result;
}

describe('cluster file', () => {
  it('gives back every cluster that was written', () => {
    fc.assert(
      fc.property(clusters, (cluster) => {
        const file = clusterToFile(cluster, 'nautes');
        assert.deepEqual(clusterFromFile(cluster.name, file), cluster);
        assert.equal(clusterToFile(clusterFromFile(cluster.name, file), 'nautes'), file);
      }),
      { numRuns: 300 },
    );
  });

  it('has sorted keys and neither empty fields nor those of the API server', () => {
    const file = clusterToFile(clusterFromFile('c1', ORIGINAL), 'nautes');
    assert.deepEqual(Object.keys(parseYaml(file) as object), ['apiVersion', 'kind', 'metadata', 'spec']);
    assert.match(file, /^ {2}annotations:\n {4}cluster\.nautes\.io\/incarnation: original-/m);
    assert.doesNotMatch(file, /creationTimestamp|status|reservedNamespaces|: ''|\{\}/);
  });

  it('reads files of the original and finds the node port in the address', () => {
    const cluster = clusterFromFile('c1', ORIGINAL);
    assert.equal(cluster.spec.vclusterNodePort, 31501);
    assert.equal(cluster.spec.components.deployment?.additions['host'], 'argocd.c1.example.org');
    assert.equal(cluster.credentialVersion, undefined);
  });

  it('derives an incarnation that a corrected address does not change', () => {
    const moved = edited((text) => text.replace('127.0.0.1', '127.0.0.2'));
    assert.equal(clusterFromFile('c1', moved).incarnation, clusterFromFile('c1', ORIGINAL).incarnation);
    const other = ORIGINAL.replace('name: c1', 'name: c2');
    assert.notEqual(clusterFromFile('c2', other).incarnation, clusterFromFile('c1', ORIGINAL).incarnation);
  });

  it('keeps labels, annotations and fields of others through a save', () => {
    const file = edited((text) =>
      text
        .replace('  name: c1', '  name: c1\n  labels: {team: blue}\n  annotations: {example.org/wave: "3"}')
        .replace('  usage: worker', '  usage: worker\n  futureField: {a: [1]}'),
    );
    const { cluster, kept } = readClusterFile('c1', file);
    const written = parseYaml(clusterToFile(cluster, 'nautes', kept)) as {
      metadata: { labels: unknown; annotations: Record<string, string> };
      spec: { futureField: unknown };
    };
    assert.deepEqual(written.metadata.labels, { team: 'blue' });
    assert.equal(written.metadata.annotations['example.org/wave'], '3');
    assert.deepEqual(written.spec.futureField, { a: [1] });
    assert.deepEqual(clusterFromFile('c1', clusterToFile(cluster, 'nautes', kept)), cluster);
  });

  it('takes numbers and booleans without quotes as text', () => {
    const file = edited((text) => text.replace('host: argocd.c1.example.org', 'port: 30443\n        secure: true'));
    assert.deepEqual(clusterFromFile('c1', file).spec.components.deployment?.additions, {
      port: '30443',
      secure: 'true',
    });
  });

  const faults: readonly (readonly [name: string, file: string, message: RegExp])[] = [
    ['not YAML', 'a: [', /line/],
    ['a list', '- a', /the document must be an object/],
    ['nothing', '', /empty/],
    ['two documents', `${ORIGINAL}---\n${ORIGINAL}`, /document/],
    ['an alias', ORIGINAL.replace('primaryDomain: example.org', 'a: &a x\n  primaryDomain: *a'), /alias/i],
    ['another kind', ORIGINAL.replace('kind: Cluster', 'kind: Namespace'), /kind must be Cluster/],
    ['another version', ORIGINAL.replace('v1alpha1', 'v9'), /apiVersion must be/],
    ['another name', ORIGINAL.replace('name: c1', 'name: canary'), /metadata\.name must be the name of the file/],
    ['no spec', ORIGINAL.slice(0, ORIGINAL.indexOf('spec:')), /spec must be an object/],
    ['an address with a path', ORIGINAL.replace(':31501', ':31501/canary'), /spec\.apiServer must have the form/],
    ['a plain http address', ORIGINAL.replace('https:', 'http:'), /spec\.apiServer must have the form/],
    ['a user in the address', ORIGINAL.replace('https://', 'https://canary@'), /spec\.apiServer must have the form/],
    ['an unknown type', ORIGINAL.replace('virtual', 'canary'), /spec\.clusterType must be physical or virtual/],
    ['a component outside', ORIGINAL.replace('namespace: argocd', 'namespace: ../canary'), /namespace is not the name/],
    ['a foreign host name', ORIGINAL.replace('hostCluster: h1', 'hostCluster: ../canary'), /hostCluster is not/],
    ['a list as text', ORIGINAL.replace('primaryDomain: example.org', 'primaryDomain: [canary]'), /must be text/],
    ['too much', `${ORIGINAL}#${'canary'.repeat(MAXIMUM_CLUSTER_FILE_BYTES / 6)}`, /larger than 65536 bytes/],
  ];
  for (const [name, file, message] of faults) {
    it(`is refused with the place and without its content when it holds ${name}`, () => {
      assert.throws(
        () => clusterFromFile('c1', file),
        (error: unknown) => {
          assert.ok(error instanceof NautesError);
          assert.equal(error.reason, 'ClusterFileInvalid');
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /canary/);
          return true;
        },
      );
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../../errors/errors.ts';
import { parseYaml } from '../../base/yaml.ts';
import { type Cluster } from './cluster.ts';
import { componentCategories } from './components.ts';
import { MAXIMUM_FILE_BYTES } from '../resource-file.ts';
import { clusterFiles } from './cluster-files.ts';

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
    registeredAt: fc.option(fc.constantFrom('2026-11-30T22:00:00Z', '2026-01-02T03:04:05.678Z'), { nil: undefined }),
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
    ...present(parts.registeredAt, 'registeredAt'),
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

const GOLDEN = `apiVersion: nautes.resource.nautes.io/v1alpha1
kind: Cluster
metadata:
  annotations:
    cluster.nautes.io/credential-version: v-1
    cluster.nautes.io/incarnation: 5f0c7c1e-7d0b-4b0e-9d57-5a8a2f3f0b11-0a1b2c3d
    cluster.nautes.io/kubernetes-uid: 5f0c7c1e-7d0b-4b0e-9d57-5a8a2f3f0b11
    cluster.nautes.io/rotation-request: r.1
    cluster.nautes.io/vcluster-node-port: '31501'
  name: one
  namespace: nautes
spec:
  apiServer: https://127.0.0.1:31501
  clusterKind: kubernetes
  clusterType: virtual
  componentsList:
    deployment:
      name: argocd
      namespace: argocd
    gateway:
      additions:
        httpNodePort: '30080'
        note: 'a: b'
      name: traefik
      namespace: traefik
  hostCluster: host
  primaryDomain: 127.0.0.1.nip.io
  productAllowedClusterResources:
    demo:
      - group: rbac.authorization.k8s.io
        kind: ClusterRole
  reservedNamespacesAllowedProducts:
    argocd:
      - demo
      - '007'
  usage: worker
  workerType: pipeline
`;

function edited(change: (text: string) => string): string {
  const result = change(ORIGINAL);
  assert.notEqual(result, ORIGINAL);
  return result;
}

describe('cluster file', () => {
  it('round-trips every cluster', () => {
    fc.assert(
      fc.property(clusters, (cluster) => {
        const file = clusterFiles.encode(cluster, { namespace: 'nautes' });
        assert.deepEqual(clusterFiles.decode(cluster.name, file).resource, cluster);
        assert.equal(
          clusterFiles.encode(clusterFiles.decode(cluster.name, file).resource, { namespace: 'nautes' }),
          file,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('has these bytes', () => {
    const cluster: Cluster = {
      name: 'one',
      incarnation: '5f0c7c1e-7d0b-4b0e-9d57-5a8a2f3f0b11-0a1b2c3d',
      credentialVersion: 'v-1',
      rotationRequest: 'r.1',
      kubernetesUid: '5f0c7c1e-7d0b-4b0e-9d57-5a8a2f3f0b11',
      spec: {
        apiServer: 'https://127.0.0.1:31501',
        clusterKind: 'kubernetes',
        clusterType: 'virtual',
        usage: 'worker',
        hostCluster: 'host',
        primaryDomain: '127.0.0.1.nip.io',
        workerType: 'pipeline',
        vclusterNodePort: 31501,
        components: {
          gateway: { name: 'traefik', namespace: 'traefik', additions: { httpNodePort: '30080', note: 'a: b' } },
          deployment: { name: 'argocd', namespace: 'argocd', additions: {} },
        },
        reservedNamespacesAllowedProducts: { argocd: ['demo', '007'] },
        productAllowedClusterResources: { demo: [{ kind: 'ClusterRole', group: 'rbac.authorization.k8s.io' }] },
      },
    };
    assert.equal(clusterFiles.encode(cluster, { namespace: 'nautes' }), GOLDEN);
    assert.deepEqual(
      clusterFiles.decode('one', GOLDEN.replace('https://127.0.0.1:31501', 'https://127.0.0.1:31501/')),
      {
        resource: { ...cluster, incarnation: clusterFiles.decode('one', GOLDEN).resource.incarnation },
        kept: undefined,
      },
    );
  });

  it('has sorted keys and neither empty fields nor those of the API server', () => {
    const file = clusterFiles.encode(clusterFiles.decode('c1', ORIGINAL).resource, { namespace: 'nautes' });
    assert.deepEqual(Object.keys(parseYaml(file) as object), ['apiVersion', 'kind', 'metadata', 'spec']);
    assert.match(file, /^ {2}annotations:\n {4}cluster\.nautes\.io\/incarnation: original-/m);
    assert.doesNotMatch(file, /creationTimestamp|status|reservedNamespaces|: ''|\{\}/);
  });

  it('reads files of the original, with the node port from the address', () => {
    const cluster = clusterFiles.decode('c1', ORIGINAL).resource;
    assert.equal(cluster.spec.vclusterNodePort, 31501);
    assert.equal(cluster.spec.components.deployment?.additions['host'], 'argocd.c1.example.org');
    assert.equal(cluster.credentialVersion, undefined);
  });

  it('derives an incarnation that a corrected address does not change', () => {
    const moved = edited((text) => text.replace('127.0.0.1', '127.0.0.2'));
    assert.equal(
      clusterFiles.decode('c1', moved).resource.incarnation,
      clusterFiles.decode('c1', ORIGINAL).resource.incarnation,
    );
    const other = ORIGINAL.replace('name: c1', 'name: c2');
    assert.notEqual(
      clusterFiles.decode('c2', other).resource.incarnation,
      clusterFiles.decode('c1', ORIGINAL).resource.incarnation,
    );
  });

  it('keeps foreign labels, annotations and fields through a save', () => {
    const file = edited((text) =>
      text
        .replace('  name: c1', '  name: c1\n  labels: {team: blue}\n  annotations: {example.org/wave: "3"}')
        .replace('  usage: worker', '  usage: worker\n  futureField: {a: [1]}'),
    );
    const { resource: cluster, kept } = clusterFiles.decode('c1', file);
    const written = parseYaml(clusterFiles.encode(cluster, { namespace: 'nautes', kept })) as {
      metadata: { labels: unknown; annotations: Record<string, string> };
      spec: { futureField: unknown };
    };
    assert.deepEqual(written.metadata.labels, { team: 'blue' });
    assert.equal(written.metadata.annotations['example.org/wave'], '3');
    assert.deepEqual(written.spec.futureField, { a: [1] });
    assert.deepEqual(
      clusterFiles.decode('c1', clusterFiles.encode(cluster, { namespace: 'nautes', kept })).resource,
      cluster,
    );
  });

  it('takes numbers and booleans without quotes as text', () => {
    const file = edited((text) => text.replace('host: argocd.c1.example.org', 'port: 30443\n        secure: true'));
    assert.deepEqual(clusterFiles.decode('c1', file).resource.spec.components.deployment?.additions, {
      port: '30443',
      secure: 'true',
    });
  });

  const faults: readonly (readonly [name: string, file: string, message: RegExp])[] = [
    ['not YAML', 'a: [', /line/],
    ['a list', '- a', /document must be an object/],
    ['nothing', '', /empty/],
    ['two documents', `${ORIGINAL}---\n${ORIGINAL}`, /document/],
    ['an alias', ORIGINAL.replace('primaryDomain: example.org', 'a: &a x\n  primaryDomain: *a'), /alias/i],
    ['another kind', ORIGINAL.replace('kind: Cluster', 'kind: Namespace'), /kind must be Cluster/],
    ['another version', ORIGINAL.replace('v1alpha1', 'v9'), /apiVersion must be/],
    ['another name', ORIGINAL.replace('name: c1', 'name: canary'), /metadata\.name must be the name of the file/],
    ['no spec', ORIGINAL.slice(0, ORIGINAL.indexOf('spec:')), /spec must be an object/],
    ['an address with a query', ORIGINAL.replace(':31501', ':31501/?canary'), /spec\.apiServer must have the form/],
    ['a plain http address', ORIGINAL.replace('https:', 'http:'), /spec\.apiServer must have the form/],
    ['a user in the address', ORIGINAL.replace('https://', 'https://canary@'), /spec\.apiServer must have the form/],
    ['an unknown type', ORIGINAL.replace('virtual', 'canary'), /spec\.clusterType must be physical or virtual/],
    ['a component outside', ORIGINAL.replace('namespace: argocd', 'namespace: ../canary'), /namespace is not the name/],
    ['a foreign host name', ORIGINAL.replace('hostCluster: h1', 'hostCluster: ../canary'), /hostCluster is not/],
    ['a list as text', ORIGINAL.replace('primaryDomain: example.org', 'primaryDomain: [canary]'), /must be text/],
    ['too much', `${ORIGINAL}#${'canary'.repeat(MAXIMUM_FILE_BYTES / 6)}`, /larger than 65536 bytes/],
  ];
  for (const [name, file, message] of faults) {
    it(`is rejected with the path and without its content when it has ${name}`, () => {
      assert.throws(
        () => clusterFiles.decode('c1', file).resource,
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

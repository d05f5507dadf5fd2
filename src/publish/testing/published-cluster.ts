import fc from 'fast-check';
import { parseYaml } from '../../base/yaml.ts';
import type { KubeObject } from '../../kube-objects/kube-object.ts';
import { verbatim } from '../../messages/message.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import type { Cluster, ClusterSpec } from '../../resources/cluster/cluster.ts';
import { clusterNameProblem } from '../../resources/cluster/names.ts';
import { type Condition, conditionTypes } from '../../resources/condition.ts';
import { blankStatus, type ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { PublishedCluster } from '../publication.ts';

const spec: ClusterSpec = {
  apiServer: 'https://api.example.com:6443',
  clusterKind: 'kubernetes',
  clusterType: 'physical',
  usage: 'worker',
  workerType: 'deployment',
  primaryDomain: 'example.com',
  reservedNamespacesAllowedProducts: {},
  productAllowedClusterResources: {},
  components: { gateway: { name: 'traefik', namespace: 'traefik', additions: { httpNodePort: '30080' } } },
};

const condition = (type: Condition['type'], status: Condition['status'], reason = type as string): Condition => ({
  type,
  status,
  reason,
  message: verbatim(`${type} is ${status}`),
  lastTransitionTime: '2026-11-30T10:00:00Z',
});

export const readyCluster: Cluster = { name: 'one', incarnation: '20261130-abcd', spec };

/** A worker that is ready and reached at `api.example.com`. */
export const readyWorker: PublishedCluster = publishedAs(readyCluster, {
  conditions: [condition('Reachable', 'True'), condition('ComponentsReady', 'True')],
});

/** The cluster as it is published, with what differs from {@link readyWorker}. */
export function publishedAs(cluster: Cluster, status: Partial<ClusterStatus> = {}): PublishedCluster {
  return {
    owner: { installation: '0123456789abcdef', cluster: cluster.name, incarnation: cluster.incarnation },
    spec: cluster.spec,
    document: parseYaml(clusterFiles.encode(cluster, { namespace: 'nautes' })) as KubeObject,
    status: {
      ...blankStatus({
        name: cluster.name,
        incarnation: cluster.incarnation,
        phase: 'Ready',
        observedGeneration: 'a1',
        conditions: [],
        commit: 'd1d2c3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d0',
      }),
      kubernetes: { version: 'v1.36.4', uid: '3e2f0c5a-6b0e-4a3b-9a51-0123456789ab' },
      entryPoints: ['http://10.0.0.1:30080', 'https://10.0.0.1:30443'],
      ...status,
    },
    binding: { server: cluster.spec.apiServer, certificateAuthority: '-----BEGIN CERTIFICATE-----\n' },
  };
}

const name = fc
  .stringMatching(/^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$/)
  .filter((text) => clusterNameProblem(text) === undefined);
const identifier = fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
const reason = fc.stringMatching(/^[A-Z][A-Za-z]{0,40}$/);

const anyCondition: fc.Arbitrary<Condition> = fc.record({
  type: fc.constantFrom(...conditionTypes),
  status: fc.constantFrom('True', 'False', 'Unknown'),
  reason,
  message: fc.string({ maxLength: 3000 }).map(verbatim),
  lastTransitionTime: fc.constant('2026-11-30T10:00:00Z'),
});

const anySpec: fc.Arbitrary<ClusterSpec> = fc
  .record({
    usage: fc.constantFrom('host', 'worker'),
    workerType: fc.constantFrom('deployment', 'pipeline'),
    primaryDomain: fc.string({ maxLength: 2000 }),
    hostCluster: fc.option(name, { nil: undefined }),
    components: fc.constantFrom(spec.components, {}),
    products: fc.dictionary(name, fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }), { maxKeys: 3 }),
  })
  .map(({ usage, workerType, primaryDomain, hostCluster, components, products }) => ({
    ...spec,
    usage,
    primaryDomain,
    components,
    reservedNamespacesAllowedProducts: products,
    ...(usage === 'worker' ? { workerType } : {}),
    ...(hostCluster === undefined ? {} : { clusterType: 'virtual' as const, hostCluster }),
  }));

/** Whatever a registration can be. */
export const anyPublished: fc.Arbitrary<PublishedCluster> = fc
  .record({
    name,
    incarnation: identifier,
    spec: anySpec,
    conditions: fc.uniqueArray(anyCondition, { selector: ({ type }) => type }),
    entryPoints: fc.array(fc.webUrl({ validSchemes: ['http', 'https'] }), { maxLength: 40 }),
    kubernetes: fc.record({ version: fc.constantFrom('', 'v1.36.4'), uid: fc.constantFrom('', 'some-uid') }),
  })
  .map(({ name: called, incarnation, spec: declared, conditions, entryPoints, kubernetes }) =>
    publishedAs({ name: called, incarnation, spec: declared }, { conditions, entryPoints, kubernetes }),
  );

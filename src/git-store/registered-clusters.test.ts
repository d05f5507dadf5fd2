import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../errors/errors.ts';
import type { Cluster } from '../resources/cluster/cluster.ts';
import { type ClusterEntry, ClusterMap, type RegisteredClusters } from './registered-clusters.ts';
import { worker } from './testing/fixtures.ts';

type Step =
  | { readonly kind: 'set'; readonly name: string; readonly known: Known | undefined }
  | { readonly kind: 'delete'; readonly name: string };

interface Known {
  readonly apiServer: string;
  readonly uid: string | undefined;
  readonly host: string | undefined;
}

const choice = (prefix: string) => fc.constantFrom(`${prefix}-1`, `${prefix}-2`, `${prefix}-3`);
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const known = fc.record({
  apiServer: choice('https://address'),
  uid: fc.option(choice('uid'), { nil: undefined }),
  host: fc.option(choice('host'), { nil: undefined }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), name, known: fc.option(known, { nil: undefined }) }),
  fc.record({ kind: fc.constant('delete' as const), name }),
);

function entry(of: string, { apiServer, uid, host }: Known): ClusterEntry {
  const base = worker(of);
  const cluster: Cluster = {
    ...base,
    ...(uid === undefined ? {} : { kubernetesUid: uid }),
    spec: { ...base.spec, apiServer, ...(host === undefined ? {} : { hostCluster: host }) },
  };
  return { name: of, generation: '', cluster };
}

function carryOut(clusters: ClusterMap, change: Step): void {
  if (change.kind === 'delete') clusters.delete(change.name);
  else clusters.set(change.name, change.known === undefined ? faulty(change.name) : entry(change.name, change.known));
}

function faulty(of: string): ClusterEntry {
  return { name: of, generation: '', problem: new NautesError('ClusterFileInvalid', { name: of, problem: 'no' }) };
}

/** The answers that looking at every cluster gives. */
function assertFindsAsByLooking(clusters: RegisteredClusters): void {
  const names = (matches: (cluster: Cluster) => boolean): string[] =>
    [...clusters.values()].flatMap(({ name: each, cluster }) => (cluster && matches(cluster) ? [each] : [])).sort();
  for (const number of [1, 2, 3]) {
    const [address, uid, host] = [`https://address-${number}`, `uid-${number}`, `host-${number}`];
    assert.deepEqual(
      clusters.at(address).toSorted(),
      names(({ spec }) => spec.apiServer === address),
    );
    assert.deepEqual(
      clusters.withUid(uid).toSorted(),
      names(({ kubernetesUid }) => kubernetesUid === uid),
    );
    assert.deepEqual(
      clusters.on(host).toSorted(),
      names(({ spec }) => spec.hostCluster === host),
    );
  }
}

describe('registered clusters', () => {
  it('are found by address, UID and host as by looking at each, after any changes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const clusters = ClusterMap.of();
        for (const each of steps) {
          carryOut(clusters, each);
          assertFindsAsByLooking(clusters);
        }
        assertFindsAsByLooking(ClusterMap.of(clusters));
        clusters.clear();
        assertFindsAsByLooking(clusters);
      }),
    );
  });

  it('stay as they are when a copy changes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), fc.array(step, { maxLength: 10 }), (before, after) => {
        const clusters = ClusterMap.of();
        for (const each of before) carryOut(clusters, each);
        const names = [...clusters.keys()];
        const copy = ClusterMap.copyOf(clusters);
        assert.deepEqual([...copy], [...clusters]);
        for (const each of after) carryOut(copy, each);
        assertFindsAsByLooking(copy);
        assertFindsAsByLooking(clusters);
        assert.deepEqual([...clusters.keys()], names);
      }),
    );
  });
});

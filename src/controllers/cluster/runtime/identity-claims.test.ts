import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Snapshot } from '../../../git-store/index.ts';
import { snapshotOf } from '../../../git-store/testing/snapshot.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { Cluster } from '../../../resources/cluster/cluster.ts';
import type { ClusterStatus } from '../../../resources/cluster/cluster-status.ts';
import { IdentityClaims } from './identity-claims.ts';

function cluster(name: string, incarnation: string, kubernetesUid?: string): Cluster {
  return {
    name,
    incarnation,
    ...(kubernetesUid === undefined ? {} : { kubernetesUid }),
    spec: {
      apiServer: 'https://127.0.0.1:6443',
      clusterKind: 'kubernetes',
      clusterType: 'physical',
      usage: 'host',
      primaryDomain: '',
      components: {},
      reservedNamespacesAllowedProducts: {},
      productAllowedClusterResources: {},
    },
  };
}

function snapshot(...clusters: readonly Cluster[]): Snapshot {
  return snapshotOf(clusterFiles, clusters);
}

const twice = { reason: 'ClusterRegisteredTwice' };

describe('IdentityClaims', () => {
  const [one, two] = [cluster('one', 'i1'), cluster('two', 'i2')];

  it('the first to reach a cluster keeps it', () => {
    const claims = new IdentityClaims();
    claims.claim(one, 'uid', snapshot(one, two));
    claims.claim(one, 'uid', snapshot(one, two));
    assert.throws(() => claims.claim(two, 'uid', snapshot(one, two)), twice);
  });

  it('what the status says as the process starts counts', () => {
    const claims = new IdentityClaims();
    const known = { name: 'one', incarnation: 'i1', kubernetes: { uid: 'uid', version: '' } };
    claims.restore([known as ClusterStatus]);
    assert.throws(() => claims.claim(two, 'uid', snapshot(one, two)), twice);
  });

  it('one whose UID was seen before it was registered is earlier than one that skipped the checks', () => {
    const claims = new IdentityClaims();
    const checked = cluster('one', 'i1', 'uid');
    assert.throws(() => claims.claim(two, 'uid', snapshot(checked, two)), twice);
    claims.claim(checked, 'uid', snapshot(checked, two));
  });

  it('a registration that is gone, or was made anew for another cluster, has no claim', () => {
    const claims = new IdentityClaims();
    claims.claim(one, 'uid', snapshot(one));
    claims.claim(two, 'uid', snapshot(two));
    claims.claim(one, 'other', snapshot(one));
    const again = cluster('one', 'i3');
    claims.claim(two, 'other', snapshot(again, two));
  });

  it('keeps one UID of a registration: a cluster that names another one each time takes no more', () => {
    const claims = new IdentityClaims();
    for (const uid of ['first', 'second', 'third']) claims.claim(one, uid, snapshot(one, two));
    assert.deepEqual(
      ['first', 'second', 'third'].map((uid) => claims.holderOf(uid)?.name),
      [undefined, undefined, 'one'],
    );
  });

  it('forgets a name', () => {
    const claims = new IdentityClaims();
    claims.claim(one, 'uid', snapshot(one, two));
    claims.forget('one');
    claims.claim(two, 'uid', snapshot(one, two));
  });
});

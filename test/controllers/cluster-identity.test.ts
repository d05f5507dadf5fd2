import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';

describe('identity of clusters', () => {
  // so that the clusters have a second one: localhost
  const cluster = newClusters({ clusters: 6, address: '127.0.0.1', tokenCacheMilliseconds: 0 });

  it('one cluster under two names is refused by its UID, whatever the address', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const otherName = alias(target);
    await assert.rejects(loop.save('two', otherName, hostDraft), { reason: 'ClusterRegisteredTwice' });
  });

  it('the earlier registration keeps a cluster that was saved twice with the checks skipped', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft, { skipCheck: true });
    await loop.untilReady('one');
    await loop.save('two', alias(target), hostDraft, { skipCheck: true });
    const status = await loop.untilReason('two', 'ClusterRegisteredTwice');
    assert.equal(status.phase, 'Failed');
    assert.equal(status.kubernetes.uid, '');
    assert.equal((await loop.untilReady('one')).phase, 'Ready');
    await loop.shut();
    await loop.open(); // and keeps it over a restart
    await loop.untilReason('two', 'ClusterRegisteredTwice');
  });

  it('a registration does not move to another cluster, whether its saves were checked or not', async () => {
    await using loop = await ControlLoop.start();
    const [target, other] = [cluster(), cluster()];
    await loop.save('one', target, hostDraft, { skipCheck: true });
    await loop.untilReady('one');
    await assert.rejects(loop.save('one', other, hostDraft), { reason: 'ClusterIdentityChanged' });
    await loop.save('one', other, hostDraft, { skipCheck: true });
    await loop.untilReason('one', 'ClusterIdentityChanged');
    assert.equal(other.get('v1', 'Namespace', '', 'traefik'), undefined);
    await loop.save('one', target, hostDraft, { skipCheck: true });
    await loop.untilReady('one');
  });

  it('another cluster at the address is noticed and not touched', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    await loop.shut();
    target.delete('v1', 'Namespace', '', 'kube-system');
    await eventually(
      async () => (target.get('v1', 'Namespace', '', 'kube-system') === undefined ? true : undefined),
      () => 'kube-system stays',
    );
    target.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } }, 'another-cluster');
    await loop.open();
    const status = await loop.untilReason('one', 'ClusterIdentityChanged');
    assert.equal(status.phase, 'Degraded');
  });
});

/** The same API server under another address: the simulator's certificate also has localhost. */
function alias(cluster: SandboxCluster): { server: string; kubeconfig(): string } {
  const server = cluster.server.replace(/\/\/[^:]+/, '//localhost');
  return { server, kubeconfig: () => cluster.kubeconfig().replaceAll(cluster.server, server) };
}

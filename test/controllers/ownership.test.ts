import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import type { Installation } from '../../src/resources/installation.ts';
import { ControlLoop, eventually, hostDraft } from '../harness/control-loop.ts';
import { newClusters } from '../harness/new-clusters.ts';

const one: Installation = { id: 'installation-one', createdAt: '2026-11-01T00:00:00Z' };
const two: Installation = { id: 'installation-two', createdAt: '2026-11-02T00:00:00Z' };

/** Node ports that differ from those of the other installation: nothing but who holds the cluster is in the way. */
const otherPorts = {
  ...hostDraft,
  components: {
    gateway: { name: 'traefik', namespace: 'traefik', additions: { httpNodePort: '31080', httpsNodePort: '31443' } },
  },
};

describe('two installations', () => {
  const cluster = newClusters({ clusters: 8, tokenCacheMilliseconds: 0 });
  const start = (installation: Installation) => ControlLoop.start({ installation });

  function labelOf(target: SandboxCluster, kind: string, name: string, label: string): string | undefined {
    const [apiVersion, namespace] = kind === 'Namespace' ? ['v1', ''] : ['apps/v1', 'traefik'];
    const metadata = target.get(apiVersion, kind, namespace, name)?.['metadata'];
    return (metadata as { readonly labels?: Record<string, string> } | undefined)?.labels?.[
      `cluster.nautes.io/${label}`
    ];
  }

  function uidOf(target: SandboxCluster): unknown {
    const metadata = target.get('apps/v1', 'Deployment', 'traefik', 'traefik')?.['metadata'];
    return (metadata as { readonly uid?: string } | undefined)?.uid;
  }

  function accounts(target: SandboxCluster): string[] {
    return target
      .list('v1', 'ServiceAccount', 'nautes-system')
      .map(({ metadata }) => (metadata as { name: string }).name)
      .filter((name) => name !== 'default');
  }

  it('a cluster that another installation holds is refused by plan and save, which say whose it is', async () => {
    await using first = await start(one);
    await using second = await start(two);
    const target = cluster();
    await first.save('ours', target, hostDraft);
    await first.untilReady('ours');
    const { findings } = await second.plan('theirs', target, otherPorts);
    const held = findings.find(({ reason }) => reason === 'ClusterHeldByOther');
    assert.equal(held?.blocking, true);
    assert.match(JSON.stringify(held), /installation-one.*ours.*20\d\d-/);
    await assert.rejects(second.save('theirs', target, otherPorts), { reason: 'PreflightFailed' });
    assert.equal(labelOf(target, 'Namespace', 'nautes-system', 'installation'), one.id);
  });

  it('a save that asks nothing commits, and the controllers write nothing on the cluster and say why', async () => {
    await using first = await start(one);
    await using second = await start(two);
    const target = cluster();
    await first.save('ours', target, hostDraft);
    await first.untilReady('ours');
    await second.save('theirs', target, otherPorts, { skipCheck: true });
    const status = await second.untilReason('theirs', 'ClusterHeldByOther');
    assert.equal(status.phase, 'Failed');
    await second.runAgain('theirs');
    assert.deepEqual(accounts(target), ['nautes-installation-one']);
    assert.equal(labelOf(target, 'Deployment', 'traefik', 'installation'), one.id);
    await second.delete('theirs');
    const receipt = await second.untilReceipt('theirs', status.incarnation);
    assert.deepEqual([receipt.created, receipt.removed, receipt.remaining], [[], [], []]);
    await first.runAgain('ours');
    assert.equal((await first.status('ours'))?.phase, 'Ready');
  });

  it('a take-over is ready with all that lies there; the former holder says so and removes nothing', async () => {
    await using first = await start(one);
    await using second = await start(two);
    const target = cluster();
    await first.save('ours', target, hostDraft);
    const before = await first.untilReady('ours');
    const uid = uidOf(target);

    await second.save('theirs', target, hostDraft, { skipCheck: false, takeOver: true });
    const after = await second.untilReady('theirs');
    await second.untilEvent('theirs', 'ClusterTakenOver');
    assert.equal(uidOf(target), uid, 'nothing is deleted and made again');
    assert.equal(labelOf(target, 'Deployment', 'traefik', 'installation'), two.id);
    assert.equal(labelOf(target, 'Namespace', 'nautes-system', 'name'), 'theirs');

    await first.untilReason('ours', 'ClusterHeldByOther');
    target.delete('apps/v1', 'Deployment', 'traefik', 'traefik');
    await second.untilEvent('theirs', 'DriftRepaired');
    assert.equal(labelOf(target, 'Deployment', 'traefik', 'installation'), two.id);

    await first.delete('ours');
    const gone = await first.untilReceipt('ours', before.incarnation);
    assert.deepEqual(gone.removed.map(({ kind, name }) => `${kind} ${name}`).sort(), [
      'ClusterRoleBinding nautes-installation-one',
      'ServiceAccount nautes-installation-one',
    ]);
    assert.ok(gone.left.length > 5);
    await eventually(
      () => Promise.resolve(accounts(target).length === 1 || undefined),
      () => `accounts: ${accounts(target).join()}`,
    );
    assert.deepEqual(accounts(target), ['nautes-installation-two']);
    await second.runAgain('theirs');
    assert.equal((await second.status('theirs'))?.phase, 'Ready');

    await second.delete('theirs');
    const receipt = await second.untilReceipt('theirs', after.incarnation);
    assert.deepEqual([receipt.outcome, receipt.left], ['Complete', []]);
    assert.equal(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'), undefined);
  });
});

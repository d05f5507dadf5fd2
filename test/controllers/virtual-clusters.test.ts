import { clusterKey } from '../../src/resources/cluster/cluster-key.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../../src/messages/message.ts';
import { freeNodePorts } from '../../tools/net/ports.ts';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { NautesError } from '../../src/errors/errors.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { type DraftChanges, hostDraft } from '../harness/cluster-drafts.ts';
import { eventually } from '../harness/wait-until.ts';
import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import { at, untilGone, virtualDraft } from '../harness/virtual-draft.ts';
import { newClusters } from '../harness/new-clusters.ts';

/** The first of some that are used in turn. */
const PORT = await freeNodePorts(5);

function virtualOf(host: SandboxCluster): SandboxCluster {
  const [virtual] = host.virtualClusters;
  assert.ok(virtual, 'no virtual cluster runs');
  return virtual;
}

function reason(expected: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof NautesError, String(error));
    assert.equal(error.reason, expected, error.message);
    return true;
  };
}

describe('virtual clusters', () => {
  const cluster = newClusters({ clusters: 12, workloadDelayMilliseconds: 20 });

  it('are made on their host, get their components and go with everything that is theirs', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    const saved = await loop.save('one', at(host, PORT), virtualDraft(PORT));
    assert.deepEqual(
      saved.warnings.map((warning) => render(warning, 'en')),
      [
        'the host cluster host cannot be asked now (the host cluster host is not ready yet); the virtual cluster waits for it',
      ],
    );
    const status = await loop.untilReady('one');
    const { incarnation } = status;
    assert.deepEqual(status.host?.cluster, 'host');
    assert.deepEqual(status.components.map(({ name, phase }) => `${name} ${phase}`).sort(), [
      'argo-rollouts Ready',
      'argocd Ready',
      'external-secrets Ready',
      'hnc Ready',
      'vault Ready',
      'vcluster Ready',
    ]);
    assert.match(status.entryPoints.join(), /:30443/);
    assert.equal(status.conditions[0]?.type, 'Provisioned');
    const virtual = virtualOf(host);
    assert.ok(virtual.get('apps/v1', 'Deployment', 'argocd', 'argocd-server'));
    assert.equal(virtual.get('apps/v1', 'Deployment', 'traefik', 'traefik'), undefined);
    const url = virtual.get('v1', 'ConfigMap', 'argocd', 'argocd-cm')?.['data'] as { url?: string };
    assert.match(url.url ?? '', /^https:\/\/argocd\.one\..*:30443$/);
    assert.equal(host.list('networking.k8s.io/v1', 'Ingress', 'vcluster-one').length, 1);

    await loop.delete('one');
    await loop.delete('host');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.left, receipt.remaining], ['Complete', [], []]);
    assert.equal(receipt.removed.length, receipt.created.length);
    await eventually(
      async () => (await loop.parts.state.offboardings.receipt(clusterKey('host'))) ?? undefined,
      () => 'no receipt for the host',
    );
    await untilNothingIsLeft(host);
  });

  const refusals: readonly (readonly [what: string, reason: string, port: number, changes: DraftChanges])[] = [
    ['a host that is not registered', 'HostUnknown', PORT, { hostCluster: 'nobody' }],
    ['a host that is a worker', 'HostIsWorker', PORT, { hostCluster: 'worker' }],
    ['a port of the host’s gateway', 'HostPortTaken', 30_443, {}],
    ['a port of another virtual cluster', 'HostPortTaken', PORT + 2, {}],
    ['a port of any Service on the host', 'PreflightFailed', PORT + 3, {}],
    ['a port outside the range of the host', 'PreflightFailed', 6443, {}],
    ['usage host', 'ClusterInvalid', PORT, { usage: 'host', workerType: '' }],
  ];
  it('are refused with a reason before anything is written', async () => {
    await using loop = await ControlLoop.start();
    const [host, worker] = [cluster(), cluster()];
    await loop.save('host', host, hostDraft);
    await loop.save('worker', worker, {}, { skipCheck: true });
    await loop.untilReady('host');
    await loop.save('other', at(host, PORT + 2), virtualDraft(PORT + 2));
    const service = {
      metadata: { name: 'web', namespace: 'default' },
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: PORT + 3 }] },
    };
    host.apply({ apiVersion: 'v1', kind: 'Service', ...service }, 'somebody');
    const { commit } = loop.parts.repo.snapshot();
    for (const [what, expected, port, changes] of refusals) {
      await assert.rejects(loop.save('one', at(host, port), virtualDraft(port, changes)), reason(expected), what);
      const { findings } = await loop.plan('one', at(host, port), virtualDraft(port, changes));
      assert.ok(
        findings.some(({ blocking }) => blocking),
        `the plan with ${what} finds nothing`,
      );
    }
    const gateway = {
      components: { gateway: { name: '', namespace: '', additions: { httpNodePort: String(PORT + 2) } } },
    };
    await assert.rejects(loop.save('host', host, { ...hostDraft, ...gateway }), reason('HostPortTaken'));
    assert.equal(loop.parts.repo.snapshot().commit, commit);
    assert.equal(host.get('v1', 'Namespace', '', 'vcluster-one'), undefined);
  });

  it('and their host: saved and deleted at the same time, never one without the other', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    for (let round = 0; round < 5; round += 1) {
      await loop.save('host', host, hostDraft, { skipCheck: true });
      const [deletion, save] = await Promise.allSettled([
        loop.delete('host'),
        loop.save('one', at(host, PORT), virtualDraft(PORT), { skipCheck: true }),
      ]);
      assert.notEqual(deletion.status, save.status);
      const names = [...loop.parts.repo.snapshot().of(clusterFiles).keys()].sort();
      if (save.status === 'rejected') {
        assert.ok(reason('HostUnknown')(save.reason));
        assert.deepEqual(names, []);
      } else {
        assert.ok(deletion.status === 'rejected' && reason('ClusterIsHost')(deletion.reason));
        assert.deepEqual(names, ['host', 'one']);
        await loop.delete('one');
        await loop.delete('host');
      }
    }
  });

  it('wait visibly for a host that is not ready', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await setReachable(host, false);
    await loop.save('host', host, hostDraft, { skipCheck: true });
    const { warnings } = await loop.save('one', at(host, PORT), virtualDraft(PORT));
    assert.equal(warnings.length, 1);
    const waiting = await loop.untilReason('one', 'HostNotReady');
    const provisioned = waiting.conditions.find(({ type }) => type === 'Provisioned');
    assert.match(provisioned?.message ?? '', /^the host cluster host is not ready yet: /);
    assert.equal(waiting.phase, 'Provisioning');
    await setReachable(host, true);
    await loop.untilReady('one');
  });

  it('move to another port of their host, keep what is in them, and their gateway’s port follows the host', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    const earlier = await loop.untilReady('one');
    const moved = at(host, PORT + 4);
    await loop.save('one', moved, virtualDraft(PORT + 4));
    const later = await loop.until(
      'one',
      ({ phase, observedGeneration }) => phase === 'Ready' && observedGeneration !== earlier.observedGeneration,
      'Ready at the new port',
    );
    assert.equal(later.incarnation, earlier.incarnation);
    assert.equal(later.kubernetes.uid, earlier.kubernetes.uid);
    assert.equal(virtualOf(host).server, moved.server);
    const additions = { httpNodePort: '32080', httpsNodePort: '32443' };
    await loop.save('host', host, { ...hostDraft, components: { gateway: { name: '', namespace: '', additions } } });
    await eventually(
      async () => {
        const { data } = (virtualOf(host).get('v1', 'ConfigMap', 'argocd', 'argocd-cm') ?? {}) as {
          data?: { url?: string };
        };
        return data?.url?.endsWith(':32443') === true ? true : undefined;
      },
      () => 'the address of Argo CD does not follow the port of the host’s gateway',
    );
    await loop.until(
      'one',
      ({ entryPoints }) => entryPoints.some((url) => url.endsWith(':32443')),
      'reached at the new port',
    );
  });

  it('are made anew on another host, and the old one goes completely', async () => {
    await using loop = await ControlLoop.start();
    const [first, second] = [cluster(), cluster()];
    await loop.save('host', first, hostDraft);
    await loop.save('host-2', second, hostDraft);
    await loop.save('one', at(first, PORT), virtualDraft(PORT));
    const earlier = await loop.untilReady('one');
    await loop.save('one', at(second, PORT), virtualDraft(PORT, { hostCluster: 'host-2' }));
    const receipt = await loop.untilReceipt('one', earlier.incarnation);
    assert.deepEqual([receipt.outcome, receipt.apiServer], ['Complete', at(first, PORT).server]);
    const later = await loop.untilReady('one');
    assert.notEqual(later.incarnation, earlier.incarnation);
    assert.equal(later.host?.cluster, 'host-2');
    await untilGone(first, 'vcluster-one');
    assert.ok(second.get('apps/v1', 'StatefulSet', 'vcluster-one', 'vcluster'));
  });

  it('removed by hand together with their host go first; a host removed alone waits for them', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    const one = await loop.untilReady('one');
    const { incarnation } = await loop.untilReady('host');
    await using clone = await loop.clone();
    await clone.remove('host');
    await clone.push('Remove the host alone');
    const held = await loop.untilReason('host', 'HostInUse');
    assert.match(held.conditions.find(({ type }) => type === 'Offboarded')?.message ?? '', /host of one$/);
    assert.ok(host.get('apps/v1', 'Deployment', 'traefik', 'traefik'));
    await clone.remove('one');
    await clone.push('Remove the virtual cluster');
    assert.equal((await loop.untilReceipt('one', one.incarnation)).outcome, 'Complete');
    assert.equal((await loop.untilReceipt('host', incarnation)).outcome, 'Complete');
    await untilNothingIsLeft(host);
  });
});

async function setReachable(cluster: SandboxCluster, reachable: boolean): Promise<void> {
  cluster.faults.set(reachable ? [] : [{ kind: 'unreachable' }]);
  await cluster.settled();
}

/** Namespaces take a moment to end. */
async function untilNothingIsLeft(host: SandboxCluster): Promise<void> {
  const kinds = ['Namespace', 'PersistentVolume', 'PersistentVolumeClaim', 'Secret', 'Service'];
  const left = (): string[] =>
    kinds
      .flatMap((kind) => host.list('v1', kind))
      .map((object) => (object['metadata'] as { name: string }).name)
      .filter((name) => /vcluster|traefik|nautes|pvc-|vc-/.test(name));
  await eventually(
    async () => (left().length === 0 ? true : undefined),
    () => `left on the host: ${left().join(', ')}`,
  );
}

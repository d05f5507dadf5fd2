import { clusterKey } from '../../src/resources/cluster/cluster-key.ts';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { render } from '../../src/messages/message.ts';
import { freeNodePorts } from '../../tools/net/ports.ts';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { NautesError } from '../../src/errors/errors.ts';
import { ControlLoop, type DraftChanges, eventually, hostDraft } from '../harness/control-loop.ts';
import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import { at, untilGone, virtualDraft } from '../harness/virtual-draft.ts';

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
  let sandbox: Sandbox;
  let next = 0;

  before(async () => {
    sandbox = await startSandbox({ clusters: 20, basePort: 0, workloadDelayMilliseconds: 20 });
  });
  after(() => sandbox.close());

  function cluster(): SandboxCluster {
    const found = sandbox.clusters[next];
    next += 1;
    assert.ok(found);
    return found;
  }

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
    ['a port that is not that of the address', 'ClusterInvalid', PORT, { vclusterNodePort: String(PORT + 1) }],
    ['a port that no Service can have', 'ClusterInvalid', 6443, {}],
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

  it('go with their host’s objects also when their control plane is dead', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    const { incarnation } = await loop.untilReady('one');
    virtualOf(host).faults.set([{ kind: 'hang' }]);
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
    await untilGone(host, 'vcluster-one');
  });

  it('on a dead host end within the grace period, or at once by force, and name what stays there', async () => {
    await using loop = await ControlLoop.start({ settings: { graceMilliseconds: 1_500 } });
    const host = cluster();
    await loop.save('host', host, hostDraft);
    for (const [name, port] of [
      ['one', PORT],
      ['two', PORT + 1],
    ] as const) {
      await loop.save(name, at(host, port), virtualDraft(port));
    }
    const one = await loop.untilReady('one');
    const two = await loop.untilReady('two');
    await setReachable(host, false);
    await loop.delete('one', true);
    await loop.delete('two');
    const first = await loop.untilReceipt('one', one.incarnation);
    const second = await loop.untilReceipt('two', two.incarnation);
    for (const [name, receipt] of [
      ['one', first],
      ['two', second],
    ] as const) {
      assert.equal(receipt.outcome, 'Incomplete');
      assert.equal(receipt.remaining.length, receipt.created.length);
      const inside = receipt.remaining.find(({ name: object }) => object === 'argocd-server');
      assert.equal(inside?.command, `kubectl delete namespace vcluster-${name}`);
    }
    await loop.delete('host', true);
    await setReachable(host, true);
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

  it('are kept as declared on their host, and inside', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    await loop.untilReady('one');
    host.delete('v1', 'Service', 'vcluster-one', 'vcluster');
    const repair = await loop.untilEvent('one', 'DriftRepaired');
    assert.match(repair.message, /Service vcluster-one\/vcluster/);
    await loop.untilReady('one');
    const virtual = await eventually(
      async () => host.virtualClusters[0],
      () => 'it does not come back',
    );
    virtual.delete('apps/v1', 'Deployment', 'argocd', 'argocd-server');
    await eventually(
      async () => (await loop.events('one')).find(({ message }) => message.includes('argocd-server: had been deleted')),
      () => 'not repaired inside',
    );
  });

  it('recover through their host when their credential has ended', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    const earlier = await loop.untilReady('one');
    const virtual = virtualOf(host);
    for (const secret of virtual.list('v1', 'Secret', 'nautes-system')) {
      virtual.delete('v1', 'Secret', 'nautes-system', String((secret['metadata'] as { name?: unknown }).name));
    }
    await loop.until(
      'one',
      ({ phase, credential }) => phase === 'Ready' && credential.rotatedAt !== earlier.credential.rotatedAt,
      'Ready with another credential',
    );
  });

  it('recover through their host when their namespace there is deleted by hand', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    const earlier = await loop.untilReady('one');
    host.delete('v1', 'Namespace', '', 'vcluster-one');
    await loop.until(
      'one',
      ({ kubernetes }) => kubernetes.uid !== earlier.kubernetes.uid,
      'another Kubernetes cluster',
    );
    await eventually(
      async () => virtualOf(host).get('apps/v1', 'Deployment', 'argocd', 'argocd-server'),
      () => 'it is not filled again',
    );
    assert.equal((await loop.untilReady('one')).incarnation, earlier.incarnation);
    const stored = await loop.parts.secrets.list(AbortSignal.timeout(5_000), 'one');
    assert.deepEqual(
      stored.map(({ active }) => active),
      [true],
    );
  });

  it('say that their host is the cause, and are looked after all the same', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    await loop.untilReady('one');
    host.faults.set([{ kind: 'status', code: 500 }]);
    const status = await loop.untilReason('one', 'HostUnreachable');
    assert.equal(status.phase, 'Degraded');
    const virtual = virtualOf(host);
    virtual.delete('apps/v1', 'Deployment', 'argocd', 'argocd-server');
    await eventually(
      async () => virtual.get('apps/v1', 'Deployment', 'argocd', 'argocd-server'),
      () => 'nothing is repaired inside while the host is away',
    );
    host.faults.clear();
    await loop.untilReady('one');
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

  it('are finished after an end in the middle', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    host.faults.set([{ kind: 'never-ready', namespace: 'vcluster-one', name: 'vcluster' }]);
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    const waiting = await loop.until(
      'one',
      ({ components }) => components.some(({ phase }) => phase === 'Installing'),
      'installing',
    );
    assert.equal(waiting.components[0]?.name, 'vcluster');
    await loop.shut();
    host.faults.clear();
    await loop.open();
    await loop.untilReady('one');
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

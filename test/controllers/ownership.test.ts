import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import type { Installation } from '../../src/resources/installation.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { clusterRegistration } from '../../src/resources/cluster/cluster-key.ts';
import type { InventoryEntry } from '../../src/resources/inventory.ts';
import { adminRequest } from '../harness/sandbox-source.ts';
import { at, virtualDraft } from '../harness/virtual-draft.ts';
import { freeNodePorts } from '../../tools/net/ports.ts';
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

const formerAccount: readonly InventoryEntry[] = (
  [
    ['v1', 'ServiceAccount', 'nautes-system', 'nautes'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', '', 'nautes-system-cluster-admin'],
  ] as const
).map(([apiVersion, kind, namespace, name]) => ({
  apiVersion,
  kind,
  namespace,
  name,
  component: 'access',
  uid: 'former',
  hash: '',
  revision: '',
  foreign: false,
}));

/** Leaves the cluster as releases did before installations had an identity. */
async function makeEarlier(target: SandboxCluster, incarnation: string): Promise<void> {
  const request = adminRequest(target.server, target.kubeconfig());
  const labels = { 'cluster.nautes.io/installation': null, 'cluster.nautes.io/name': null };
  const annotations = { 'cluster.nautes.io/acquired-at': null, 'cluster.nautes.io/renewed-at': null };
  const body = { metadata: { labels, annotations } };
  for (const [apiVersion, kind, plural] of [
    ['v1', 'Namespace', 'namespaces'],
    ['v1', 'ServiceAccount', 'serviceaccounts'],
    ['v1', 'Service', 'services'],
    ['v1', 'Secret', 'secrets'],
    ['apps/v1', 'Deployment', 'deployments'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles'],
    ['networking.k8s.io/v1', 'IngressClass', 'ingressclasses'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions'],
  ] as const) {
    for (const object of target.list(apiVersion, kind)) {
      const { name, namespace = '', labels: present = {} } = object['metadata'] as unknown as Metadata;
      if (present['cluster.nautes.io/installation'] === undefined) continue;
      const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
      const path = `${group}${namespace === '' ? '' : `/namespaces/${namespace}`}/${plural}/${name}`;
      const reply = await request('PATCH', path, body, 'application/merge-patch+json');
      assert.equal(reply.status, 200);
    }
  }
  for (const { apiVersion, kind, namespace, name } of formerAccount) {
    const own = { 'app.kubernetes.io/managed-by': 'nautes', 'cluster.nautes.io/incarnation': incarnation };
    const metadata = { name, labels: own, ...(namespace === '' ? {} : { namespace }) };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
    target.apply({ apiVersion, kind, metadata, ...(kind === 'ClusterRoleBinding' ? { roleRef } : {}) }, 'nautes');
  }
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

describe('two installations', () => {
  const cluster = newClusters({ clusters: 8, workloadDelayMilliseconds: 20, tokenCacheMilliseconds: 0 });
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

  it('a data directory that was lost is replaced by a take-over: everything is ours again, and goes with it', async () => {
    const target = cluster();
    const lost = await start(one);
    await lost.save('one', target, {});
    await lost.untilReady('one');
    await lost[Symbol.asyncDispose]();
    await using loop = await start(two);
    await assert.rejects(loop.save('one', target, {}), { reason: 'PreflightFailed' });
    const { findings } = await loop.plan('one', target, {}, { skipCheck: false, takeOver: true });
    assert.deepEqual(
      findings.filter(({ blocking }) => blocking),
      [],
    );
    const { commit } = await loop.save('one', target, {}, { skipCheck: false, takeOver: true });
    const { incarnation } = await loop.untilReady('one');
    await using clone = await loop.clone();
    assert.match(
      await clone.git('show', '--no-patch', '--format=%B', commit),
      /^Take-Over: installation-one\.20\d{6}T\d{6}Z$/m,
    );
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual(
      [receipt.outcome, receipt.left.map(({ kind, name }) => `${kind} ${name}`)],
      ['Complete', ['Namespace nautes-system']],
    );
    assert.deepEqual(accounts(target), ['nautes-installation-one']);
  });

  it('who commits by hand takes over by an annotation of the file, from that term of the holder alone', async () => {
    await using first = await start(one);
    await using second = await start(two);
    const target = cluster();
    await first.save('ours', target, hostDraft);
    await first.untilReady('ours');
    await second.save('theirs', target, hostDraft, { skipCheck: true });
    const held = await second.untilReason('theirs', 'ClusterHeldByOther');
    const { remedy = '' } = held.conditions.find(({ reason }) => reason === 'ClusterHeldByOther') ?? {};
    const identity = /write (\S+) into the annotation/.exec(remedy)?.[1] ?? '';
    assert.match(identity, /^installation-one\./);
    await using clone = await second.clone();
    await clone.edit('theirs', (content) =>
      content.replace('  annotations:\n', `  annotations:\n    cluster.nautes.io/take-over: ${identity}\n`),
    );
    await clone.push('Take theirs over');
    await second.untilReady('theirs');
    await first.untilReason('ours', 'ClusterHeldByOther');

    await first.save('ours', target, hostDraft, { skipCheck: false, takeOver: true });
    await second.untilReason('theirs', 'ClusterHeldByOther');
    await first.untilReady('ours');
    await second.runAgain('theirs');
    assert.equal(labelOf(target, 'Namespace', 'nautes-system', 'installation'), one.id);
  });

  it('what an earlier release has made is labelled and its account replaced, where the state knows the registration', async () => {
    await using loop = await start(two);
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await loop.shut();
    await makeEarlier(target, incarnation);
    await using stranger = await start(one);
    const plan = await stranger.plan('theirs', target, otherPorts);
    assert.match(JSON.stringify(plan.findings), /ClusterHeldByOther.*earlierRelease/);

    loop.change({ installation: one });
    await loop.open();
    const registration = clusterRegistration({ cluster: 'one', incarnation });
    await loop.parts.state.inventory.put(registration, formerAccount);
    await eventually(
      () => Promise.resolve(labelOf(target, 'Deployment', 'traefik', 'installation') === one.id || undefined),
      () => 'the Deployment has no label',
    );
    await loop.untilReady('one');
    assert.equal(labelOf(target, 'Namespace', 'nautes-system', 'installation'), one.id);
    await eventually(
      () => Promise.resolve(!accounts(target).includes('nautes') || undefined),
      () => accounts(target).join(),
    );
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Complete');
    assert.equal(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'), undefined);
  });

  it('a host and its virtual cluster are taken over one after the other, and the virtual cluster keeps what it has', async () => {
    const target = cluster();
    const port = await freeNodePorts(1);
    const lost = await start(one);
    await lost.save('host', target, hostDraft);
    await lost.untilReady('host');
    await lost.save('virtual', at(target, port), virtualDraft(port));
    await lost.untilReady('virtual');
    const [before] = target.virtualClusters;
    await lost[Symbol.asyncDispose]();

    await using loop = await start(two);
    const takeOver = { skipCheck: false, takeOver: true };
    await loop.save('host', target, hostDraft, takeOver);
    await loop.untilReady('host');
    await loop.runAgain('host');
    assert.ok(target.get('v1', 'Namespace', '', 'vcluster-virtual'), 'what the host carries stays');
    await assert.rejects(loop.save('virtual', at(target, port), virtualDraft(port)), { reason: 'PreflightFailed' });
    await loop.save('virtual', at(target, port), virtualDraft(port), takeOver);
    await loop.untilReady('virtual');
    assert.equal(target.virtualClusters[0], before);
    assert.equal(labelOf(target, 'Namespace', 'vcluster-virtual', 'installation'), two.id);
  });
});

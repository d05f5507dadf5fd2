import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../../src/messages/message.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import type { ControlLoopOptions } from '../harness/loop-parts.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { adminRequest } from '../harness/sandbox-source.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { TestManagement } from '../harness/test-management.ts';

describe('withdrawing a cluster that is deleted', () => {
  const cluster = newClusters({ clusters: 40, tokenCacheMilliseconds: 0, workloadDelayMilliseconds: 10 });

  async function publishedOne(management: TestManagement, changes: ControlLoopOptions = {}) {
    const loop = await ControlLoop.start({ publishing: management.publishing(), ...changes });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await loop.until(
      'one',
      ({ published = [] }) => published.some(({ reason }) => reason === 'Published'),
      'published',
    );
    return { loop, target, incarnation };
  }

  const nameOf = ({ name }: { readonly name: string }): string => name;

  it('Secret and account go, and are in the receipt', async () => {
    await using management = await TestManagement.of(cluster());
    const { loop, target, incarnation } = await publishedOne(management);
    await using _ = loop;
    const { token = '' } = management.secret('one') ?? {};
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Complete');
    for (const name of ['nautes-cluster-one', 'nautes-tests-argocd']) {
      assert.ok(receipt.created.map(nameOf).includes(name), name);
      assert.ok(receipt.removed.map(nameOf).includes(name), name);
    }
    assert.equal(management.secret('one'), undefined);
    const { status } = await adminRequest(target.server, target.kubeconfig('token').replace(target.adminToken, token))(
      'GET',
      '/api/v1/namespaces',
    );
    assert.equal(status, 401);
  });

  it('is refused with the names of the Applications that point there; by force they are in the receipt', async () => {
    await using management = await TestManagement.of(cluster());
    const { loop, incarnation } = await publishedOne(management);
    await using _ = loop;
    await management.makeApplication('shop', 'one');
    await management.makeApplication('other', 'another');
    await assert.rejects(loop.delete('one'), { reason: 'ClusterInUse', message: /\(1\): Application argocd\/shop$/ });
    const plan = await loop.planDeletion('one');
    const errors = plan.findings.flatMap((finding) => ('error' in finding ? [finding.error.message] : []));
    assert.match(errors.join(), /Application argocd\/shop/);
    assert.ok(plan.removed.some(({ name }) => name === 'nautes-cluster-one'));
    assert.ok(management.secret('one')?.metadata.labels?.['cluster.nautes.io/usage']);

    const forced = await loop.planDeletion('one', true);
    const warnings = forced.findings.flatMap((finding) =>
      'warning' in finding ? [render(finding.warning, 'en')] : [],
    );
    assert.match(warnings.join(), /lose the cluster.*Application argocd\/shop/);
    await loop.delete('one', true);
    const receipt = await loop.untilReceipt('one', incarnation);
    const left = receipt.left.map(({ name, reason }) => `${name}: ${render(reason, 'en')}`);
    assert.ok(left.includes('shop: it points to the cluster that was removed'), left.join());
    assert.equal(management.secret('one'), undefined);
  });

  it('the labels go first, and nothing else before the Applications that follow them are gone', async () => {
    await using management = await TestManagement.of(cluster());
    const { loop, target, incarnation } = await publishedOne(management);
    await using _ = loop;
    // Argo CD deletes them and is not done yet: a finalizer keeps what hangs in its deletion.
    await management.makeApplication('leaving', 'one', { finalizers: ['resources-finalizer.argocd.argoproj.io'] });
    management.cluster.delete('argoproj.io/v1alpha1', 'Application', 'argocd', 'leaving');
    await loop.delete('one');
    const status = await loop.untilReason('one', 'LettingGo');
    assert.match(status.conditions.map(({ message }) => message).join(), /Application argocd\/leaving/);
    const secret = management.secret('one');
    assert.ok(secret);
    assert.equal(secret.metadata.labels?.['cluster.nautes.io/usage'], undefined);
    assert.equal(secret.metadata.labels?.['argocd.argoproj.io/secret-type'], 'cluster');
    assert.ok(target.get('v1', 'ServiceAccount', 'nautes-system', 'nautes-tests-argocd'));
    assert.ok(target.get('v1', 'Namespace', '', 'traefik'));
    const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/leaving';
    await adminRequest(management.cluster.server, management.cluster.kubeconfig())(
      'PATCH',
      path,
      { metadata: { finalizers: null } },
      'application/merge-patch+json',
    );
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Complete');
    assert.equal(management.secret('one'), undefined);
  });

  it('an Application that hangs is waited for as long as a cluster that does not answer, and is in the receipt', async () => {
    await using management = await TestManagement.of(cluster());
    const { loop, incarnation } = await publishedOne(management, { settings: { graceMilliseconds: 2_000 } });
    await using _ = loop;
    await management.makeApplication('hanging', 'one', { finalizers: ['resources-finalizer.argocd.argoproj.io'] });
    management.cluster.delete('argoproj.io/v1alpha1', 'Application', 'argocd', 'hanging');
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.ok(receipt.left.map(nameOf).includes('hanging'));
    assert.ok(receipt.removed.map(nameOf).includes('nautes-cluster-one'));
  });

  it('a process that dies in the middle loses nothing', async () => {
    await using management = await TestManagement.of(cluster());
    const { loop, incarnation } = await publishedOne(management);
    await using _ = loop;
    await management.makeApplication('leaving', 'one', { finalizers: ['resources-finalizer.argocd.argoproj.io'] });
    management.cluster.delete('argoproj.io/v1alpha1', 'Application', 'argocd', 'leaving');
    await loop.delete('one');
    await loop.untilReason('one', 'LettingGo');
    await loop.shut();
    await loop.open();
    const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/leaving';
    await adminRequest(management.cluster.server, management.cluster.kubeconfig())(
      'PATCH',
      path,
      { metadata: { finalizers: null } },
      'application/merge-patch+json',
    );
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.ok(receipt.removed.map(nameOf).includes('nautes-cluster-one'));
    assert.equal(management.secret('one'), undefined);
  });

  it('goes from the management cluster also when the cluster itself is dead', async () => {
    await using management = await TestManagement.of(cluster());
    const { loop, target, incarnation } = await publishedOne(management, { settings: { graceMilliseconds: 3_000 } });
    await using _ = loop;
    target.faults.set([{ kind: 'unreachable' }]);
    await target.settled();
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Incomplete');
    assert.ok(receipt.removed.map(nameOf).includes('nautes-cluster-one'));
    assert.ok(receipt.remaining.map(nameOf).includes('nautes-tests-argocd'));
    assert.equal(management.secret('one'), undefined);
  });

  it('names what is left in a management cluster that is dead, with the command that removes it', async () => {
    await using management = await TestManagement.of(cluster());
    const { loop, target, incarnation } = await publishedOne(management, { settings: { graceMilliseconds: 3_000 } });
    await using _ = loop;
    management.cluster.faults.set([{ kind: 'unreachable' }]);
    await management.cluster.settled();
    await loop.delete('one');
    await loop.untilReason('one', 'ManagementUnavailable');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Incomplete');
    const stuck = receipt.remaining.find(({ name }) => name === 'nautes-cluster-one');
    assert.ok(stuck);
    assert.match(
      render(stuck.reason, 'en'),
      new RegExp(`^in ${management.place}: the management cluster is the cause`),
    );
    assert.match(stuck.command, /kubectl delete secret nautes-cluster-one --namespace argocd/);
    assert.equal(target.get('v1', 'ServiceAccount', 'nautes-system', 'nautes-tests-argocd'), undefined);
  });
});

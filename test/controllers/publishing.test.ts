import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import type { StatusView } from '../../src/contract/views.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import type { ControlLoopOptions } from '../harness/loop-parts.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { at, virtualDraft } from '../harness/virtual-draft.ts';
import { freeNodePorts } from '../../tools/net/ports.ts';
import { adminRequest } from '../harness/sandbox-source.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { TestManagement } from '../harness/test-management.ts';

const DAY = 24 * 3_600_000;
const PORT = await freeNodePorts(1);

describe('publishing clusters', () => {
  const cluster = newClusters({ clusters: 40, tokenCacheMilliseconds: 0, workloadDelayMilliseconds: 10 });

  const published = (status: StatusView | undefined) => status?.published?.find(({ name }) => name === 'argocd');
  const untilPublished = (loop: ControlLoop, name = 'one') =>
    loop.until(name, (status) => published(status)?.reason === 'Published', 'published');
  const untilPart = (loop: ControlLoop, reason: string, name = 'one') =>
    loop.until(name, (status) => published(status)?.reason === reason, `published with ${reason}`);

  async function start(management: TestManagement, changes: ControlLoopOptions = {}): Promise<ControlLoop> {
    return ControlLoop.start({ publishing: management.publishing(), ...changes });
  }

  async function register(loop: ControlLoop, name = 'one'): Promise<SandboxCluster> {
    const target = cluster();
    await loop.save(name, target, hostDraft);
    await loop.untilReady(name);
    return target;
  }

  const works = async ({ server }: SandboxCluster, target: SandboxCluster, token: string): Promise<boolean> => {
    const kubeconfig = target.kubeconfig('token').replace(target.adminToken, token);
    const { status } = await adminRequest(server, kubeconfig)('GET', '/api/v1/namespaces');
    return status === 200;
  };

  it('a cluster is published when it is ready, says where, and Argo CD has an account of its own there', async () => {
    await using management = await TestManagement.of(cluster());
    await using loop = await start(management);
    const target = await register(loop);
    const status = await untilPublished(loop);
    const part = published(status);
    assert.equal(part?.where, `Secret argocd/nautes-cluster-one in ${management.place}`);
    assert.match(part?.since ?? '', /^\d{4}-/);
    const condition = status.conditions.find(({ type }) => type === 'Published');
    assert.deepEqual([condition?.status, condition?.reason], ['True', 'Published']);
    const secret = management.secret('one');
    assert.ok(secret);
    assert.equal(secret.server, target.server);
    assert.equal(secret.metadata.labels?.['cluster.nautes.io/usage'], 'host');
    assert.ok(await works(target, target, secret.token));
    await loop.untilEvent('one', 'PublicationWritten');
    const account = target.get('v1', 'ServiceAccount', 'nautes-system', 'nautes-tests-argocd');
    assert.ok(account);
  });

  it('nothing more is written once it is published, and our own rotation does not touch it', async () => {
    await using management = await TestManagement.of(cluster());
    await using loop = await start(management, { settings: { driftMilliseconds: DAY } });
    const target = await register(loop);
    await untilPublished(loop);
    const before = management.secret('one');
    const rotated = (await loop.status('one'))?.credential.rotatedAt;
    await loop.runAgain('one', 3);
    loop.clock.aheadMilliseconds += 2000;
    await loop.rotate('one', {});
    await loop.until('one', ({ credential }) => credential.rotatedAt !== rotated, 'rotated');
    await loop.runAgain('one', 2);
    const now = management.secret('one');
    assert.equal(now?.metadata.resourceVersion, before?.metadata.resourceVersion);
    assert.ok(await works(target, target, now?.token ?? ''));
  });

  it('a change of the cluster and the age of the token are followed', async () => {
    await using management = await TestManagement.of(cluster());
    // Our own token is not due: one that is issued by a clock that is behind is refused.
    await using loop = await start(management, { settings: { tokenSeconds: 400 * (DAY / 1000) } });
    const target = await register(loop);
    await untilPublished(loop);
    const before = management.secret('one');
    await loop.save('one', target, { ...hostDraft, primaryDomain: 'new.example.com', kubeconfig: undefined });
    await eventually(
      () =>
        Promise.resolve(
          management.secret('one')?.metadata.annotations?.['cluster.nautes.io/domain'] === 'new.example.com'
            ? true
            : undefined,
        ),
      () => 'the domain is not followed',
    );
    assert.equal(management.secret('one')?.token, before?.token);
    loop.clock.aheadMilliseconds += 70 * DAY;
    await loop.sync('one');
    await loop.untilEvent('one', 'PublicationRenewed');
    assert.notEqual(management.secret('one')?.token, before?.token);
  });

  it('`argocd cluster rm` strips the label: it is set back, and told', async () => {
    await using management = await TestManagement.of(cluster());
    await using loop = await start(management);
    await register(loop);
    await untilPublished(loop);
    const path = '/api/v1/namespaces/argocd/secrets/nautes-cluster-one';
    const body = { metadata: { labels: { 'argocd.argoproj.io/secret-type': null } } };
    await adminRequest(management.cluster.server, management.cluster.kubeconfig())(
      'PATCH',
      path,
      body,
      'application/merge-patch+json',
    );
    const event = await loop.untilEvent('one', 'PublicationRepaired');
    assert.match(event.message, /argocd\.argoproj\.io\/secret-type/);
    assert.equal(management.secret('one')?.metadata.labels?.['argocd.argoproj.io/secret-type'], 'cluster');
  });

  it('nothing is published before the cluster is ready, unless it is to be as soon as it is reached', async () => {
    await using management = await TestManagement.of(cluster());
    await using loop = await start(management);
    const slow = cluster();
    slow.faults.add({ kind: 'never-ready', namespace: 'traefik', name: 'traefik' });
    await loop.save('one', slow, hostDraft);
    await untilPart(loop, 'WaitsForReady');
    assert.equal(management.secret('one'), undefined);
    await loop.shut();
    loop.change({ publishing: management.publishing({ when: 'Reachable' }) });
    await loop.open();
    await untilPublished(loop);
    assert.ok(management.secret('one'));
  });

  it('a management cluster that is away keeps no cluster from being ready, and is named', async () => {
    await using management = await TestManagement.of(cluster());
    management.cluster.faults.set([{ kind: 'unreachable' }]);
    await management.cluster.settled();
    await using loop = await start(management);
    await register(loop, 'one');
    await register(loop, 'two');
    const status = await untilPart(loop, 'ManagementUnavailable');
    assert.equal(status.phase, 'Ready');
    const condition = status.conditions.find(({ type }) => type === 'Published');
    assert.deepEqual([condition?.status, condition?.optional], ['False', true]);
    assert.match(condition?.message ?? '', /the management cluster is the cause/);
    management.cluster.faults.set([]);
    await management.cluster.settled();
    await loop.sync('one');
    await untilPublished(loop);
  });

  it('a Secret of somebody else is left as it is, and told', async () => {
    await using management = await TestManagement.of(cluster());
    const metadata = { namespace: 'argocd', name: 'nautes-cluster-one' };
    management.cluster.apply(
      { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { config: 'e30=' } },
      'kubectl',
    );
    await using loop = await start(management);
    await register(loop);
    const status = await untilPart(loop, 'PublicationForeign');
    assert.equal(status.phase, 'Ready');
    assert.equal(management.secret('one')?.metadata.labels, undefined);
  });

  it('a paused cluster is not published, and what is published stays as it is', async () => {
    await using management = await TestManagement.of(cluster());
    await using loop = await start(management);
    const target = await register(loop);
    await untilPublished(loop);
    await loop.pause('one', { reason: 'wait' });
    await loop.until('one', ({ paused }) => paused !== undefined, 'paused');
    const before = management.secret('one');
    await loop.save('one', target, { ...hostDraft, primaryDomain: 'other.example.com', kubeconfig: undefined });
    await loop.runAgain('one', 2);
    assert.equal(management.secret('one')?.metadata.resourceVersion, before?.metadata.resourceVersion);
    assert.equal(published(await loop.status('one'))?.reason, 'Published');
  });

  it('is withdrawn when it is switched off, and from the namespace where it was before', async () => {
    await using management = await TestManagement.of(cluster());
    await using loop = await start(management);
    const target = await register(loop);
    await untilPublished(loop);
    const { token = '' } = management.secret('one') ?? {};
    await loop.shut();
    loop.change({ publishing: management.publishing({ isSelected: false }) });
    await loop.open();
    await loop.untilEvent('one', 'PublicationWithdrawn');
    assert.equal(management.secret('one'), undefined);
    assert.equal(await works(target, target, token), false);
    assert.equal(target.get('v1', 'ServiceAccount', 'nautes-system', 'nautes-tests-argocd'), undefined);
    await loop.until('one', ({ published: parts }) => parts?.length === 0, 'withdrawn');
  });

  it('is withdrawn from the namespace of before', async () => {
    await using management = await TestManagement.of(cluster());
    await using loop = await start(management);
    await register(loop);
    await untilPublished(loop);
    await loop.shut();
    loop.change({ publishing: management.publishing({ namespace: 'elsewhere' }) });
    await loop.open();
    await loop.untilEvent('one', 'PublicationWithdrawn');
    assert.equal(management.secret('one'), undefined);
    const status = await untilPart(loop, 'PublicationForbidden'); // the shipped rights end at Argo CD's namespace
    assert.equal(status.phase, 'Ready');
  });

  it('a management cluster that has another address now is recognised by its objects', async () => {
    await using management = await TestManagement.of(cluster());
    await using loop = await start(management);
    await register(loop);
    const { incarnation } = await untilPublished(loop);
    const before = management.secret('one');
    await loop.shut();
    loop.change({ publishing: management.publishing({ address: 'https://moved.example.com:6443' }) });
    await loop.open();
    await loop.until(
      'one',
      ({ published: parts }) => parts?.length === 1 && parts[0]?.where.includes('moved.example.com') === true,
      'known by its new address',
    );
    const now = management.secret('one');
    assert.deepEqual([now?.metadata.uid, now?.token], [before?.metadata.uid, before?.token]);
    const entries = (await loop.inventory('one', incarnation)).filter(({ kind }) => kind === 'Secret');
    assert.equal(entries.filter(({ name }) => name === 'nautes-cluster-one').length, 1);
  });

  it('a virtual cluster is published with its host, and its account goes with it', async () => {
    await using management = await TestManagement.of(cluster());
    await using loop = await start(management);
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('virtual', at(host, PORT), virtualDraft(PORT));
    const { incarnation } = await untilPublished(loop, 'virtual');
    const { labels = {} } = management.secret('virtual')?.metadata ?? {};
    assert.equal(labels['cluster.nautes.io/type'], 'virtual');
    assert.equal(labels['cluster.nautes.io/host'], 'host');
    assert.equal(labels['cluster.nautes.io/usage'], 'worker');
    await loop.delete('virtual');
    const receipt = await loop.untilReceipt('virtual', incarnation);
    assert.equal(receipt.outcome, 'Complete');
    const removed = receipt.removed.map(({ name }) => name);
    for (const name of ['nautes-cluster-virtual', 'nautes-tests-argocd']) assert.ok(removed.includes(name), name);
    assert.equal(management.secret('virtual'), undefined);
    assert.ok(management.secret('host'));
  });

  it('an object at a management cluster that is no longer configured is named', async () => {
    await using management = await TestManagement.of(cluster());
    await using other = await TestManagement.of(cluster());
    await using loop = await start(management);
    await register(loop);
    await untilPublished(loop);
    await loop.shut();
    loop.change({ publishing: other.publishing() });
    await loop.open();
    const isNamed = ({ published: parts = [] }: StatusView): boolean =>
      parts.some(({ reason, where }) => reason === 'ManagementNotConfigured' && where.includes(management.place)) &&
      parts.some(({ reason, where }) => reason === 'Published' && where.includes(other.place));
    await loop.until('one', isNamed, 'named');
    assert.ok(management.secret('one'));
    await loop.shut();
    loop.change({ publishing: other.publishing({ former: [management.access] }) });
    await loop.open();
    await loop.until('one', ({ published: parts }) => parts?.length === 1, 'withdrawn from the former one');
    assert.equal(management.secret('one'), undefined);
    assert.ok(other.secret('one'));
  });
});

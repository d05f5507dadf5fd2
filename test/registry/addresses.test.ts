/** Where API servers answer: below a path, at addresses from which no name follows, with node ports of their own. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { message, render } from '../../src/messages/message.ts';
import type { ClusterPlan } from '../../src/registry/save/cluster-plan.ts';
import { PathProxy } from '../doubles/path-proxy.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { waitUntil } from '../harness/wait-until.ts';

/** Reasons of the findings; what is only to be known says which it is. */
const reasons = ({ findings }: ClusterPlan): readonly string[] =>
  findings.map(({ reason, said }) => (reason === 'Warning' ? `Warning: ${render(said, 'en')}` : reason));

describe('the address of an API server', () => {
  let sandbox: Sandbox;
  let loop: ControlLoop;
  let next = 0;

  before(async () => {
    sandbox = await startSandbox({ clusters: 7, basePort: 0, nodePorts: { first: 31_000, last: 31_999 } });
    loop = await ControlLoop.start();
  });
  after(async () => {
    await loop?.[Symbol.asyncDispose]();
    await sandbox?.close();
  });

  function cluster(): SandboxCluster {
    const found = sandbox.clusters[next];
    next += 1;
    assert.ok(found);
    return found;
  }

  const ports = (httpNodePort: string, httpsNodePort: string) => ({
    ...hostDraft,
    components: { gateway: { name: '', namespace: '', additions: { httpNodePort, httpsNodePort } } },
  });

  it('below a path is used for everything, with our own account too', async () => {
    const target = cluster();
    await using proxy = await PathProxy.start(target);
    const draft = ports('31080', '31443');
    const bindings = target.list('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding');
    assert.deepEqual(reasons(await loop.plan('proxied', proxy, draft)), []);
    await loop.save('proxied', proxy, draft);
    const { incarnation } = await loop.untilReady('proxied');
    assert.deepEqual(proxy.strayed, []);
    await loop.delete('proxied');
    await loop.untilReceipt('proxied', incarnation);
    assert.deepEqual(target.list('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'), bindings);
    assert.deepEqual(proxy.strayed, []);
  });

  it('behind a proxy that refuses tokens of ServiceAccounts is refused before anything is made', async () => {
    const target = cluster();
    await using proxy = await PathProxy.start(target, 'refused');
    const plan = await loop.plan('refused', proxy, ports('31080', '31443'));
    assert.deepEqual(reasons(plan), ['OwnTokenRefused']);
    await assert.rejects(
      loop.save('refused', proxy, ports('31080', '31443')),
      /does not let tokens of ServiceAccounts/,
    );
    assert.equal(target.get('v1', 'Namespace', '', 'nautes-system'), undefined);
    proxy.foreignTokens = 'passed';
    assert.deepEqual(reasons(await loop.plan('refused', proxy, ports('31080', '31443'))), []);
  });

  it('node ports are those of the range that the cluster has, and the range is named', async () => {
    const target = cluster();
    const services = target.list('v1', 'Service');
    const outside = await loop.plan('ranged', target, ports('30080', '31443'));
    assert.deepEqual(reasons(outside), ['NodePortOutOfRange']);
    assert.deepEqual(outside.findings[0]?.said.params, { port: 30080, first: 31000, last: 31999 });
    assert.deepEqual(reasons(await loop.plan('ranged', target, ports('31080', '31443'))), []);
    assert.deepEqual(target.list('v1', 'Service'), services, 'nothing is made to find out');
    await assert.rejects(loop.save('ranged', target, ports('30080', '31443')), { reason: 'PreflightFailed' });
  });

  it('a taken node port comes with a free one of the range, and the ports of a cluster are told', async () => {
    const target = cluster();
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' } };
    target.apply({ ...service, spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 31_000 }] } }, 'user');
    const { findings } = await loop.plan('one', target, ports('31000', '31001'));
    assert.deepEqual(
      findings.map(({ suggestion }) => suggestion),
      [{ field: 'components_list.gateway.additions.httpNodePort', value: '31002' }],
    );
    await loop.save('one', target, ports('31003', '31001'));
    await loop.untilReady('one');
    const { range, free, taken } = await loop.nodePorts('one', 2);
    assert.deepEqual(range, { first: 31_000, last: 31_999 });
    assert.deepEqual(free, [31_002, 31_004]);
    assert.deepEqual(
      taken.filter(({ port }) => port < 31_004).map(({ port, holder }) => `${port} ${render(holder, 'en')}`),
      ['31000 Service default/web', '31001 Service traefik/traefik', '31003 Service traefik/traefik'],
    );
  });

  it('of a copy of a registered cluster has the same identity: registered when that is said, with what came along', async () => {
    const [original, copy] = [cluster(), cluster()];
    const draft = ports('31080', '31443');
    await loop.save('original', original, draft);
    await loop.untilReady('original');
    for (const object of ['Namespace', 'Service'].flatMap((kind) => original.list('v1', kind))) {
      const { apiVersion, kind, metadata, spec } = object as Record<'apiVersion' | 'kind', string> &
        Record<'metadata' | 'spec', Record<string, unknown>>;
      const { name, namespace, labels, annotations } = metadata;
      if (!/^(?:traefik|nautes-system)$/.test(String(name))) continue;
      const { clusterIP: _ip, clusterIPs: _ips, ...rest } = spec;
      const made = { apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec: rest };
      copy.apply(JSON.parse(JSON.stringify(made)) as Parameters<SandboxCluster['apply']>[0], 'nautes');
    }
    await using proxy = await PathProxy.start(copy);
    const system = original.get('v1', 'Namespace', '', 'kube-system') as { metadata?: { uid?: string } } | undefined;
    proxy.identity = system?.metadata?.uid;

    const unsaid = await loop.plan('copy', proxy, draft);
    const twice = unsaid.findings.find(({ reason }) => reason === 'ClusterRegisteredTwice');
    assert.match(render(twice?.said ?? message('network.failed'), 'en'), /its namespace kube-system the same UID/);
    await assert.rejects(loop.save('copy', proxy, { ...draft, cloneOf: 'copy' }), /no copy of itself/);

    const said = { ...draft, cloneOf: 'original' };
    assert.deepEqual(reasons(await loop.plan('copy', proxy, said)), []);
    await loop.save('copy', proxy, said);
    await loop.untilReady('copy');
    await loop.runAgain('original');
    await loop.untilReady('original');
    assert.deepEqual(reasons(await loop.plan('copy', proxy, draft)), [], 'it stays said');
    const { incarnation } = await loop.untilReady('copy');
    await loop.delete('copy');
    await loop.untilReceipt('copy', incarnation);
    const kept = await loop.untilReady('original');
    assert.notEqual(original.get('v1', 'Namespace', '', 'nautes-system'), undefined);

    await loop.save('copy', proxy, said);
    await loop.untilReady('copy');
    await loop.delete('original');
    assert.deepEqual((await loop.untilReceipt('original', kept.incarnation)).remaining, []);
    await loop.runAgain('copy');
    await loop.untilReady('copy');
    assert.notEqual(copy.get('v1', 'Namespace', '', 'nautes-system'), undefined);
    assert.deepEqual(reasons(await loop.plan('copy', proxy, draft)), [], 'it stays said without the original');
    // The receipt does not wait for the namespace of the account that deleted it.
    await waitUntil(
      'nautes-system is gone',
      async () => original.get('v1', 'Namespace', '', 'nautes-system') === undefined,
    );
    assert.deepEqual(reasons(await loop.plan('original', original, draft)), [], 'it can come back under its name');
    assert.deepEqual(reasons(await loop.plan('third', original, draft)), ['ClusterRegisteredTwice']);
    assert.deepEqual(reasons(await loop.plan('third', original, { ...draft, cloneOf: 'copy' })), []);
  });

  it('a cluster that is not asked counts as one with the usual node ports', async () => {
    const unseen = { skipCheck: true };
    const target = cluster();
    assert.deepEqual(reasons(await loop.plan('unseen', target, ports('31080', '80'), unseen)), ['NodePortOutOfRange']);
  });
});

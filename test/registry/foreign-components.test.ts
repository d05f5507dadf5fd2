import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NautesError } from '../../src/errors/errors.ts';
import { render } from '../../src/messages/message.ts';
import { renderAction } from '../../src/messages/action.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { applyAll, applyOfNewKind, helmArgocd, k3sTraefik, shopRoute } from '../harness/foreign-objects.ts';
import { newClusters } from '../harness/new-clusters.ts';

describe('components that a cluster has already', () => {
  const cluster = newClusters({ clusters: 6 });

  it('are found by a plan with every object, its owner and the ways out: the Traefik of k3s', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    applyAll(target, k3sTraefik);
    await applyOfNewKind(target, shopRoute);
    const { findings } = await loop.plan('one', target, hostDraft);
    const [finding, ...others] = findings;
    assert.deepEqual(others, []);
    assert.ok(finding?.action);
    assert.deepEqual(
      [finding.reason, finding.field, finding.blocking],
      ['ComponentForeign', 'components_list.gateway', true],
    );
    const said = render(finding.said, 'en');
    assert.match(said, /^traefik is on the cluster already and is not ours/);
    assert.match(
      said,
      /: Deployment kube-system\/traefik, IngressClass traefik, CustomResourceDefinition ingressroutes\.traefik\.io \(3 in all, managed by Helm release kube-system\/traefik; Helm release kube-system\/traefik-crd\)$/,
    );
    const api = renderAction(finding.action, 'api', 'en') ?? '';
    for (const way of ['without_components', 'adopt_components', 'components_list.gateway.name']) {
      assert.ok(api.includes(way), api);
    }
    const cli = renderAction(finding.action, 'cli', 'en') ?? '';
    for (const way of ['--without gateway', '--adopt gateway', '--set gateway=']) assert.ok(cli.includes(way), cli);
    for (const text of [api, cli]) assert.doesNotMatch(text, /delete|remove it/i);
  });

  it('keep a save from being committed, and one that skips the check from being applied', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    applyAll(target, k3sTraefik);
    const before = target.list('apps/v1', 'Deployment').length;
    await assert.rejects(loop.save('one', target, hostDraft), (error: NautesError) => {
      assert.equal(error.reason, 'PreflightFailed');
      return error.violations.some(({ field }) => field === 'ComponentForeign');
    });
    assert.equal(await loop.status('one'), undefined);
    await loop.save('one', target, hostDraft, { skipCheck: true });
    const { components } = await loop.until(
      'one',
      (status) => status.components.some(({ reason }) => reason === 'ComponentForeign'),
      'foreign',
    );
    const [traefik] = components;
    assert.equal(traefik?.phase, 'Degraded');
    assert.equal(traefik.objects.ready, 0);
    for (const name of ['kube-system/traefik', 'IngressClass traefik', 'ingressroutes.traefik.io']) {
      assert.ok(traefik.message.includes(name), traefik.message);
    }
    await loop.runAgain('one');
    assert.equal(target.list('apps/v1', 'Deployment').length, before);
    assert.equal(target.get('v1', 'ServiceAccount', 'traefik', 'traefik'), undefined);
    assert.equal(target.get('v1', 'Namespace', '', 'traefik'), undefined);
    const definition = target.get(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      '',
      'ingressroutes.traefik.io',
    );
    assert.match(JSON.stringify(definition), /"app.kubernetes.io\/managed-by":"Helm"/);
    assert.equal(
      target.get('apiextensions.k8s.io/v1', 'CustomResourceDefinition', '', 'middlewares.traefik.io'),
      undefined,
    );
  });

  it('do not keep another change of a registered cluster from being saved', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    applyAll(target, k3sTraefik);
    await loop.save('one', target, hostDraft, { skipCheck: true });
    const { warnings } = await loop.save('one', target, { ...hostDraft, primaryDomain: 'example.org' });
    assert.ok(
      warnings.some((warning) => render(warning, 'en').includes('traefik is on the cluster already')),
      JSON.stringify(warnings),
    );
  });

  it('are named with the rest of their Helm release, and the other components are installed', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    applyAll(target, helmArgocd);
    const { findings } = await loop.plan('one', target);
    assert.deepEqual(
      findings.map(({ reason, field }) => [reason, field]),
      [['ComponentForeign', 'components_list.deployment']],
    );
    const said = findings.map((finding) => render(finding.said, 'en')).join();
    for (const name of ['argocd/argocd-server', 'argocd/argo-notifications', 'applications.argoproj.io']) {
      assert.ok(said.includes(name), said);
    }
    assert.match(said, /\(3 in all, managed by Helm release argocd\/argo\)$/);
    await loop.save('one', target, {}, { skipCheck: true });
    const { components } = await loop.until(
      'one',
      ({ components: all }) => all.length > 4 && all.every(({ phase }) => phase === 'Ready' || phase === 'Degraded'),
      'settled',
    );
    const unready = components.filter(({ phase }) => phase !== 'Ready');
    assert.deepEqual(
      unready.map(({ name, reason }) => [name, reason]),
      [['argocd', 'ComponentForeign']],
    );
    assert.equal(target.get('v1', 'ConfigMap', 'argocd', 'argocd-cm'), undefined);
  });

  it('are no finding when they are ours: a save again, of a registered cluster or of one that left something', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    assert.deepEqual((await loop.plan('one', target, hostDraft)).findings, []);
    await applyOfNewKind(target, shopRoute);
    await loop.delete('one', true);
    await loop.untilReceipt('one', incarnation);
    const { findings } = await loop.plan('one', target, hostDraft);
    // A namespace may still be terminating.
    assert.deepEqual(
      findings.filter(({ blocking }) => blocking),
      [],
    );
  });
});

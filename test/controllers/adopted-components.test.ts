import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../../src/messages/message.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { applyAll, k3sTraefik } from '../harness/foreign-objects.ts';
import { newClusters } from '../harness/new-clusters.ts';

describe('a component that takes over what is there', () => {
  const cluster = newClusters({ clusters: 2 });
  const DEFINITION = 'ingressroutes.traefik.io';

  function managedBy(target: ReturnType<typeof cluster>): string | undefined {
    const found = target.get('apiextensions.k8s.io/v1', 'CustomResourceDefinition', '', DEFINITION);
    return /"app.kubernetes.io\/managed-by":"(\w+)"/.exec(JSON.stringify(found))?.[1];
  }

  it('gets ready, with an event for each object, and gives it back when the cluster leaves', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    applyAll(target, k3sTraefik);
    const draft = { ...hostDraft, adoptComponents: ['gateway'] } as const;
    const { findings } = await loop.plan('one', target, draft);
    assert.deepEqual(
      findings.map(({ blocking, said }) => [blocking, render(said, 'en').includes(DEFINITION)]),
      [[false, true]],
    );
    await loop.save('one', target, draft);
    const { incarnation } = await loop.untilReady('one');
    assert.equal(managedBy(target), 'nautes');
    const events = (await loop.events('one')).filter(({ reason }) => reason === 'ObjectAdopted');
    const said = events.map(({ message }) => message).join('\n');
    assert.match(said, /CustomResourceDefinition ingressroutes\.traefik\.io of Helm release kube-system\/traefik-crd/);
    assert.match(said, /changed: .*metadata\.labels\["app\.kubernetes\.io\/managed-by"\]/);
    await loop.save('one', target, { ...hostDraft, primaryDomain: 'example.org' }); // does not repeat it
    await loop.untilReady('one');
    await loop.runAgain('one');
    assert.equal((await loop.events('one')).filter(({ reason }) => reason === 'ObjectAdopted').length, events.length);

    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Complete');
    const left = receipt.left.find(({ name }) => name === DEFINITION);
    assert.match(JSON.stringify(left?.reason), /Retained\.setBack/);
    assert.equal(managedBy(target), 'Helm');
    assert.ok(target.get('apps/v1', 'Deployment', 'kube-system', 'traefik'));
    assert.equal(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'), undefined);
  });

  it('gives it back when the component is left out', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    applyAll(target, k3sTraefik);
    await loop.save('one', target, { ...hostDraft, adoptComponents: ['gateway'] });
    await loop.untilReady('one');
    await loop.save('one', target, { ...hostDraft, withoutComponents: ['gateway'] });
    await loop.until('one', ({ components, phase }) => components.length === 0 && phase === 'Ready', 'without gateway');
    assert.equal(managedBy(target), 'Helm');
    assert.ok(target.get('networking.k8s.io/v1', 'IngressClass', '', 'traefik'));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../../src/messages/message.ts';
import type { NautesError } from '../../src/errors/errors.ts';
import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import type { ClusterSpec } from '../../src/resources/cluster/cluster.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { applyAll, helmArgocd, k3sTraefik } from '../harness/foreign-objects.ts';
import { newClusters } from '../harness/new-clusters.ts';

const NONE = { name: 'none', namespace: '', additions: {} };
const NAMED = { name: 'traefik', namespace: '', additions: {} };

describe('a category of components that is left out', () => {
  const cluster = newClusters({ clusters: 6 });

  function spec(loop: ControlLoop): ClusterSpec | undefined {
    return loop.parts.repo.snapshot().of(clusterFiles).get('one')?.resource?.spec;
  }

  it('is not completed, and the cluster gets ready with the component of somebody else', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    applyAll(target, k3sTraefik);
    applyAll(target, helmArgocd);
    const { findings } = await loop.plan('one', target, { withoutComponents: ['gateway', 'deployment'] });
    assert.deepEqual(findings, []);
    await loop.save('one', target, { withoutComponents: ['gateway', 'deployment'] });
    const { components } = await loop.untilReady('one');
    const names = components.map(({ name }) => name);
    assert.ok(!names.includes('traefik') && !names.includes('argocd') && names.includes('argo-rollouts'), names.join());
    assert.equal(target.get('v1', 'ServiceAccount', 'traefik', 'traefik'), undefined);
  });

  it('stays left out in a save that does not repeat it, until a component of it is named', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, { ...hostDraft, components: { gateway: NONE } });
    assert.deepEqual([spec(loop)?.withoutComponents, spec(loop)?.components], [['gateway'], {}]);
    await using clone = await loop.clone();
    assert.match(await clone.read('one'), /^ {4}cluster\.nautes\.io\/without-components: gateway$/m);
    await loop.save('one', target, { ...hostDraft, primaryDomain: 'example.org' });
    assert.deepEqual([spec(loop)?.withoutComponents, spec(loop)?.components], [['gateway'], {}]);
    await loop.save('one', target, { ...hostDraft, components: { gateway: NAMED } });
    assert.deepEqual([spec(loop)?.withoutComponents, spec(loop)?.components.gateway?.name], [undefined, 'traefik']);
    await loop.untilReady('one');
    await loop.save('one', target, { ...hostDraft, withoutComponents: ['gateway'] });
    await loop.until('one', ({ components, phase }) => components.length === 0 && phase === 'Ready', 'without gateway');
    await loop.save('one', target, { ...hostDraft, withoutComponents: [] });
    assert.equal(spec(loop)?.components.gateway?.name, 'traefik');
  });

  it('can be written into the file, as none or as an annotation', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.edit('one', (content) => content.replace('name: traefik', 'name: none'));
    await clone.push('No gateway');
    await loop.until('one', ({ components, phase }) => components.length === 0 && phase === 'Ready', 'without gateway');
    assert.deepEqual(spec(loop)?.withoutComponents, ['gateway']);
    await loop.save('one', target, { ...hostDraft, primaryDomain: 'example.org' });
    assert.equal(spec(loop)?.components.gateway, undefined);
  });

  it('is refused with the names of what needs it, and where it is named as well', async () => {
    await using loop = await ControlLoop.start({ facts: { 'oauth.issuer': 'https://login.example.org' } });
    const target = cluster();
    const pipeline = { workerType: 'pipeline', withoutComponents: ['gateway'] } as const;
    const { findings } = await loop.plan('one', target, pipeline);
    assert.deepEqual(
      findings.map(({ field, said }) => [field, render(said, 'en')]),
      [['without_components', 'oauth2-proxy needs traefik, whose category is left out']],
    );
    const both = { ...hostDraft, withoutComponents: ['gateway'], components: { gateway: NAMED } } as const;
    await assert.rejects(loop.save('one', target, both), (error: NautesError) => {
      assert.equal(error.reason, 'ClusterInvalid');
      return error.violations.some(({ field }) => field === 'components_list.gateway.name');
    });
  });
});

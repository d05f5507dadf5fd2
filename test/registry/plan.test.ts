import { CLUSTER_KIND } from '../../src/resources/cluster/cluster-key.ts';
import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import type { NautesError } from '../../src/errors/errors.ts';
import { message, render } from '../../src/messages/message.ts';
import type { ClusterPlan } from '../../src/registry/save/cluster-plan.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';

describe('a plan', () => {
  let sandbox: Sandbox;
  let next = 0;

  before(async () => {
    sandbox = await startSandbox({ clusters: 6, basePort: 0 });
  });
  after(() => sandbox.close());

  function cluster(): SandboxCluster {
    const found = sandbox.clusters[next];
    next += 1;
    assert.ok(found);
    return found;
  }

  it('of a new cluster shows the file, what is installed, and changes nothing anywhere', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const untouched = await traces(loop);
    const objects = ['Service', 'Namespace'].map((kind) => target.list('v1', kind));
    const plan = await loop.plan('one', target);
    assert.deepEqual(plan.findings, []);
    assert.equal(plan.changed, true);
    assert.equal(plan.kubeconfig, 'new');
    assert.equal(plan.generation, '');
    assert.match(plan.file, /^kind: Cluster$/m);
    assert.match(plan.file, /incarnation: assigned-by-the-save$/m);
    assert.deepEqual([...new Set(plan.components.map(({ action }) => action))], ['install']);
    assert.ok(plan.components.some(({ name }) => name === 'argocd'));
    for (const { source, version } of plan.components) assert.ok(source !== '' && version !== '');
    assert.deepEqual(await traces(loop), untouched);
    const written = Object.keys(target.counters.requests).filter((request) => !/^(get|list) /i.test(request));
    // Dry runs tell whether node ports are free and an apply is let in, reviews what the credential may do.
    assert.deepEqual(
      written.filter((request) => !/selfsubject|services|namespaces/i.test(request)),
      [],
    );
    assert.deepEqual(
      ['Service', 'Namespace'].map((kind) => target.list('v1', kind)),
      objects,
    );
  });

  it('has every finding at once: what is invalid, what clashes, what the cluster says', async () => {
    await using loop = await ControlLoop.start();
    const [first, second] = [cluster(), cluster()];
    await loop.save('one', first, hostDraft);
    const invalid = await loop.plan('Two', second, { primaryDomain: 'NO DOMAIN', usage: 'neither' });
    assert.deepEqual(invalid.findings.map(({ field }) => field).toSorted(), ['cluster_name', 'usage'].toSorted());
    assert.deepEqual([invalid.file, invalid.components], ['', []]);

    const names = Array.from({ length: 300 }, (_, index) => [`absent-${index}`, []] as const);
    const many = { ...hostDraft, reservedNamespacesAllowedProducts: Object.fromEntries(names) };
    const { findings } = await loop.plan('two', second, many);
    assert.deepEqual(
      [findings.length, findings.at(-1)?.said],
      [101, message('ClusterInvalid.andMore', { count: 200 })],
    );
    await assert.rejects(loop.save('two', second, many), (error: NautesError) => {
      assert.match(error.message, /absent-99: .*; and 200 more$/);
      return error.violations.length === 300;
    });

    second.faults.add({ kind: 'status', code: 401, match: '/version' });
    const plan = await loop.plan(
      'two',
      first,
      { ...hostDraft, kubeconfig: undefined },
      { skipCheck: false, ifMatch: 'x' },
    );
    assert.deepEqual(reasons(plan), ['ClusterChanged', 'ClusterRegisteredTwice', 'KubeconfigRequired']);
    const unseen = { skipCheck: true, ifMatch: '*' };
    const absent = await loop.plan('three', second, hostDraft, unseen);
    assert.deepEqual(reasons(absent), ['ClusterChanged']);
    await assert.rejects(loop.save('three', second, hostDraft, unseen), { reason: 'ClusterChanged' });
    const present = await loop.plan('one', first, hostDraft, unseen);
    assert.deepEqual(reasons(present), []);
    await loop.save('one', first, hostDraft, unseen);
    const refused = await loop.plan('three', second, { ...hostDraft });
    assert.ok(
      refused.findings.some(({ blocking }) => blocking),
      JSON.stringify(refused.findings),
    );
    await assert.rejects(loop.save('three', second, hostDraft), { reason: 'PreflightFailed' });
  });

  it('and the save after it agree on the file', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const registered = { ...hostDraft, kubeconfig: target.kubeconfig() };
    await loop.save('one', target, registered);
    const { incarnation } = await loop.untilReady('one');
    const same = await loop.plan('one', target, registered);
    assert.deepEqual([same.changed, same.kubeconfig, same.findings], [false, 'same', []]);
    assert.deepEqual(
      same.components.map(({ action }) => action),
      ['keep'],
    );
    assert.match(same.file, new RegExp(`incarnation: ${incarnation}$`, 'm'));

    const changes = { ...hostDraft, kubeconfig: target.kubeconfig('token'), primaryDomain: 'example.org' };
    const plan = await loop.plan('one', target, changes);
    assert.deepEqual([plan.changed, plan.kubeconfig], [true, 'different']);
    assert.doesNotMatch(JSON.stringify(plan), new RegExp(target.adminToken));
    await loop.save('one', target, changes, { skipCheck: false, ifMatch: plan.generation });
    await using clone = await loop.clone();
    assert.equal(await clone.read('one'), plan.file);
  });

  it('refuses settings that a component does not have, and names the nearest', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const additions = { httpNodeport: '30081', colour: 'red', httpNodePort: '30082' };
    const gateway = { name: '', namespace: '', additions };
    const { findings } = await loop.plan('one', target, { ...hostDraft, components: { gateway } });
    assert.deepEqual(
      findings.map(({ field, said }) => `${field}: ${render(said, 'en')}`),
      [
        'components_list.gateway.additions.httpNodeport: traefik has no setting httpNodeport; did you mean httpNodePort?',
        'components_list.gateway.additions.colour: traefik has no setting colour; its settings are httpNodePort, httpsNodePort',
      ],
    );
    const rollouts = { name: '', namespace: '', additions: { replicas: '2' } };
    await assert.rejects(loop.save('one', target, { components: { progressiveDelivery: rollouts } }), {
      reason: 'ClusterInvalid',
      message: /argo-rollouts has no setting replicas; it has no settings/,
    });
  });

  it('says what a changed component means', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    const gateway = { name: '', namespace: 'elsewhere', additions: {} };
    const plan = await loop.plan('one', target, { ...hostDraft, components: { gateway } });
    assert.deepEqual(
      plan.components.map(({ name, namespace, action }) => [name, namespace, action]),
      [['traefik', 'elsewhere', 'update']],
    );
  });
});

function reasons({ findings }: ClusterPlan): string[] {
  return findings.filter(({ blocking }) => blocking).map(({ reason }) => reason);
}

/** Head, stored credentials, statuses and events: what a plan must leave as it is. */
async function traces(loop: ControlLoop): Promise<unknown> {
  const { repo, state } = loop.parts;
  const secrets = join(loop.directory, 'secrets');
  const names = await readdir(secrets, { recursive: true });
  return {
    head: repo.snapshot().commit,
    secrets: await Promise.all(names.map(async (name) => [name, (await stat(join(secrets, name))).mtimeMs])),
    statuses: await state.status.list(CLUSTER_KIND),
    events: await state.events.after(0, { kind: CLUSTER_KIND }, 100),
  };
}

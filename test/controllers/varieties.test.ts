import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { freeNodePorts } from '../../tools/net/ports.ts';
import { NautesError } from '../../src/errors/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import type { ControlLoopOptions } from '../harness/loop-parts.ts';
import { type DraftChanges, hostDraft } from '../harness/cluster-drafts.ts';
import { eventually } from '../harness/wait-until.ts';
import { newClusters } from '../harness/new-clusters.ts';

const PORT = await freeNodePorts(1);
const CLIENT_SECRET = 'canary-client-secret';

/** A server with an issuer that signs people in. */
const withIssuer: ControlLoopOptions = {
  facts: { 'oauth.issuer': 'https://issuer.example' },
  settings: {
    render: {
      vault: { address: '' },
      oauth: { issuer: 'https://issuer.example', clientId: 'nautes', clientSecret: new Secret(CLIENT_SECRET) },
    },
  },
};

const deployment = ['argo-rollouts', 'argocd', 'external-secrets', 'hnc', 'vault'];
const pipeline = ['argo-events', 'argocd', 'external-secrets', 'hnc', 'tekton', 'vault'];
const virtual = { clusterType: 'virtual', hostCluster: 'host', vclusterNodePort: String(PORT), kubeconfig: undefined };

/** What each variety of cluster gets; where an issuer is configured, the oauth2-proxy in front of dashboards as well. */
const varieties: readonly (readonly [string, DraftChanges, readonly string[], readonly string[]])[] = [
  ['a host', hostDraft, ['traefik'], ['oauth2-proxy']],
  ['a physical deployment worker', {}, [...deployment, 'traefik'], []],
  ['a physical pipeline worker', { workerType: 'pipeline' }, [...pipeline, 'traefik'], ['oauth2-proxy']],
  ['a virtual deployment worker', virtual, [...deployment, 'vcluster'], []],
  ['a virtual pipeline worker', { ...virtual, workerType: 'pipeline' }, [...pipeline, 'vcluster'], []],
];

describe('varieties of clusters', () => {
  const cluster = newClusters({ clusters: 24, workloadDelayMilliseconds: 20 });

  async function installed(loop: ControlLoop, changes: DraftChanges): Promise<readonly string[]> {
    const target = cluster();
    if (changes.clusterType === 'virtual') {
      await loop.save('host', target, hostDraft);
      const server = `https://${new URL(target.server).hostname}:${PORT}`;
      await loop.save('one', { server, kubeconfig: () => '' }, changes);
    } else {
      await loop.save('one', target, changes);
    }
    const { components } = await loop.untilReady('one');
    return components.map(({ name }) => name).sort();
  }

  for (const [what, changes, always, withOauth] of varieties) {
    it(`${what} gets its components, and is asked about people only where an issuer is configured`, async () => {
      await using plain = await ControlLoop.start();
      assert.deepEqual(await installed(plain, changes), [...always].sort());
      await using asking = await ControlLoop.start(withIssuer);
      assert.deepEqual(await installed(asking, changes), [...always, ...withOauth].sort());
    });
  }

  it('a worker that becomes a pipeline worker, and then a host, has nothing left of what it was', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    const becomes = async (changes: DraftChanges, expected: readonly string[]): Promise<void> => {
      await loop.save('one', target, changes);
      const isIt = (names: readonly string[]): boolean => names.join() === [...expected].sort().join();
      await loop.until(
        'one',
        ({ phase, components }) => phase === 'Ready' && isIt(components.map(({ name }) => name).sort()),
        `a cluster with ${expected.join(', ')}`,
      );
    };
    await becomes({ workerType: 'pipeline' }, [...pipeline, 'traefik']);
    assert.equal(target.get('v1', 'Namespace', '', 'argo-rollouts'), undefined);
    assert.ok(target.get('apps/v1', 'Deployment', 'tekton-pipelines', 'tekton-pipelines-controller'));
    await becomes(hostDraft, ['traefik']);
    const namespaces = target.list('v1', 'Namespace').map((object) => (object['metadata'] as { name: string }).name);
    const ours = namespaces.filter((name) => !/^(default|kube-.*)$/.test(name));
    assert.deepEqual(ours.sort(), ['nautes-system', 'traefik']);
    assert.equal((await loop.status('one'))?.incarnation, incarnation);
  });

  it('a change that would destroy what users have made is refused with their names', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const application = { metadata: { name: 'shop', namespace: 'argocd' }, spec: {} };
    target.apply({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...application }, 'argocd-server');
    target.apply({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...application }, 'kubectl');
    const { commit } = loop.parts.repo.snapshot();
    await assert.rejects(loop.save('one', target, hostDraft), (error: unknown) => {
      assert.ok(error instanceof NautesError);
      assert.equal(error.reason, 'VarietyInUse');
      assert.match(error.message, /Application argocd\/shop/);
      return true;
    });
    const { findings } = await loop.plan('one', target, hostDraft);
    assert.ok(findings.some(({ reason }) => reason === 'VarietyInUse'));
    assert.equal(loop.parts.repo.snapshot().commit, commit);
    await loop.save('one', target, { workerType: 'pipeline' }); // it keeps Argo CD
    await loop.until('one', ({ components }) => components.some(({ name }) => name === 'tekton'), 'a pipeline worker');
  });

  it('a host with virtual clusters stays a host', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('host', target, hostDraft);
    const server = `https://${new URL(target.server).hostname}:${PORT}`;
    await loop.save('one', { server, kubeconfig: () => '' }, virtual, { skipCheck: true });
    await assert.rejects(loop.save('host', target), { reason: 'VarietyLocked' });
    await assert.rejects(loop.delete('host'), { reason: 'ClusterIsHost' });
  });

  it('the oauth2-proxy knows the client by a Secret that stays the same, and nothing of it is shown', async () => {
    await using loop = await ControlLoop.start(withIssuer);
    const target = cluster();
    await loop.save('one', target, { workerType: 'pipeline' });
    await loop.untilReady('one');
    const secret = (): unknown => target.get('v1', 'Secret', 'oauth2-proxy', 'oauth2-proxy-client')?.['data'];
    const data = secret() as Record<string, string>;
    assert.equal(Buffer.from(data['client-secret'] ?? '', 'base64').toString(), CLIENT_SECRET);
    assert.match(Buffer.from(data['cookie-secret'] ?? '', 'base64').toString(), /^[A-Za-z0-9_-]{43}$/);
    const ingress = target.get('networking.k8s.io/v1', 'Ingress', 'tekton-pipelines', 'tekton-dashboard');
    assert.match(JSON.stringify(ingress?.['metadata']), /"oauth2-proxy-oauth@kubernetescrd"/);
    const proxy = JSON.stringify(target.get('apps/v1', 'Deployment', 'oauth2-proxy', 'oauth2-proxy'));
    assert.match(proxy, /--oidc-issuer-url=https:\/\/issuer\.example/);
    const applied = target.get('v1', 'Secret', 'oauth2-proxy', 'oauth2-proxy-client')?.['metadata'];
    await loop.shut();
    await loop.open();
    await loop.untilReady('one');
    assert.deepEqual(secret(), data);
    assert.deepEqual(target.get('v1', 'Secret', 'oauth2-proxy', 'oauth2-proxy-client')?.['metadata'], applied);
    const shown = JSON.stringify([await loop.status('one'), await loop.events('one'), loop.errors]);
    assert.doesNotMatch(shown, /canary/);
  });

  it('another component for a category is a file of the catalogue, and takes the place of the one before', async () => {
    const file = join(tmpdir(), `nautes-catalog-${process.pid}-capsule.yaml`);
    const objects = join(tmpdir(), `nautes-catalog-${process.pid}-capsule-objects.yaml`);
    await writeFile(objects, stringifyYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'capsule' } }));
    const capsule = {
      name: 'capsule',
      category: 'multiTenant',
      namespace: 'capsule-system',
      version: '0.14.0',
      default: true,
      sources: [{ manifest: objects }],
      additions: [{ name: 'tier', pattern: '^(gold|silver)$', default: 'silver' }],
      patches: [{ target: { kind: 'ConfigMap' }, merge: { data: { tier: '${additions.tier}' } } }],
    };
    await writeFile(file, stringifyYaml({ components: [capsule] }));
    try {
      await using loop = await ControlLoop.start({ catalogFiles: [file] });
      const target = cluster();
      const hnc = { components: { multiTenant: { name: 'hnc', namespace: '', additions: {} } } };
      await loop.save('one', target, hnc);
      await loop.untilReady('one');
      assert.ok(target.get('v1', 'Namespace', '', 'hnc-system'));
      const gold = { components: { multiTenant: { name: '', namespace: 'tenants', additions: { tier: 'gold' } } } };
      await loop.save('one', target, gold);
      await eventually(
        async () => target.get('v1', 'ConfigMap', 'tenants', 'capsule')?.['data'],
        () => 'capsule is not installed',
      );
      await loop.until(
        'one',
        ({ phase, components }) => phase === 'Ready' && components.every(({ name }) => name !== 'hnc'),
        'without HNC',
      );
      assert.deepEqual(target.get('v1', 'ConfigMap', 'tenants', 'capsule')?.['data'], { tier: 'gold' });
      assert.equal(target.get('v1', 'Namespace', '', 'hnc-system'), undefined);
      const lead = { components: { multiTenant: { name: '', namespace: '', additions: { tier: 'lead' } } } };
      await assert.rejects(loop.save('one', target, lead), { reason: 'ClusterInvalid' });
    } finally {
      await Promise.all([rm(file), rm(objects)]);
    }
  });
});

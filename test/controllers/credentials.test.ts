import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';

const ACCESS_NAMESPACE = 'nautes-system';
const HOUR = 3_600_000;

/** Names of the Secrets that our tokens are bound to. */
function tokenSecrets(cluster: SandboxCluster): string[] {
  return cluster
    .list('v1', 'Secret', ACCESS_NAMESPACE)
    .map((secret) => String((secret['metadata'] as { name?: unknown }).name));
}

describe('our own credential on a cluster', () => {
  // so that the clusters have a second one: localhost
  const cluster = newClusters({ clusters: 10, address: '127.0.0.1', tokenCacheMilliseconds: 0 });

  async function versions(loop: ControlLoop, name: string): Promise<readonly { version: string; active: boolean }[]> {
    const stored = await loop.parts.secrets.list(AbortSignal.timeout(5_000));
    return stored.filter(({ scope }) => scope.cluster === name);
  }

  it('asks for a token of its own, bound to a Secret of its own, and drops the uploaded credential', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const status = await loop.untilReady('one');
    const [own, ...others] = await versions(loop, 'one');
    assert.equal(others.length, 0, 'the uploaded credential is gone');
    assert.equal(own?.active, true);
    const secrets = tokenSecrets(target);
    assert.equal(secrets.length, 1);
    const scope = { cluster: 'one', incarnation: status.incarnation };
    const stored = await loop.parts.secrets.read(scope, own.version, AbortSignal.timeout(5_000));
    assert.deepEqual([stored.origin, stored.boundSecret], ['issued', secrets[0]]);
    assert.equal(stored.binding.server, target.server);
    assert.equal(status.credential.expiresAt, stored.expiresAt);
    assert.ok(Math.abs(Date.parse(stored.expiresAt) - Date.now() - HOUR) < 60_000, stored.expiresAt);
  });

  it('renews the token at half its life without a failed request, and ends the old one', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const first = await loop.untilReady('one');
    const [old] = tokenSecrets(target);
    loop.clock.aheadMilliseconds = 0.4 * HOUR;
    await somePolls(target);
    assert.deepEqual(tokenSecrets(target), [old], 'nothing is renewed before');
    loop.clock.aheadMilliseconds = 0.6 * HOUR;
    const rotated = await loop.until(
      'one',
      ({ credential }) => credential.rotatedAt !== first.credential.rotatedAt,
      'rotated',
    );
    assert.equal(rotated.phase, 'Ready');
    await eventually(
      async () => (tokenSecrets(target).length === 1 ? true : undefined),
      () => String(tokenSecrets(target)),
    );
    assert.notDeepEqual(tokenSecrets(target), [old]);
    const warnings = (await loop.events('one')).filter(({ type }) => type === 'Warning');
    assert.deepEqual(warnings, []);
    assert.equal((await versions(loop, 'one')).length, 1);
  });

  it('ends a token that a crash has left between issue and use', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    const [own] = tokenSecrets(target);
    await loop.shut();
    const labels = { 'app.kubernetes.io/managed-by': 'nautes', 'cluster.nautes.io/incarnation': incarnation };
    const metadata = { name: 'nautes-token-lost', namespace: ACCESS_NAMESPACE, labels };
    target.apply({ apiVersion: 'v1', kind: 'Secret', metadata }, 'nautes');
    await loop.open();
    await eventually(
      async () => (tokenSecrets(target).length === 1 ? true : undefined),
      () => String(tokenSecrets(target)),
    );
    assert.deepEqual(tokenSecrets(target), [own]);
  });

  it('renews the token when a commit by hand asks for it, once', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    const [old] = tokenSecrets(target);
    await using clone = await loop.clone();
    await clone.edit('one', (text) =>
      text.replace('  annotations:\n', '  annotations:\n    cluster.nautes.io/rotation-request: please\n'),
    );
    await clone.push('Rotate the credential of one');
    await eventually(
      async () => (tokenSecrets(target).length === 1 && tokenSecrets(target)[0] !== old ? true : undefined),
      () => String(tokenSecrets(target)),
    );
    await loop.untilReady('one');
    const rotations = (await loop.events('one')).filter(({ reason }) => reason === 'CredentialRotated');
    assert.equal(rotations.length, 2);
  });

  for (const [what, hours] of [
    ['ahead of', 0.7],
    ['behind', -0.7],
  ] as const) {
    it(`judges by the cluster's clock when it is ${what} ours`, async () => {
      await using loop = await ControlLoop.start();
      const target = cluster();
      target.faults.set([{ kind: 'clock', aheadMilliseconds: hours * HOUR }]);
      await loop.save('one', target, { ...hostDraft, kubeconfig: target.kubeconfig('token') });
      const first = await loop.untilReady('one');
      assert.ok(Math.abs(Date.parse(first.credential.rotatedAt) - Date.now() - hours * HOUR) < 60_000);
      loop.clock.aheadMilliseconds = 0.4 * HOUR;
      await somePolls(target);
      const rotations = async (): Promise<number> =>
        (await loop.events('one')).filter(({ reason }) => reason === 'CredentialRotated').length;
      assert.equal(await rotations(), 1, 'fresh by the clock of the cluster');
      loop.clock.aheadMilliseconds = 0.6 * HOUR;
      await eventually(
        async () => ((await rotations()) === 2 ? true : undefined),
        () => 'no rotation',
      );
    });
  }

  it('is Degraded with a remedy once our token has ended, and starts over with the identical kubeconfig', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const kubeconfig = target.kubeconfig();
    await loop.save('one', target, { ...hostDraft, kubeconfig });
    await loop.untilReady('one');
    await loop.shut(); // while we were away the token has ended
    for (const name of tokenSecrets(target)) target.delete('v1', 'Secret', ACCESS_NAMESPACE, name);
    loop.clock.aheadMilliseconds = 2 * HOUR;
    await loop.open();
    const lost = await loop.untilReason('one', 'OwnCredentialExpired');
    assert.equal(lost.phase, 'Degraded');
    const reachable = lost.conditions.find(({ type }) => type === 'Reachable');
    assert.match(reachable?.remedy ?? '', /any valid kubeconfig/);
    loop.clock.aheadMilliseconds = 0; // a new token ends by the cluster's clock
    const result = await loop.save('one', target, { ...hostDraft, kubeconfig });
    assert.equal(result.changed, true);
    const again = await loop.untilReady('one');
    assert.equal(again.incarnation, lost.incarnation);
    assert.equal(tokenSecrets(target).length, 1);
    assert.equal((await versions(loop, 'one')).filter(({ active }) => active).length, 1);
  });

  it('recovers from a restored backup whose token is no longer valid, also before anybody has looked', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const kubeconfig = target.kubeconfig();
    await loop.save('one', target, { ...hostDraft, kubeconfig });
    await loop.untilReady('one');
    await loop.shut();
    const copy = await loop.backUp();
    for (const name of tokenSecrets(target)) target.delete('v1', 'Secret', ACCESS_NAMESPACE, name);
    await loop.restoreBackup(copy);
    await loop.open();
    const result = await loop.save('one', target, { ...hostDraft, kubeconfig }); // the status still says Ready
    assert.equal(result.changed, true);
    await loop.untilReady('one');
    await loop.untilEvent('one', 'CredentialRotated');
    assert.equal(tokenSecrets(target).length, 1);
  });
});

/** Waits until the cluster was checked a few times more. */
async function somePolls({ counters }: SandboxCluster): Promise<void> {
  const seen = counters.total(/^get \/version/);
  await eventually(
    async () => (counters.total(/^get \/version/) > seen + 2 ? true : undefined),
    () => `no polls: ${JSON.stringify(counters.requests)}`,
  );
}

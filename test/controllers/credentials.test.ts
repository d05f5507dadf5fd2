import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createCertificateAuthority } from '../../src/base/tls/x509.ts';
import { kubeconfig as kubeconfigOf } from '../../sandbox/kubeconfig.ts';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { ControlLoop, eventually, hostDraft } from '../harness/control-loop.ts';

const ACCESS_NAMESPACE = 'nautes-system';
const HOUR = 3_600_000;

/** Names of the Secrets that our tokens are bound to. */
function tokenSecrets(cluster: SandboxCluster): string[] {
  return cluster
    .list('v1', 'Secret', ACCESS_NAMESPACE)
    .map((secret) => String((secret['metadata'] as { name?: unknown }).name));
}

/** The cluster has settled on the file of the generation, and is Ready with it. */
async function staysReady(loop: ControlLoop, generation: string): Promise<void> {
  const status = await loop.until(
    'one',
    ({ observedGeneration, phase }) => observedGeneration === generation && phase !== 'Provisioning',
    'settled',
  );
  assert.equal(status.phase, 'Ready', JSON.stringify(status.conditions));
}

describe('credentials and incarnations', () => {
  let sandbox: Sandbox;
  let next = 0;

  before(async () => {
    const address = '127.0.0.1'; // so that the clusters have a second one: localhost
    sandbox = await startSandbox({ clusters: 22, address, basePort: 0, tokenCacheMilliseconds: 0 });
  });
  after(() => sandbox.close());

  function cluster(): SandboxCluster {
    const found = sandbox.clusters[next];
    next += 1;
    assert.ok(found);
    return found;
  }

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
    const result = await loop.save('one', target, { ...hostDraft, kubeconfig });
    assert.equal(result.changed, true);
    const again = await loop.untilReady('one');
    assert.equal(again.incarnation, lost.incarnation);
    assert.equal(tokenSecrets(target).length, 1);
    assert.equal((await versions(loop, 'one')).filter(({ active }) => active).length, 1);
  });

  it('a repeated save changes nothing while our own credential works', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const kubeconfig = target.kubeconfig();
    const first = await loop.save('one', target, { ...hostDraft, kubeconfig });
    await loop.untilReady('one');
    const second = await loop.save('one', target, { ...hostDraft, kubeconfig });
    assert.deepEqual([second.changed, second.commit], [false, first.commit]);
    assert.equal((await versions(loop, 'one')).length, 1, 'what was staged again is dropped again');
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

  it('a commit by hand that changes the address sends nothing there and says what to do', async () => {
    await using loop = await ControlLoop.start();
    const [target, elsewhere] = [cluster(), cluster()];
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.edit('one', (text) => text.replaceAll(target.server, elsewhere.server));
    await clone.push('Move one elsewhere');
    const status = await loop.untilReason('one', 'CredentialMismatch');
    assert.equal(status.phase, 'Degraded');
    const ready = status.conditions.find(({ type }) => type === 'Ready');
    assert.match(ready?.remedy ?? '', /Undo the change/);
    assert.equal(elsewhere.counters.connections, 0);
    assert.equal(status.components[0]?.phase, 'Ready', 'the last good state stays');
    await clone.edit('one', (text) => text.replaceAll(elsewhere.server, target.server));
    await clone.push('Move one back');
    await loop.untilReady('one');
  });

  it('a commit by hand that names a version of another cluster is refused and does no harm', async () => {
    await using loop = await ControlLoop.start();
    const [target, other] = [cluster(), cluster()];
    await loop.save('one', target, hostDraft);
    await loop.save('other', other, hostDraft);
    await loop.untilReady('one');
    await loop.untilReady('other');
    const foreign = (await versions(loop, 'other'))[0]?.version ?? '';
    await using clone = await loop.clone();
    await clone.edit('one', (text) => text.replace(/(credential-version: )\w+/, `$1${foreign}`));
    await clone.push('Use a credential of another cluster');
    await loop.untilReason('one', 'CredentialMismatch');
    assert.equal((await versions(loop, 'other')).length, 1);
  });

  it('a save without a kubeconfig keeps the credential while the address stays, and needs one when it changes', async () => {
    await using loop = await ControlLoop.start();
    const [target, elsewhere] = [cluster(), cluster()];
    const without = { ...hostDraft, kubeconfig: undefined };
    await assert.rejects(loop.save('one', target, without), { reason: 'KubeconfigRequired' });
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    await loop.save('one', target, { ...without, primaryDomain: 'example.org' });
    await loop.untilReady('one');
    await assert.rejects(loop.save('one', elsewhere, without), { reason: 'KubeconfigRequired' });
    assert.equal((await versions(loop, 'one')).length, 1);
  });

  it('two saves of one new name at the same time make one registration and leave no orphaned credential', async () => {
    // The slower save may stage its credential again while the first one's is being dropped: the next look takes it up.
    await using loop = await ControlLoop.start({ settings: { driftMilliseconds: 500 } });
    const target = cluster();
    const results = await Promise.all([
      loop.save('one', target, hostDraft, { skipCheck: true }),
      loop.save('one', target, hostDraft, { skipCheck: true }),
    ]);
    assert.equal(results.length, 2);
    await loop.untilReady('one');
    let left: Awaited<ReturnType<typeof versions>> = [];
    await eventually(
      async () => {
        left = await versions(loop, 'one');
        return left.length === 1 ? true : undefined;
      },
      () => `left over: ${JSON.stringify(left)}`,
    );
  });

  it('another kubeconfig of a cluster that is Ready leaves one credential, a new one', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    const [earlier] = await versions(loop, 'one');
    await loop.save('one', target, hostDraft); // with another client certificate
    let left: Awaited<ReturnType<typeof versions>> = [];
    await eventually(
      async () => {
        left = await versions(loop, 'one');
        return left.length === 1 && left[0]?.active === true && left[0].version !== earlier?.version ? true : undefined;
      },
      () => `was ${earlier?.version}, is ${JSON.stringify(left)}`,
    );
  });

  it('an uploaded credential that is refused costs nothing while our own works, and is told once', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    const bad = target.kubeconfig('token').replace(target.adminToken, 'no-token-of-this-cluster');
    const refused = { ...hostDraft, kubeconfig: bad };
    const { generation } = await loop.save('one', target, refused, { skipCheck: true });
    await loop.untilEvent('one', 'UploadedCredentialRefused');
    await somePolls(target);
    await staysReady(loop, generation);
    await loop.save('one', target, refused, { skipCheck: true }); // again, which changes nothing
    await somePolls(target);
    assert.equal((await loop.status('one'))?.phase, 'Ready');
    const told = (await loop.events('one')).filter(({ reason }) => reason === 'UploadedCredentialRefused');
    assert.equal(told.length, 1);

    const [old] = tokenSecrets(target);
    loop.clock.aheadMilliseconds = 0.6 * HOUR;
    await eventually(
      async () => (tokenSecrets(target).length === 1 && tokenSecrets(target)[0] !== old ? true : undefined),
      () => 'our own credential is not renewed any more',
    );
    await loop.untilReady('one');
    await loop.save('one', target, hostDraft);
    await eventually(
      async () => ((await versions(loop, 'one')).length === 1 ? true : undefined),
      () => 'the refused credential stays',
    );
    await loop.untilReady('one');
  });

  it('an uploaded credential that trusts another authority costs nothing while our own works', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    const { name, server, adminToken } = target;
    const { certificate: certificateAuthority } = createCertificateAuthority({ commonName: 'another' });
    const bad = kubeconfigOf({ name, server, certificateAuthority, credential: { token: adminToken } });
    const { generation } = await loop.save('one', target, { ...hostDraft, kubeconfig: bad }, { skipCheck: true });
    const { message } = await loop.untilEvent('one', 'UploadedCredentialRefused');
    assert.match(message, /does not trust the API server's certificate; the credential before it is used/);
    await somePolls(target);
    await staysReady(loop, generation);

    const incarnation = loop.parts.repo.snapshot().of(clusterFiles).get('one')?.resource?.incarnation ?? '';
    await loop.delete('one');
    assert.equal((await loop.untilReceipt('one', incarnation)).outcome, 'Complete');
  });

  it('one cluster under two names is refused by its UID, whatever the address', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const otherName = alias(target);
    await assert.rejects(loop.save('two', otherName, hostDraft), { reason: 'ClusterRegisteredTwice' });
  });

  it('the earlier registration keeps a cluster that was saved twice with the checks skipped', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft, { skipCheck: true });
    await loop.untilReady('one');
    await loop.save('two', alias(target), hostDraft, { skipCheck: true });
    const status = await loop.untilReason('two', 'ClusterRegisteredTwice');
    assert.equal(status.phase, 'Failed');
    assert.equal(status.kubernetes.uid, '');
    assert.equal((await loop.untilReady('one')).phase, 'Ready');
    await loop.shut();
    await loop.open(); // and keeps it over a restart
    await loop.untilReason('two', 'ClusterRegisteredTwice');
  });

  it('another cluster at the address is noticed and not touched', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    await loop.shut();
    target.delete('v1', 'Namespace', '', 'kube-system');
    await eventually(
      async () => (target.get('v1', 'Namespace', '', 'kube-system') === undefined ? true : undefined),
      () => 'kube-system stays',
    );
    target.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } }, 'another-cluster');
    await loop.open();
    const status = await loop.untilReason('one', 'ClusterIdentityChanged');
    assert.equal(status.phase, 'Degraded');
  });
});

/** Waits until the cluster was looked at a few times more. */
async function somePolls({ counters }: SandboxCluster): Promise<void> {
  const seen = counters.total(/^get \/version/);
  await eventually(
    async () => (counters.total(/^get \/version/) > seen + 2 ? true : undefined),
    () => `no polls: ${JSON.stringify(counters.requests)}`,
  );
}

/** The same API server under another address: the simulator's certificate also has localhost. */
function alias(cluster: SandboxCluster): { server: string; kubeconfig(): string } {
  const server = cluster.server.replace(/\/\/[^:]+/, '//localhost');
  return { server, kubeconfig: () => cluster.kubeconfig().replaceAll(cluster.server, server) };
}

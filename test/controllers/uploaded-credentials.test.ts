import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCertificateAuthority } from '../../src/base/tls/x509.ts';
import { kubeconfig as kubeconfigOf } from '../../sandbox/kubeconfig.ts';
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

/** The cluster has settled on the file of the generation, and is Ready with it. */
async function staysReady(loop: ControlLoop, generation: string): Promise<void> {
  const status = await loop.until(
    'one',
    ({ observedGeneration, phase }) => observedGeneration === generation && phase !== 'Provisioning',
    'settled',
  );
  assert.equal(status.phase, 'Ready', JSON.stringify(status.conditions));
}

describe('uploaded credentials', () => {
  // so that the clusters have a second one: localhost
  const cluster = newClusters({ clusters: 12, address: '127.0.0.1', tokenCacheMilliseconds: 0 });

  async function versions(loop: ControlLoop, name: string): Promise<readonly { version: string; active: boolean }[]> {
    const stored = await loop.parts.secrets.list(AbortSignal.timeout(5_000));
    return stored.filter(({ scope }) => scope.cluster === name);
  }

  it('a repeated save changes nothing while our own credential works', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const kubeconfig = target.kubeconfig();
    const first = await loop.save('one', target, { ...hostDraft, kubeconfig });
    await loop.untilReady('one');
    const second = await loop.save('one', target, { ...hostDraft, kubeconfig });
    assert.deepEqual([second.changed, second.commit], [false, first.commit]);
    await eventually(
      async () => ((await versions(loop, 'one')).length === 1 ? true : undefined),
      () => 'what was staged again is dropped again',
    );
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
});

/** Waits until the cluster was checked a few times more. */
async function somePolls({ counters }: SandboxCluster): Promise<void> {
  const seen = counters.total(/^get \/version/);
  await eventually(
    async () => (counters.total(/^get \/version/) > seen + 2 ? true : undefined),
    () => `no polls: ${JSON.stringify(counters.requests)}`,
  );
}

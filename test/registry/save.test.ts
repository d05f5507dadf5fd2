import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';

/** Nobody but the save asks the cluster while it is held up. */
const atRest = { settings: { driftMilliseconds: 600_000 } };
const withoutKubeconfig = { ...hostDraft, kubeconfig: undefined, primaryDomain: 'example.org' };

describe('a save', () => {
  let sandbox: Sandbox;
  let next = 0;
  /** Requests to all clusters, counted as they come. */
  let requests = 0;

  before(async () => {
    sandbox = await startSandbox({ clusters: 4, basePort: 0, observe: () => void (requests += 1) });
  });
  after(() => sandbox.close());

  function cluster(): SandboxCluster {
    const found = sandbox.clusters[next];
    next += 1;
    assert.ok(found);
    return found;
  }

  /** Does something else while a save without a kubeconfig waits for the answers of the cluster. */
  async function saveDuring(loop: ControlLoop, target: SandboxCluster, other: () => Promise<unknown>): Promise<void> {
    const earlier = requests;
    target.faults.set([{ kind: 'slow', milliseconds: 2_000, times: 1 }]);
    const save = loop.save('one', target, withoutKubeconfig);
    await eventually(
      async () => (requests > earlier ? true : undefined),
      () => 'the save does not ask the cluster',
    );
    await Promise.all([save, other()]);
  }

  it('without a kubeconfig keeps a rotation that was asked for while it ran', async () => {
    await using loop = await ControlLoop.start(atRest);
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    await saveDuring(loop, target, () => loop.rotate('one', { key: 'monday' }));
    const saved = loop.parts.repo.snapshot().of(clusterFiles).get('one')?.resource;
    assert.deepEqual([saved?.rotationRequest, saved?.spec.primaryDomain], ['monday', 'example.org']);
  });

  it('keeps the time of the registration, and gives another registration of the name its own', async () => {
    await using loop = await ControlLoop.start(atRest);
    const target = cluster();
    const registeredAt = (): string =>
      loop.parts.repo.snapshot().of(clusterFiles).get('one')?.resource?.registeredAt ?? 'none';
    await loop.save('one', target, hostDraft);
    const first = registeredAt();
    assert.match(first, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
    await loop.untilReady('one');
    loop.clock.aheadMilliseconds = 60_000;
    await loop.save('one', target, { ...withoutKubeconfig, primaryDomain: 'other.example.org' });
    await loop.pause('one', {});
    await loop.rotate('one', { key: 'monday' });
    assert.equal(registeredAt(), first);
    await loop.delete('one');
    await loop.save('one', target, hostDraft, { skipCheck: true });
    assert.ok(Date.parse(registeredAt()) - Date.parse(first) >= 60_000, registeredAt());
  });

  it('without a kubeconfig names the credential that was uploaded while it ran', async () => {
    await using loop = await ControlLoop.start(atRest);
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    let uploaded: string | undefined;
    await saveDuring(loop, target, async () => {
      await loop.save('one', target, hostDraft, { skipCheck: true }); // with another client certificate
      uploaded = loop.parts.repo.snapshot().of(clusterFiles).get('one')?.resource?.credentialVersion;
    });
    const saved = loop.parts.repo.snapshot().of(clusterFiles).get('one');
    assert.deepEqual(
      [saved?.resource?.credentialVersion, saved?.resource?.spec.primaryDomain],
      [uploaded, 'example.org'],
    );
    const status = await loop.until(
      'one',
      ({ phase, observedGeneration }) => phase !== 'Provisioning' && observedGeneration === saved?.fileRevision,
      'looked at',
    );
    assert.equal(status.phase, 'Ready');
  });

  it('with a kubeconfig leaves no credential for a registration that was deleted while it ran', async () => {
    await using loop = await ControlLoop.start(atRest);
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    const { repo, secrets } = loop.parts;
    const incarnation = repo.snapshot().of(clusterFiles).get('one')?.resource?.incarnation;
    const stage = secrets.stage.bind(secrets);
    secrets.stage = async (...args) => {
      secrets.stage = stage;
      await loop.delete('one');
      await loop.untilReceipt('one', incarnation ?? '');
      return stage(...args);
    };
    await loop.save('one', target, hostDraft, { skipCheck: true });
    const stored = await secrets.list(AbortSignal.timeout(60_000));
    assert.deepEqual(
      stored.filter(({ scope }) => scope.incarnation === incarnation),
      [],
    );
  });
});

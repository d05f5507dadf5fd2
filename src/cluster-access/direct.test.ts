import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startSandbox } from '../../sandbox/index.ts';
import { Secret } from '../base/secret.ts';
import { defaultAddressPolicy, loopbackAddressPolicy, readKubeconfig } from '../kube/index.ts';
import { parseApiServer } from '../resources/cluster/api-server.ts';
import type { CredentialMaterial, StoredCredential } from '../resources/credential.ts';
import { type AccessFixture, clusterAccessContract } from './cluster-access.contract.ts';
import { DirectAccess } from './direct.ts';
import { RecentKinds } from './recent-kinds.ts';

/** A simulated cluster with a credential that it accepts. */
async function openCluster() {
  const sandbox = await startSandbox({ clusters: 1, basePort: 0 });
  const [cluster] = sandbox.clusters;
  assert.ok(cluster);
  const { credential } = readKubeconfig(new Secret(cluster.kubeconfig('token')));
  assert.ok(credential);
  const { certificateAuthority, material } = credential;
  const accepted: StoredCredential = {
    binding: { cluster: 'one', incarnation: 'first', server: cluster.server, certificateAuthority },
    material,
    origin: 'uploaded',
    expiresAt: '',
    issuedAt: '',
    boundSecret: '',
  };
  return { cluster, accepted, close: () => sandbox.close() };
}

clusterAccessContract('direct', async (): Promise<AccessFixture> => {
  const { accepted, close } = await openCluster();
  const unknown = new Secret<CredentialMaterial>({ kind: 'token', token: 'unknown' });
  return {
    access: new DirectAccess(loopbackAddressPolicy),
    accepted,
    refused: { ...accepted, material: unknown },
    close,
  };
});

describe('direct access to clusters', () => {
  it('resolves an address, and says whether a cluster may have it', async () => {
    const access = new DirectAccess(defaultAddressPolicy);
    assert.deepEqual(await access.resolve(parseApiServer('https://10.0.0.1:6443')), { ip: '10.0.0.1' });
    const { ip, problem } = await access.resolve(parseApiServer('https://127.0.0.1:6443'));
    assert.deepEqual([ip, problem?.reason], ['127.0.0.1', 'ClusterAddressRefused']);
  });

  it('asks a cluster for its kinds once, when who asks next has those of the registration', async () => {
    const { cluster, accepted, close } = await openCluster();
    const kinds = new RecentKinds();
    const signal = AbortSignal.timeout(30_000);
    const load = (credential: StoredCredential, options: { readonly kinds?: RecentKinds }): Promise<void> =>
      new DirectAccess(loopbackAddressPolicy, options).use(
        credential,
        ({ discovery }) => discovery.load(signal),
        signal,
      );
    try {
      await load(accepted, { kinds });
      await load(accepted, { kinds });
      assert.equal(cluster.counters.total(/^get \/api$/), 1);
      await load({ ...accepted, binding: { ...accepted.binding, incarnation: 'second' } }, { kinds });
      assert.equal(cluster.counters.total(/^get \/api$/), 2);
      await load(accepted, {});
      assert.equal(cluster.counters.total(/^get \/api$/), 3);
    } finally {
      await close();
    }
  });

  it('looks at no answer before its turn', async () => {
    const { accepted, close } = await openCluster();
    const turns: (() => void)[] = [];
    const turn = (): Promise<void> => new Promise((resolve) => turns.push(resolve));
    const access = new DirectAccess(loopbackAddressPolicy, { turn });
    try {
      const signal = AbortSignal.timeout(30_000);
      let hasAnswer = false;
      const asked = access
        .use(accepted, ({ client }) => client.raw({ method: 'GET', path: '/version' }, signal), signal)
        .finally(() => (hasAnswer = true));
      while (turns.length === 0) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(hasAnswer, false);
      turns[0]?.();
      assert.equal((await asked).status, 200);
      assert.equal(turns.length, 1);
    } finally {
      await close();
    }
  });
});

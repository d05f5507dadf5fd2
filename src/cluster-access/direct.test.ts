import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startSandbox } from '../../sandbox/index.ts';
import { Secret } from '../base/secret.ts';
import { defaultAddressPolicy, loopbackAddressPolicy, readKubeconfig } from '../kube/index.ts';
import { parseApiServer } from '../resources/cluster/api-server.ts';
import type { CredentialMaterial, StoredCredential } from '../resources/credential.ts';
import { type AccessFixture, clusterAccessContract } from './cluster-access.contract.ts';
import { DirectAccess } from './direct.ts';

clusterAccessContract('direct', async (): Promise<AccessFixture> => {
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
  const unknown = new Secret<CredentialMaterial>({ kind: 'token', token: 'unknown' });
  return {
    access: new DirectAccess(loopbackAddressPolicy),
    accepted,
    refused: { ...accepted, material: unknown },
    close: () => sandbox.close(),
  };
});

describe('direct access to clusters', () => {
  it('resolves an address, and says whether a cluster may have it', async () => {
    const access = new DirectAccess(defaultAddressPolicy);
    assert.deepEqual(await access.resolve(parseApiServer('https://10.0.0.1:6443')), { ip: '10.0.0.1' });
    const { ip, problem } = await access.resolve(parseApiServer('https://127.0.0.1:6443'));
    assert.deepEqual([ip, problem?.reason], ['127.0.0.1', 'ClusterAddressRefused']);
  });
});

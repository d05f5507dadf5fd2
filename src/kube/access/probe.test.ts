import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../../sandbox/index.ts';
import { Secret } from '../../base/secret.ts';
import { loopbackAddressPolicy } from '../transport/address.ts';
import { type ClusterConnection, openConnection } from '../client/connection.ts';
import { patience } from '../testing/fixture.contract.ts';
import { readKubeconfig } from '../kubeconfig/kubeconfig.ts';
import { probe } from './preflight.ts';

const IDENTITY = '^GET /api/v1/namespaces/kube-system';
const READINESS = '^GET /readyz';

describe('probe of an API server that refuses', () => {
  let sandbox: Sandbox;
  let cluster: SandboxCluster;
  let connection: ClusterConnection;

  before(async () => {
    sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    const [first] = sandbox.clusters;
    assert.ok(first);
    cluster = first;
    const { credential } = readKubeconfig(new Secret(cluster.kubeconfig()));
    assert.ok(credential);
    connection = openConnection({ server: cluster.server, ...credential, addresses: loopbackAddressPolicy });
  });
  after(async () => {
    connection?.close();
    await sandbox?.close();
  });

  it('while it starts: it is starting, nothing is said of the rights', async () => {
    cluster.faults.set([
      { kind: 'status', code: 403, match: IDENTITY },
      { kind: 'status', code: 500, match: READINESS },
    ]);
    await assert.rejects(probe(connection, patience()), { reason: 'ClusterStarting', next: 'transient' });
  });

  it('and has become ready meanwhile: its second answer counts', async () => {
    cluster.faults.set([{ kind: 'status', code: 403, match: IDENTITY, times: 1 }]);
    assert.match((await probe(connection, patience())).version, /^v1\./);
  });

  it('although it is ready: the right is missing', async () => {
    cluster.faults.set([{ kind: 'status', code: 403, match: IDENTITY }]);
    await assert.rejects(probe(connection, patience()), { reason: 'ClusterForbidden' });
  });
});

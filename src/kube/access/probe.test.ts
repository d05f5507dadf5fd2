import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { patience } from '../testing/fixture.contract.ts';
import { SimulatedCluster } from '../testing/simulated-cluster.ts';
import { probe } from './preflight.ts';

const IDENTITY = '^GET /api/v1/namespaces/kube-system';
const READINESS = '^GET /readyz';

describe('probe of an API server that refuses', () => {
  let simulated: SimulatedCluster;

  before(async () => {
    simulated = await SimulatedCluster.start();
  });
  after(() => simulated?.close());

  it('while it starts: it is starting, nothing is said of the rights', async () => {
    simulated.cluster.faults.set([
      { kind: 'status', code: 403, match: IDENTITY },
      { kind: 'status', code: 500, match: READINESS },
    ]);
    await assert.rejects(probe(simulated.connection, patience()), { reason: 'ClusterStarting', next: 'transient' });
  });

  it('and has become ready meanwhile: its second answer counts', async () => {
    simulated.cluster.faults.set([{ kind: 'status', code: 403, match: IDENTITY, times: 1 }]);
    assert.match((await probe(simulated.connection, patience())).version, /^v1\./);
  });

  it('although it is ready: the right is missing', async () => {
    simulated.cluster.faults.set([{ kind: 'status', code: 403, match: IDENTITY }]);
    await assert.rejects(probe(simulated.connection, patience()), { reason: 'ClusterForbidden' });
  });
});

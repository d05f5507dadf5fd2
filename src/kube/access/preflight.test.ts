import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ACCESS_NAMESPACE } from '../../kube-objects/kube-object.ts';
import { ownerOf, patience } from '../testing/fixture.contract.ts';
import { SimulatedCluster } from '../testing/simulated-cluster.ts';
import { ensureAccess } from './access.ts';
import { preflight, type PreflightReport, probe } from './preflight.ts';

/** The list of all Namespaces. */
const ALL_NAMESPACES = '^GET /api/v1/namespaces\\?limit=';
/** That list, and the one of the Namespaces of components. */
const EVERY_LIST = '^GET /api/v1/namespaces(\\?|$)';

describe('preflight of a cluster that refuses its list of Namespaces', () => {
  let simulated: SimulatedCluster;

  beforeEach(async () => {
    simulated = await SimulatedCluster.start();
  });
  afterEach(() => simulated.close());

  function check(): Promise<PreflightReport> {
    const request = { nodePorts: [30080], namespaces: ['web'], credentialNotAfter: '', incarnations: [] };
    return preflight(simulated.connection, request, patience());
  }

  const reasonsOf = ({ findings }: PreflightReport): readonly string[] => findings.map(({ reason }) => reason);

  for (const code of [403, 500, 503]) {
    it(`with ${code}: each Namespace is asked for, and the report is the same without the list`, async () => {
      const request = { owner: ownerOf('one'), component: 'access', follows: undefined, now: '2026-11-30T10:00:00Z' };
      await ensureAccess(simulated.connection, request, patience());
      const whole = await check();
      simulated.cluster.faults.set([{ kind: 'status', code, match: ALL_NAMESPACES }]);
      const { namespaces, ...report } = await check();
      assert.equal(namespaces, undefined);
      assert.deepEqual(report.findings, []);
      assert.equal(report.facts?.uid, (await probe(simulated.connection, patience())).uid);
      assert.deepEqual([report.holders, report.warnings], [whole.holders, whole.warnings]);
      assert.equal(report.holders.holder?.installation, 'tests');
    });
  }

  it('and that of the Namespaces of components: the refusal is a finding, the rest is known', async () => {
    simulated.cluster.faults.set([{ kind: 'status', code: 403, match: EVERY_LIST }]);
    const report = await check();
    assert.deepEqual(reasonsOf(report), ['ClusterForbidden']);
    assert.ok(report.facts);
    assert.deepEqual(report.holders, { holder: undefined, others: [] });
  });

  it('with 401: that is the only finding', async () => {
    simulated.cluster.faults.set([{ kind: 'status', code: 401, match: '^GET /api/v1/namespaces' }]);
    const report = await check();
    assert.deepEqual(reasonsOf(report), ['ClusterUnauthorized']);
    assert.equal(report.facts, undefined);
  });

  it('warns all the same of a Namespace that is being deleted', async () => {
    const metadata = { name: ACCESS_NAMESPACE, finalizers: ['a.test/kept'] };
    simulated.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata }, 'kubectl');
    simulated.cluster.delete('v1', 'Namespace', '', ACCESS_NAMESPACE);
    simulated.cluster.faults.set([{ kind: 'status', code: 403, match: ALL_NAMESPACES }]);
    const ids = (await check()).warnings.map(({ id }) => id);
    assert.deepEqual(ids, ['Warning.namespaceTerminating']);
  });
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { ACCESS_NAMESPACE } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { ownerOf, patience } from '../testing/fixture.contract.ts';
import { SimulatedCluster } from '../testing/simulated-cluster.ts';
import { ensureAccess } from './access.ts';
import { findHolders } from './holder.ts';

const CREATE_NAMESPACE = '^POST /api/v1/namespaces(\\?|$)';
const MARK_NAMESPACE = `^PATCH /api/v1/namespaces/${ACCESS_NAMESPACE}(\\?|$)`;

describe('access to a cluster whose Namespace of ours is refused with 409', () => {
  let simulated: SimulatedCluster;

  beforeEach(async () => {
    simulated = await SimulatedCluster.start();
  });
  afterEach(() => simulated.close());

  /** As one that has found no holder. */
  function ensure(installation: string): Promise<InventoryEntry[]> {
    const owner = { ...ownerOf(installation), installation };
    const request = { owner, component: 'access', follows: undefined, now: '2026-11-30T10:00:00Z' };
    return ensureAccess(simulated.connection, request, patience());
  }

  const outcomeOf = (installation: string): Promise<string> =>
    ensure(installation).then(
      () => 'had',
      (error: unknown) => (error instanceof NautesError ? error.reason : String(error)),
    );

  const holder = async () => (await findHolders(simulated.connection, patience())).holder?.installation;

  it('is had in a Namespace that somebody has made meanwhile, which is theirs', async () => {
    const theirs = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ACCESS_NAMESPACE } };
    await simulated.connection.client.create(wellKnown.namespace, theirs, {}, patience());
    const [namespace, ...others] = await ensure('one');
    assert.equal(namespace?.foreign, true);
    assert.ok(others.every(({ foreign }) => !foreign));
    assert.equal(await holder(), 'one');
  });

  it('is had in one that is made when that which was in the way has gone', async () => {
    simulated.cluster.faults.set([{ kind: 'status', code: 409, match: CREATE_NAMESPACE, times: 1 }]);
    const [namespace] = await ensure('one');
    assert.equal(namespace?.foreign, false);
    assert.equal(await holder(), 'one');
  });

  it('is not had when it is in the way and not there again and again', async () => {
    simulated.cluster.faults.set([{ kind: 'status', code: 409, match: CREATE_NAMESPACE }]);
    await assert.rejects(ensure('one'), { reason: 'ObjectChanging', next: 'transient' });
    assert.equal(simulated.cluster.get('v1', 'ServiceAccount', ACCESS_NAMESPACE, 'nautes-one'), undefined);
  });

  it('is not had when the Namespace has changed since it was read: no account is made', async () => {
    simulated.cluster.faults.set([{ kind: 'status', code: 409, match: MARK_NAMESPACE }]);
    await assert.rejects(ensure('one'), { reason: 'ObjectChanging', next: 'transient' });
    assert.equal(simulated.cluster.get('v1', 'ServiceAccount', ACCESS_NAMESPACE, 'nautes-one'), undefined);
  });

  it('is had by one of several installations that come at the same time', async () => {
    const outcomes = await Promise.all(['one', 'two', 'three'].map(outcomeOf));
    assert.deepEqual(outcomes.toSorted(), ['ClusterHeldByOther', 'ClusterHeldByOther', 'had']);
    assert.equal(await holder(), ['one', 'two', 'three'][outcomes.indexOf('had')]);
  });
});

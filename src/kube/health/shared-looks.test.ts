import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ownershipLabels } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { configMapType, ownerOf, patience } from '../testing/fixture.contract.ts';
import { SimulatedCluster } from '../testing/simulated-cluster.ts';
import { SharedLooks } from './shared-looks.ts';

const owner = ownerOf('shared');

describe('looks that the components of a run share', () => {
  let simulated: SimulatedCluster;
  let looks: SharedLooks;

  beforeEach(async () => {
    simulated = await SimulatedCluster.start();
    looks = new SharedLooks(owner);
  });
  afterEach(() => simulated.close());

  function write(name: string, labels = ownershipLabels(owner, 'one')): void {
    const metadata = { name, namespace: 'default', labels: { ...labels } };
    simulated.cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata }, 'tests');
  }

  async function look(since: number): Promise<readonly string[]> {
    const found = await looks.ofType(simulated.connection.client, configMapType, since, patience());
    return [...found.values()].map(({ metadata }) => metadata.name).toSorted();
  }

  const lists = (): number => simulated.cluster.counters.total(/^list configmaps$/);

  it('ask once when several look at the same moment, for what the registration has', async () => {
    write('a');
    write('b', ownershipLabels(owner, 'two'));
    write('foreign', ownershipLabels(ownerOf('another'), 'one'));
    const since = performance.now();
    assert.deepEqual(await Promise.all([look(since), look(since), look(since)]), [
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    assert.equal(lists(), 1);
  });

  it('ask again for what was written after the list was asked for', async () => {
    write('a');
    assert.deepEqual(await look(performance.now()), ['a']);
    write('b');
    assert.deepEqual(await look(performance.now()), ['a', 'b']);
    assert.equal(lists(), 2);
  });

  it('ask for each kind by itself', async () => {
    write('a');
    const since = performance.now();
    const { client } = simulated.connection;
    const secrets = await looks.ofType(client, wellKnown.secret, since, patience());
    assert.equal(secrets.size, 0);
    assert.deepEqual(await look(since), ['a']);
  });

  it('fail for all who share a list that is refused, and not for who asks later', async () => {
    simulated.cluster.faults.set([{ kind: 'status', code: 403, match: '/configmaps' }]);
    const since = performance.now();
    const outcomes = await Promise.allSettled([look(since), look(since)]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    simulated.cluster.faults.clear();
    assert.deepEqual(await look(performance.now()), []);
  });

  it('come when the last component has been written', async () => {
    const order: string[] = [];
    const [first, second] = [looks.expect(), looks.expect()];
    const looking = looks.next(patience()).then(() => order.push('looked'));
    for (const written of [first, second]) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('written');
      written();
    }
    await looking;
    assert.deepEqual(order, ['written', 'written', 'looked']);
  });

  it('come although a component is not written for long', async () => {
    looks.expect();
    await looks.next(patience());
  });

  it('end with the run', async () => {
    looks.expect();
    const run = new AbortController();
    const looking = looks.next(run.signal);
    run.abort();
    await assert.rejects(looking, { name: 'AbortError' });
  });
});

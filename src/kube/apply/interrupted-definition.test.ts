import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startSandbox } from '../../../sandbox/index.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { ContractFixture, widget, widgetDefinition } from '../testing/fixture.contract.ts';

it('a definition that the API server left unestablished when it ended is served, and its instances are applied', async () => {
  const running = await startSandbox({ clusters: 1, basePort: 0 });
  const [cluster] = running.clusters;
  assert.ok(cluster);
  const group = 'interrupted.example.test';
  cluster.faults.add({ kind: 'interrupted-definition', name: `widgets.${group}` });
  const create = () =>
    Promise.resolve({ server: cluster.server, kubeconfig: cluster.kubeconfig(), close: () => running.close() });
  const fixture = await ContractFixture.open({ name: 'sandbox', create });
  try {
    const objects = [widgetDefinition(group), widget(group, 'interrupted', 'one')];
    const { failures, applied } = await fixture.apply(fixture.request('interrupted', objects));
    assert.deepEqual(failures, []);
    assert.ok(applied.some(({ kind }) => kind === 'Widget'));
    const definition = await fixture.find(wellKnown.customResourceDefinition, '', `widgets.${group}`);
    assert.equal(definition?.metadata.annotations, undefined, 'nothing is left of it');
  } finally {
    await fixture.close();
  }
});

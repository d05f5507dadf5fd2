import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../../sandbox/index.ts';
import {
  installDefinition,
  managementOf,
  newNamespace,
  openState,
  stateDefinition,
} from './testing/management-place.ts';

describe('the definition of state in a management cluster', () => {
  let sandbox: Sandbox;
  let cluster: SandboxCluster;

  before(async () => {
    sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    const [first] = sandbox.clusters;
    assert.ok(first);
    cluster = first;
  });
  after(() => sandbox?.close());

  it('must be there, in the version that is needed', async () => {
    const namespace = newNamespace(cluster);
    await assert.rejects(openState(managementOf(cluster, namespace)), {
      reason: 'DefinitionMissing',
      message: /clusterstates\.state\.nautes\.io/,
    });
    const text = JSON.stringify(await stateDefinition()).replace(/ \(definition version \d+\)/, '');
    await installDefinition(cluster, JSON.parse(text) as Awaited<ReturnType<typeof stateDefinition>>);
    await assert.rejects(openState(managementOf(cluster, namespace)), { reason: 'DefinitionOutdated' });
    await installDefinition(cluster);
    await (await openState(managementOf(cluster, namespace))).close();
  });
});

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { type Sandbox, type SandboxCluster, type SandboxOptions, startSandbox } from '../../sandbox/index.ts';

/** Simulated clusters for the tests of the suite that calls this; each call of the result gives one that nobody has used. */
export function newClusters(options: SandboxOptions): () => SandboxCluster {
  let sandbox: Sandbox;
  let next = 0;

  before(async () => {
    sandbox = await startSandbox({ basePort: 0, ...options });
  });
  after(() => sandbox.close());

  return () => {
    const found = sandbox.clusters[next];
    next += 1;
    assert.ok(found, 'the sandbox has no more clusters');
    return found;
  };
}

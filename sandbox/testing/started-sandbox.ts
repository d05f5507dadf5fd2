import assert from 'node:assert/strict';
import { type JsonObject, stringAt } from '../base/json.ts';
import { startSandbox } from '../sandbox.ts';
import type { Sandbox, SandboxCluster } from '../sandbox-api.ts';
import { conditionOf, CRDS } from './objects.ts';
import { eventually, type TestClient, testClient } from './test-client.ts';

/** A sandbox for the tests of one file, with a client of its first cluster. */
export class StartedSandbox {
  readonly sandbox: Sandbox;
  readonly cluster: SandboxCluster;
  readonly client: TestClient;

  /** Starts quick clusters that cache no tokens, with these namespaces on the first. */
  static async start(namespaces: readonly string[], clusters = 1): Promise<StartedSandbox> {
    const sandbox = await startSandbox({
      clusters,
      basePort: 0,
      workloadDelayMilliseconds: 20,
      namespaceDelayMilliseconds: 20,
      tokenCacheMilliseconds: 0,
    });
    const started = new StartedSandbox(sandbox);
    for (const name of namespaces) await started.createNamespace(name);
    return started;
  }

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.cluster = this.at(0);
    this.client = testClient(this.cluster);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.sandbox.close();
  }

  at(index: number): SandboxCluster {
    const found = this.sandbox.clusters[index];
    assert.ok(found);
    return found;
  }

  async createNamespace(name: string): Promise<void> {
    const reply = await this.client.call('POST', '/api/v1/namespaces', { metadata: { name } });
    assert.equal(reply.code, 201, reply.text);
    await eventually('the default ServiceAccount', () => this.cluster.get('v1', 'ServiceAccount', name, 'default'));
  }

  /** Applies a CustomResourceDefinition and waits until it is established. */
  async establish(body: JsonObject): Promise<void> {
    const name = stringAt(body, 'metadata', 'name') ?? '';
    assert.equal((await this.client.apply(`${CRDS}/${name}`, body)).code, 201);
    await eventually('the definition is established', () => {
      const found = this.cluster.get('apiextensions.k8s.io/v1', 'CustomResourceDefinition', '', name);
      return stringAt(conditionOf(found, 'Established'), 'status') === 'True' ? true : undefined;
    });
  }
}

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type JsonObject, stringAt } from '../base/json.ts';
import type { SandboxCluster } from '../sandbox-api.ts';
import { conditionOf, CRDS, definition } from './objects.ts';
import { StartedSandbox } from './started-sandbox.ts';
import { eventually, type TestClient } from './test-client.ts';

let started: StartedSandbox;
let cluster: SandboxCluster;
let client: TestClient;

before(async () => {
  started = await StartedSandbox.start(['one']);
  ({ cluster, client } = started);
});

after(() => started.close());

describe('custom resources', () => {
  it('are served after the definition is established, and 404 as plain text before', async () => {
    const path = '/apis/example.com/v1/namespaces/one/things';
    const early = await client.apply(`${path}/a`, {
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 'a' },
    });
    assert.equal(early.text, '404 page not found\n');
    await started.establish(definition('things'));
    const parts = [{ name: 'x', color: 'red' }];
    const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { parts, odd: 1 } };
    const created = await client.apply(`${path}/a`, thing);
    assert.equal(created.code, 201, created.text);
    assert.deepEqual(created.body['spec'], { parts, size: 3 });
    assert.match(created.text, /"k:\{\\"name\\":\\"x\\"\}"/);
  });

  it('answer the first list with 429 while their storage is initialised', async () => {
    await started.establish(definition('gadgets', 'example.com', 'Gadget'));
    const first = await client.call('GET', '/apis/example.com/v1/gadgets');
    assert.equal(first.code, 429);
    assert.equal(first.headers['retry-after'], '1');
    assert.match(first.text, /storage is \(re\)initializing/);
    assert.equal((await client.call('GET', '/apis/example.com/v1/gadgets')).code, 200);
  });

  it('go with their definition, which waits for finalizers and accepts no new ones meanwhile', async () => {
    await started.establish(definition('widgets', 'example.com', 'Widget'));
    const path = '/apis/example.com/v1/namespaces/one/widgets';
    const widget = (name: string): JsonObject => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name } });
    await client.call('POST', path, { ...widget('w'), metadata: { name: 'w', finalizers: ['example.com/hold'] } });
    await client.call('DELETE', `${CRDS}/widgets.example.com`);
    await eventually('the definition is terminating', () => {
      const found = cluster.get('apiextensions.k8s.io/v1', 'CustomResourceDefinition', '', 'widgets.example.com');
      return conditionOf(found, 'Terminating');
    });
    assert.equal((await client.call('POST', path, widget('late'))).text, '404 page not found\n');
    const reapplied = await client.apply(`${CRDS}/widgets.example.com`, definition('widgets', 'example.com', 'Widget'));
    assert.equal(reapplied.code, 200);
    assert.ok(stringAt(reapplied.body, 'metadata', 'deletionTimestamp'));
    await client.call(
      'PATCH',
      `${path}/w`,
      { metadata: { finalizers: null } },
      { contentType: 'application/merge-patch+json' },
    );
    await eventually('the definition is gone', async () =>
      (await client.call('GET', `${CRDS}/widgets.example.com`)).code === 404 ? true : undefined,
    );
  });
});

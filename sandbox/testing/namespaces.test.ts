import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { arrayAt, stringAt } from '../base/json.ts';
import type { SandboxCluster } from '../sandbox-api.ts';
import { conditionOf, configMap } from './objects.ts';
import { StartedSandbox } from './started-sandbox.ts';
import { eventually, type TestClient } from './test-client.ts';

let started: StartedSandbox;
let cluster: SandboxCluster;
let client: TestClient;

before(async () => {
  started = await StartedSandbox.start([]);
  ({ cluster, client } = started);
});

after(() => started.close());

describe('namespaces', () => {
  it('refuse new content while they terminate, and are gone with all of it', async () => {
    await started.createNamespace('ending');
    await client.apply('/api/v1/namespaces/ending/configmaps/a', {
      ...configMap('a'),
      metadata: { name: 'a', finalizers: ['example.com/hold'] },
    });
    await client.call('DELETE', '/api/v1/namespaces/ending');
    const refused = await client.apply('/api/v1/namespaces/ending/configmaps/b', configMap('b'));
    assert.equal(refused.code, 403);
    assert.equal(stringAt(arrayAt(refused.body, 'details', 'causes')[0], 'reason'), 'NamespaceTerminating');
    const itself = await client.apply('/api/v1/namespaces/ending', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'ending' },
    });
    assert.equal(itself.code, 200);
    await eventually('the condition names the finalizer', () => {
      const message = stringAt(
        conditionOf(cluster.get('v1', 'Namespace', '', 'ending'), 'NamespaceFinalizersRemaining'),
        'message',
      );
      return message?.includes('example.com/hold in 1 resource instances') === true ? true : undefined;
    });
    const free = { metadata: { finalizers: null } };
    await client.call('PATCH', '/api/v1/namespaces/ending/configmaps/a', free, {
      contentType: 'application/merge-patch+json',
    });
    await eventually(
      'the namespace is gone',
      () => cluster.get('v1', 'Namespace', '', 'ending') === undefined || undefined,
    );
  });

  it('do not end while an aggregated API is not available', async () => {
    await started.createNamespace('blocked');
    const service = { name: 'none', namespace: 'blocked' };
    await client.call('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
      metadata: { name: 'v1.stale.example.com' },
      spec: { group: 'stale.example.com', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1, service },
    });
    await eventually(
      'the APIService is not available',
      () =>
        stringAt(
          conditionOf(cluster.get('apiregistration.k8s.io/v1', 'APIService', '', 'v1.stale.example.com'), 'Available'),
          'reason',
        ) === 'ServiceNotFound' || undefined,
    );
    assert.equal((await client.call('GET', '/apis/stale.example.com/v1')).code, 503);
    await client.call('DELETE', '/api/v1/namespaces/blocked');
    await eventually('the condition names the group', () => {
      const found = conditionOf(cluster.get('v1', 'Namespace', '', 'blocked'), 'NamespaceDeletionDiscoveryFailure');
      return (
        stringAt(found, 'message')?.includes('stale GroupVersion discovery: stale.example.com/v1') === true || undefined
      );
    });
    await client.call('DELETE', '/apis/apiregistration.k8s.io/v1/apiservices/v1.stale.example.com');
    await eventually(
      'the namespace is gone',
      () => cluster.get('v1', 'Namespace', '', 'blocked') === undefined || undefined,
    );
  });
});

import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { arrayAt, numberAt, objectAt, stringAt, stringsOf, valueAt } from '../base/json.ts';
import type { SandboxCluster } from '../sandbox-api.ts';
import { configMap, deployment } from './objects.ts';
import { StartedSandbox } from './started-sandbox.ts';
import { eventually, type TestClient, testClient } from './test-client.ts';

let started: StartedSandbox;
let cluster: SandboxCluster;
let client: TestClient;

before(async () => {
  started = await StartedSandbox.start(['one'], 2);
  ({ cluster, client } = started);
});

after(() => started.close());

describe('the API', () => {
  it('serves version and health without authentication, and discovery only to users', async () => {
    const anonymous = testClient(cluster, 'not-a-token');
    assert.equal((await anonymous.call('GET', '/version')).code, 401);
    anonymous.close();
    assert.equal(stringAt((await client.call('GET', '/version')).body, 'major'), '1');
    assert.equal((await client.call('GET', '/readyz')).text, 'ok');
  });

  it('answers aggregated discovery with an ETag and then with 304', async () => {
    const accept = 'application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList';
    const first = await client.call('GET', '/apis', undefined, { headers: { accept } });
    assert.equal(first.body['kind'], 'APIGroupDiscoveryList');
    const etag = String(first.headers['etag']);
    const again = await client.call('GET', '/apis', undefined, { headers: { accept, 'if-none-match': etag } });
    assert.equal(again.code, 304);
    assert.equal(again.text, '');
  });

  it('speaks HTTP/2 as well as HTTP/1.1', async () => {
    const session = connect(cluster.server, { ca: cluster.certificateAuthority });
    try {
      const stream = session.request({ ':path': '/version' });
      stream.setEncoding('utf8');
      let text = '';
      for await (const chunk of stream) text += String(chunk);
      assert.match(text, /gitVersion/);
      assert.equal(session.alpnProtocol, 'h2');
    } finally {
      session.close();
    }
  });

  it('accepts a client certificate only at its own cluster', async () => {
    const { server, certificateAuthority } = started.at(1);
    const foreign = testClient({ server, certificateAuthority, kubeconfig: () => cluster.kubeconfig() });
    assert.equal((await foreign.call('GET', '/api/v1/namespaces')).code, 403);
    foreign.close();
  });

  it('gives objects an identity, versions, generations and managers', async () => {
    const path = '/apis/apps/v1/namespaces/one/deployments';
    const created = await client.call('POST', path, deployment('counted'));
    const { uid, resourceVersion } = stringsOf(created.body['metadata']);
    assert.match(uid ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(numberAt(created.body, 'metadata', 'generation'), 1);
    const patch = { spec: { replicas: 2 } };
    const changed = await client.call('PATCH', `${path}/counted`, patch, {
      contentType: 'application/merge-patch+json',
    });
    assert.equal(numberAt(changed.body, 'metadata', 'generation'), 2);
    assert.ok(Number(stringAt(changed.body, 'metadata', 'resourceVersion')) > Number(resourceVersion));
    assert.equal(stringAt(arrayAt(changed.body, 'metadata', 'managedFields')[0], 'operation'), 'Update');
  });

  it('refuses a body of an older version and one with another uid with 409 without causes', async () => {
    const path = '/api/v1/namespaces/one/configmaps';
    const created = await client.call('POST', path, configMap('versioned'));
    const metadata = objectAt(created.body, 'metadata') ?? {};
    assert.equal((await client.call('PUT', `${path}/versioned`, { ...created.body, data: { a: '2' } })).code, 200);
    const stale = await client.call('PUT', `${path}/versioned`, { ...created.body, data: { a: '3' } });
    assert.equal(stale.code, 409);
    assert.match(stale.text, /the object has been modified/);
    assert.equal(valueAt(stale.body, 'details', 'causes'), undefined);
    const other = { ...configMap('versioned'), metadata: { ...metadata, uid: 'other', resourceVersion: '' } };
    assert.match((await client.call('PUT', `${path}/versioned`, other)).text, /Precondition failed: UID/);
  });

  it('pages lists', async () => {
    const path = '/api/v1/namespaces/one/configmaps';
    for (const name of ['page-1', 'page-2', 'page-3']) await client.call('POST', path, configMap(name));
    const names: string[] = [];
    let next = '';
    do {
      const query = `?limit=2&labelSelector=&continue=${next}`;
      const { body } = await client.call('GET', `${path}${query}`);
      names.push(...arrayAt(body, 'items').map((item) => stringAt(item, 'metadata', 'name') ?? ''));
      next = stringAt(body, 'metadata', 'continue') ?? '';
    } while (next !== '');
    assert.deepEqual(
      names.filter((name) => name.startsWith('page-')),
      ['page-1', 'page-2', 'page-3'],
    );
  });

  it('lists metadata only, and tables, on request', async () => {
    const path = '/api/v1/namespaces/one/configmaps';
    const headers = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' };
    const { body } = await client.call('GET', path, undefined, { headers });
    assert.equal(body['kind'], 'PartialObjectMetadataList');
    assert.deepEqual(Object.keys(arrayAt(body, 'items')[0] ?? {}).toSorted(), ['apiVersion', 'kind', 'metadata']);
    const table = await client.call('GET', path, undefined, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    });
    assert.equal(table.body['kind'], 'Table');
  });

  it('validates without writing in a dry run', async () => {
    const path = '/api/v1/namespaces/one/configmaps/dry';
    assert.equal((await client.apply(path, configMap('dry'), 'fieldManager=test&dryRun=All')).code, 201);
    assert.equal((await client.call('GET', path)).code, 404);
  });

  it('holds objects with finalizers until those are removed', async () => {
    const path = '/api/v1/namespaces/one/configmaps/held';
    await client.apply(path, { ...configMap('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    const deleted = await client.call('DELETE', path);
    assert.ok(stringAt(deleted.body, 'metadata', 'deletionTimestamp'));
    await client.call(
      'PATCH',
      path,
      { metadata: { finalizers: null } },
      { contentType: 'application/merge-patch+json' },
    );
    assert.equal((await client.call('GET', path)).code, 404);
  });

  it('reports missing objects as the API server does', async () => {
    const object = await client.call('GET', '/apis/apps/v1/namespaces/one/deployments/none');
    assert.equal(object.body['message'], 'deployments.apps "none" not found');
    assert.equal(object.body['reason'], 'NotFound');
    const namespace = await client.apply(
      '/api/v1/namespaces/none/configmaps/a',
      configMap('a'),
      'fieldManager=test&dryRun=All',
    );
    assert.equal(namespace.body['message'], 'namespaces "none" not found');
    const kind = await client.call('GET', '/apis/example.org/v1/nothings');
    assert.equal(kind.text, '404 page not found\n');
    assert.match(String(kind.headers['content-type']), /^text\/plain/);
  });

  it('deletes dependents in the background and in the foreground, or orphans them', async () => {
    const path = '/api/v1/namespaces/one/configmaps';
    for (const [policy, remains] of [
      ['Background', false],
      ['Foreground', false],
      ['Orphan', true],
    ] as const) {
      const name = `owner-${policy.toLowerCase()}`;
      const owner = await client.call('POST', path, configMap(name));
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', name, uid: stringAt(owner.body, 'metadata', 'uid') };
      const child = `child-${policy.toLowerCase()}`;
      await client.call('POST', path, { ...configMap(child), metadata: { name: child, ownerReferences: [reference] } });
      await client.call('DELETE', `${path}/${name}`, { propagationPolicy: policy });
      await eventually(`${name} is gone`, () => cluster.get('v1', 'ConfigMap', 'one', name) === undefined || undefined);
      if (remains) {
        const left = cluster.get('v1', 'ConfigMap', 'one', child);
        assert.deepEqual(arrayAt(left, 'metadata', 'ownerReferences'), []);
      } else {
        await eventually(
          `${child} is gone`,
          () => cluster.get('v1', 'ConfigMap', 'one', child) === undefined || undefined,
        );
      }
    }
  });
});

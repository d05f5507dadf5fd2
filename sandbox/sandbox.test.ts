import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt, stringsOf, valueAt } from './json.ts';
import { type Sandbox, type SandboxCluster, startSandbox } from './sandbox.ts';
import { eventually, type TestClient, testClient } from './test-client.ts';

let sandbox: Sandbox;
let cluster: SandboxCluster;
let client: TestClient;

before(async () => {
  sandbox = await startSandbox({
    clusters: 3,
    basePort: 0,
    workloadDelayMilliseconds: 20,
    namespaceDelayMilliseconds: 20,
    tokenCacheMilliseconds: 0,
  });
  cluster = at(0);
  client = testClient(cluster);
  for (const name of ['one', 'workloads', 'access']) await createNamespace(name);
});

after(async () => {
  client.close();
  await sandbox.close();
});

function at(index: number): SandboxCluster {
  const found = sandbox.clusters[index];
  assert.ok(found);
  return found;
}

async function createNamespace(name: string): Promise<void> {
  const reply = await client.call('POST', '/api/v1/namespaces', { metadata: { name } });
  assert.equal(reply.code, 201, reply.text);
  await eventually('the default ServiceAccount', () => cluster.get('v1', 'ServiceAccount', name, 'default'));
}

function configMap(name: string, data: Record<string, string> = { a: '1' }): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

function definition(plural: string, group = 'example.com', kind = 'Thing'): JsonObject {
  const schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          size: { type: 'integer', default: 3 },
          parts: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
            items: { type: 'object', properties: { name: { type: 'string' }, color: { type: 'string' } } },
          },
        },
      },
    },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

function deployment(name: string, changes: JsonObject = {}): JsonObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'main:1' }], ...changes } },
    },
  };
}

function conditionOf(object: JsonObject | undefined, type: string): JsonObject | undefined {
  const found = arrayAt(object, 'status', 'conditions').find((one) => stringAt(one, 'type') === type);
  return found as JsonObject | undefined;
}

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function establish(body: JsonObject): Promise<void> {
  const name = stringAt(body, 'metadata', 'name') ?? '';
  assert.equal((await client.apply(`${CRDS}/${name}`, body)).code, 201);
  await eventually('the definition is established', () => {
    const found = cluster.get('apiextensions.k8s.io/v1', 'CustomResourceDefinition', '', name);
    return stringAt(conditionOf(found, 'Established'), 'status') === 'True' ? true : undefined;
  });
}

describe('the API', () => {
  it('tells its version and health to everybody, and its discovery only to users', async () => {
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
    const { server, certificateAuthority } = at(1);
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

  it('lists metadata only, and tables, when asked for', async () => {
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

  it('holds objects with finalizers until they are gone', async () => {
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

  it('names what does not exist as the API server does', async () => {
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

describe('server-side apply over HTTP', () => {
  const path = '/api/v1/namespaces/one/configmaps/applied';

  it('creates, leaves the version when nothing changes, and reports conflicts with their causes', async () => {
    assert.equal((await client.apply(path, configMap('applied'))).code, 201);
    const first = await client.call('GET', path);
    const again = await client.apply(path, configMap('applied'));
    assert.equal(again.code, 200);
    assert.equal(
      stringAt(again.body, 'metadata', 'resourceVersion'),
      stringAt(first.body, 'metadata', 'resourceVersion'),
    );
    const edit = { data: { a: 'edited' } };
    await client.call('PATCH', `${path}?fieldManager=kubectl-edit`, edit, {
      contentType: 'application/merge-patch+json',
    });
    const refused = await client.apply(path, configMap('applied'));
    assert.equal(refused.code, 409);
    const message = 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a';
    assert.equal(refused.body['message'], message);
    assert.deepEqual(valueAt(refused.body, 'details', 'causes'), [
      { reason: 'FieldManagerConflict', message: 'conflict with "kubectl-edit" using v1', field: '.data.a' },
    ]);
    const forced = await client.apply(path, configMap('applied'), 'fieldManager=test&force=true');
    assert.equal(stringAt(forced.body, 'data', 'a'), '1');
  });

  it('needs a field manager, refuses managedFields, another name, and a uid of nothing', async () => {
    assert.equal((await client.apply(path, configMap('applied'), 'force=true')).code, 422);
    const managed = { ...configMap('applied'), metadata: { name: 'applied', managedFields: [{ manager: 'x' }] } };
    assert.equal((await client.apply(path, managed)).code, 400);
    assert.equal((await client.apply(path, configMap('another'))).code, 400);
    const absent = { ...configMap('absent'), metadata: { name: 'absent', uid: 'u' } };
    const reply = await client.apply('/api/v1/namespaces/one/configmaps/absent', absent);
    assert.equal(reply.code, 409);
    assert.equal(valueAt(reply.body, 'details', 'causes'), undefined);
  });

  it('answers a manifest that does not fit with 500 and no reason', async () => {
    const reply = await client.apply('/api/v1/namespaces/one/configmaps/odd', { ...configMap('odd'), unknown: 1 });
    assert.equal(reply.code, 500);
    assert.equal(reply.body['reason'], undefined);
    assert.match(
      reply.text,
      /failed to create typed patch object \(one\/odd; v1, Kind=ConfigMap\): .unknown: field not declared in schema/,
    );
  });

  it('refuses changes of immutable fields with 422', async () => {
    const target = '/apis/apps/v1/namespaces/one/deployments/immutable';
    await client.apply(target, deployment('immutable'));
    const other = { ...deployment('immutable-other'), metadata: { name: 'immutable' } };
    const reply = await client.apply(target, other, 'fieldManager=test&force=true&dryRun=All');
    assert.equal(reply.code, 422);
    assert.match(reply.text, /spec.selector: Invalid value: .* field is immutable/);
  });
});

describe('watches', () => {
  const path = '/api/v1/namespaces/one/configmaps';

  it('begin with what exists, follow changes and resume from a version', async () => {
    await client.call('POST', path, {
      ...configMap('watched'),
      metadata: { name: 'watched', labels: { watch: 'me' } },
    });
    const selected = `${path}?watch=1&labelSelector=watch%3Dme`;
    const events = client.watch(selected, 3);
    await eventually('the watch is open', () => (cluster.counters.openWatches > 0 ? true : undefined));
    await client.apply(`${path}/watched`, configMap('watched', { a: '2' }), 'fieldManager=test&force=true');
    await client.call('DELETE', `${path}/watched`);
    const seen = await events;
    assert.deepEqual(
      seen.map((event) => event['type']),
      ['ADDED', 'MODIFIED', 'DELETED'],
    );
    const version = stringAt(seen[0], 'object', 'metadata', 'resourceVersion');
    const [resumed] = await client.watch(`${selected}&resourceVersion=${version}`, 1);
    assert.equal(resumed?.['type'], 'MODIFIED');
  });

  it('send bookmarks, and mark the end of the initial events', async () => {
    const query =
      '?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name%3Dnone';
    const [event] = await client.watch(`${path}${query}`, 1);
    assert.equal(event?.['type'], 'BOOKMARK');
    assert.equal(stringAt(event, 'object', 'metadata', 'annotations', 'k8s.io/initial-events-end'), 'true');
  });

  it('end with 410 when the version is no longer known', async () => {
    cluster.compact();
    const [event] = await client.watch(`${path}?watch=1&resourceVersion=1`, 1);
    assert.equal(event?.['type'], 'ERROR');
    assert.equal(numberAt(event, 'object', 'code'), 410);
    assert.equal(stringAt(event, 'object', 'reason'), 'Expired');
  });
});

describe('custom resources', () => {
  it('are served after the definition is established, and 404 as plain text before', async () => {
    const path = '/apis/example.com/v1/namespaces/one/things';
    const early = await client.apply(`${path}/a`, {
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 'a' },
    });
    assert.equal(early.text, '404 page not found\n');
    await establish(definition('things'));
    const parts = [{ name: 'x', color: 'red' }];
    const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { parts, odd: 1 } };
    const created = await client.apply(`${path}/a`, thing);
    assert.equal(created.code, 201, created.text);
    assert.deepEqual(created.body['spec'], { parts, size: 3 });
    assert.match(created.text, /"k:\{\\"name\\":\\"x\\"\}"/);
  });

  it('answer the first list with 429 while their storage is initialised', async () => {
    await establish(definition('gadgets', 'example.com', 'Gadget'));
    const first = await client.call('GET', '/apis/example.com/v1/gadgets');
    assert.equal(first.code, 429);
    assert.equal(first.headers['retry-after'], '1');
    assert.match(first.text, /storage is \(re\)initializing/);
    assert.equal((await client.call('GET', '/apis/example.com/v1/gadgets')).code, 200);
  });

  it('go with their definition, which waits for finalizers and accepts no new ones meanwhile', async () => {
    await establish(definition('widgets', 'example.com', 'Widget'));
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

describe('namespaces', () => {
  it('refuse new content while they terminate, and are gone with all of it', async () => {
    await createNamespace('ending');
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
    await createNamespace('blocked');
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

describe('workloads', () => {
  const path = '/apis/apps/v1/namespaces/workloads/deployments';

  function available(name: string): JsonObject | undefined {
    const found = cluster.get('apps/v1', 'Deployment', 'workloads', name);
    const isCurrent = numberAt(found, 'status', 'observedGeneration') === numberAt(found, 'metadata', 'generation');
    return isCurrent && stringAt(conditionOf(found, 'Available'), 'status') === 'True' ? found : undefined;
  }

  it('become available, with endpoints that carry the labels of the Service', async () => {
    await client.apply(`${path}/web`, deployment('web'));
    await client.call('POST', '/api/v1/namespaces/workloads/services', {
      metadata: { name: 'web', labels: { copied: 'yes' } },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    });
    await eventually('the Deployment is available', () => available('web'));
    const endpoints = await eventually('the Endpoints have an address', () => {
      const found = cluster.get('v1', 'Endpoints', 'workloads', 'web');
      return arrayAt(arrayAt(found, 'subsets')[0], 'addresses').length === 1 ? found : undefined;
    });
    assert.equal(stringAt(endpoints, 'metadata', 'labels', 'copied'), 'yes');
    assert.equal(valueAt(endpoints, 'metadata', 'ownerReferences'), undefined);
  });

  it('roll out a changed template and scale the old ReplicaSet down', async () => {
    await client.apply(`${path}/rolled`, deployment('rolled'));
    await eventually('the first rollout', () => available('rolled'));
    await client.apply(`${path}/rolled`, deployment('rolled', { containers: [{ name: 'main', image: 'main:2' }] }));
    await eventually('only the new Pods are left', () => {
      const pods = cluster
        .list('v1', 'Pod', 'workloads')
        .filter((pod) => stringAt(pod, 'metadata', 'labels', 'app') === 'rolled');
      const images = pods.map((pod) => stringAt(arrayAt(pod, 'spec', 'containers')[0], 'image'));
      return images.join() === 'main:2' && available('rolled') !== undefined ? true : undefined;
    });
  });

  it('say why they are not ready, and become ready when the fault is gone', async () => {
    cluster.faults.set([{ kind: 'never-ready', name: 'broken', reason: 'CrashLoopBackOff' }]);
    await client.apply(`${path}/broken`, deployment('broken'));
    const pod = await eventually('the Pod shows the reason', () =>
      cluster.list('v1', 'Pod', 'workloads').find((one) => JSON.stringify(one).includes('CrashLoopBackOff')),
    );
    assert.equal(stringAt(pod, 'status', 'phase'), 'Pending');
    assert.equal(available('broken'), undefined);
    cluster.faults.clear();
    await eventually('the Deployment is available', () => available('broken'));
  });

  it('wait for their ServiceAccount', async () => {
    await client.apply(`${path}/early`, deployment('early', { serviceAccountName: 'late' }));
    const failure = await eventually('the failure is shown', () =>
      conditionOf(cluster.get('apps/v1', 'Deployment', 'workloads', 'early'), 'ReplicaFailure'),
    );
    assert.match(stringAt(failure, 'message') ?? '', /serviceaccount "late" not found/);
    await client.call('POST', '/api/v1/namespaces/workloads/serviceaccounts', { metadata: { name: 'late' } });
    await eventually('the Deployment is available', () => available('early'));
  });

  it('of a StatefulSet have fixed names and claims of their own', async () => {
    const set = deployment('db');
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const spec = { ...objectAt(set, 'spec'), serviceName: 'db', replicas: 2, volumeClaimTemplates: [claim] };
    await client.apply('/apis/apps/v1/namespaces/workloads/statefulsets/db', { ...set, kind: 'StatefulSet', spec });
    await eventually(
      'both Pods are ready',
      () =>
        numberAt(cluster.get('apps/v1', 'StatefulSet', 'workloads', 'db'), 'status', 'readyReplicas') === 2 ||
        undefined,
    );
    assert.ok(cluster.get('v1', 'Pod', 'workloads', 'db-1'));
    assert.equal(
      stringAt(cluster.get('v1', 'PersistentVolumeClaim', 'workloads', 'data-db-0'), 'status', 'phase'),
      'Bound',
    );
  });

  it('of a Job succeed', async () => {
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'main:1' }] } };
    await client.call('POST', '/apis/batch/v1/namespaces/workloads/jobs', {
      metadata: { name: 'job' },
      spec: { template },
    });
    await eventually('the Job is complete', () =>
      conditionOf(cluster.get('batch/v1', 'Job', 'workloads', 'job'), 'Complete'),
    );
  });

  it('go with their owner', async () => {
    await client.apply(`${path}/short`, deployment('short'));
    await eventually('the Deployment is available', () => available('short'));
    await client.call('DELETE', `${path}/short`, { propagationPolicy: 'Background' });
    await eventually('its Pods are gone', () =>
      cluster.list('v1', 'Pod', 'workloads').some((pod) => stringAt(pod, 'metadata', 'name')?.startsWith('short-'))
        ? undefined
        : true,
    );
  });
});

describe('node ports', () => {
  const path = '/api/v1/namespaces/one/services';

  function service(name: string, ...ports: number[]): JsonObject {
    return {
      metadata: { name },
      spec: {
        type: 'NodePort',
        ports: ports.map((nodePort, index) => ({ name: `p${index}`, port: 80 + index, nodePort })),
      },
    };
  }

  it('that are taken are refused, in a dry run too, and free again after deletion', async () => {
    assert.equal((await client.call('POST', path, service('holder', 30080))).code, 201);
    for (const query of ['', '?dryRun=All']) {
      const refused = await client.call('POST', `${path}${query}`, service('second', 30081, 30080));
      assert.equal(refused.code, 422);
      assert.deepEqual(arrayAt(refused.body, 'details', 'causes'), [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 30080: provided port is already allocated',
          field: 'spec.ports[1].nodePort',
        },
      ]);
    }
    await client.call('DELETE', `${path}/holder`);
    assert.equal((await client.call('POST', path, service('second', 30080))).code, 201);
  });

  it('outside of the range are refused, but not in a dry run', async () => {
    const refused = await client.call('POST', path, service('outside', 80));
    assert.match(refused.text, /The range of valid ports is 30000-32767/);
    assert.equal((await client.call('POST', `${path}?dryRun=All`, service('outside', 80))).code, 201);
  });
});

describe('admission webhooks', () => {
  it('that cannot be called fail matching writes as their policy says', async () => {
    const webhooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }];
    const hook = (name: string, failurePolicy: string): JsonObject => ({
      name,
      failurePolicy,
      rules,
      clientConfig: { service: { name: 'absent', namespace: 'one', path: '/check' } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
    });
    const secret = { metadata: { name: 'checked' } };
    await client.call('POST', webhooks, { metadata: { name: 'lenient' }, webhooks: [hook('a.example.com', 'Ignore')] });
    assert.equal(
      (await client.call('POST', '/api/v1/namespaces/one/secrets', { metadata: { name: 'free' } })).code,
      201,
    );
    await client.call('POST', webhooks, { metadata: { name: 'strict' }, webhooks: [hook('b.example.com', 'Fail')] });
    const refused = await client.call('POST', '/api/v1/namespaces/one/secrets', secret);
    assert.equal(refused.code, 500);
    assert.equal(refused.body['reason'], 'InternalError');
    assert.match(refused.text, /failed calling webhook \\"b.example.com\\": .*service \\"absent\\" not found/);
    assert.equal((await client.call('DELETE', `${webhooks}/strict`)).code, 200);
    assert.equal((await client.call('POST', '/api/v1/namespaces/one/secrets', secret)).code, 201);
  });
});

describe('access', () => {
  const accounts = '/api/v1/namespaces/access/serviceaccounts';

  async function token(account: string, spec: JsonObject = {}): Promise<string> {
    const reply = await client.call('POST', `${accounts}/${account}/token`, { spec });
    assert.equal(reply.code, 201, reply.text);
    return stringAt(reply.body, 'status', 'token') ?? '';
  }

  async function bind(account: string, name: string): Promise<void> {
    await client.call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'access' }],
    });
  }

  it('of a ServiceAccount is what its bindings grant, and ends with them', async () => {
    await client.call('POST', accounts, { metadata: { name: 'bound' } });
    const own = testClient(cluster, await token('bound'));
    const refused = await own.call('GET', '/apis/apps/v1/namespaces/access/deployments');
    assert.equal(
      refused.body['message'],
      'deployments.apps is forbidden: User "system:serviceaccount:access:bound" cannot list resource "deployments" in API group "apps" in the namespace "access"',
    );
    await bind('bound', 'bound-admin');
    const review = { spec: { resourceAttributes: { verb: '*', group: '*', resource: '*' } } };
    const answer = await own.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review);
    assert.deepEqual(answer.body['status'], {
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "bound-admin" of ClusterRole "cluster-admin" to ServiceAccount "bound/access"',
    });
    await client.call('DELETE', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/bound-admin');
    assert.equal((await own.call('GET', '/api/v1/namespaces')).code, 403);
    own.close();
  });

  it('ends with the ServiceAccount and with the Secret that the token is bound to', async () => {
    await client.call('POST', accounts, { metadata: { name: 'revoked' } });
    await client.call('POST', '/api/v1/namespaces/access/secrets', { metadata: { name: 'anchor' } });
    const bound = testClient(
      cluster,
      await token('revoked', { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'anchor' } }),
    );
    const plain = testClient(cluster, await token('revoked'));
    assert.equal((await bound.call('GET', '/version')).code, 200);
    await client.call('DELETE', '/api/v1/namespaces/access/secrets/anchor');
    assert.equal((await bound.call('GET', '/version')).code, 401);
    assert.equal((await plain.call('GET', '/version')).code, 200);
    await client.call('DELETE', `${accounts}/revoked`);
    assert.equal((await plain.call('GET', '/version')).code, 401);
    for (const one of [bound, plain]) one.close();
  });

  it('cannot be granted by somebody who does not hold it', async () => {
    await client.call('POST', accounts, { metadata: { name: 'climber' } });
    await client.call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: 'grants' },
      rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['create', 'get'] }],
    });
    await client.call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'climber' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'grants' },
      subjects: [{ kind: 'ServiceAccount', name: 'climber', namespace: 'access' }],
    });
    const own = testClient(cluster, await token('climber'));
    const refused = await own.call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: 'everything' },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    });
    assert.equal(refused.code, 403);
    assert.match(refused.text, /attempting to grant RBAC permissions not currently held/);
    own.close();
  });

  it('has tokens of at least ten minutes and at most 2^32 seconds', async () => {
    const ask = (expirationSeconds: number) =>
      client.call('POST', `${accounts}/default/token`, { spec: { expirationSeconds } });
    assert.match((await ask(599)).text, /may not specify a duration less than 10 minutes/);
    assert.match((await ask(2 ** 32 + 1)).text, /may not specify a duration larger than 2\^32 seconds/);
    const tenYears = await ask(315_360_000);
    assert.equal(numberAt(tenYears.body, 'spec', 'expirationSeconds'), 315_360_000);
  });
});

describe('faults', () => {
  it('of requests are statuses with Retry-After, delays and resets, for the requests they match', async () => {
    const target = at(1);
    const own = testClient(target);
    target.faults.set([{ kind: 'status', code: 429, match: '^GET /api/v1/nodes', times: 1 }]);
    const refused = await own.call('GET', '/api/v1/nodes');
    assert.equal(refused.code, 429);
    assert.equal(refused.headers['retry-after'], '1');
    assert.equal((await own.call('GET', '/api/v1/nodes')).code, 200);
    target.faults.set([{ kind: 'reset' }]);
    await assert.rejects(own.call('GET', '/version'));
    target.faults.set([
      { kind: 'slow', milliseconds: 50 },
      { kind: 'status', code: 503 },
    ]);
    assert.equal((await own.call('GET', '/version')).code, 503);
    own.close();
  });

  it('of the connection are set and cleared over the control endpoint', async () => {
    const target = at(2);
    const url = `${sandbox.controlUrl}/clusters/3`;
    const first = testClient(target);
    assert.equal((await first.call('GET', '/version')).code, 200);
    const set = await fetch(`${url}/faults`, { method: 'POST', body: JSON.stringify({ kind: 'unreachable' }) });
    assert.deepEqual(await set.json(), [{ kind: 'unreachable' }]);
    await assert.rejects(first.call('GET', '/version'), { code: 'ECONNREFUSED' });
    await fetch(`${url}/faults`, { method: 'DELETE' });
    const second = testClient(target);
    assert.equal((await second.call('GET', '/version')).code, 200);
    const state = (await (await fetch(url)).json()) as JsonObject;
    assert.equal(numberAt(state, 'counters', 'requests', 'get /version'), 2);
    for (const one of [first, second]) one.close();
    const wrong = await fetch(`${url}/faults`, { method: 'POST', body: JSON.stringify({ kind: 'unknown' }) });
    assert.equal(wrong.status, 400);
  });
});

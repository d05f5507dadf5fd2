import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { stringAt, valueAt } from '../base/json.ts';
import { configMap, deployment } from './objects.ts';
import { StartedSandbox } from './started-sandbox.ts';
import type { TestClient } from './test-client.ts';

let started: StartedSandbox;
let client: TestClient;

before(async () => {
  started = await StartedSandbox.start(['one']);
  ({ client } = started);
});

after(() => started.close());

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

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { StartedSandbox } from './started-sandbox.ts';
import type { TestClient } from './test-client.ts';

let started: StartedSandbox;
let client: TestClient;

before(async () => {
  started = await StartedSandbox.start(['one']);
  ({ client } = started);
});

after(() => started.close());

describe('admission webhooks', () => {
  it('that cannot be called fail matching writes according to their policy', async () => {
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

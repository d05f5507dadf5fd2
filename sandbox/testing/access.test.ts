import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type JsonObject, numberAt, stringAt } from '../base/json.ts';
import type { SandboxCluster } from '../sandbox-api.ts';
import { StartedSandbox } from './started-sandbox.ts';
import { type TestClient, testClient } from './test-client.ts';

let started: StartedSandbox;
let cluster: SandboxCluster;
let client: TestClient;

before(async () => {
  started = await StartedSandbox.start(['access']);
  ({ cluster, client } = started);
});

after(() => started.close());

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

  it('cannot be granted by a user who does not have it', async () => {
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

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../kube-objects/kube-object.ts';
import { moveNamespace } from './namespace.ts';

function object(kind: string, fields: object, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name: 'x', ...metadata }, ...fields };
}

describe('moveNamespace', () => {
  it('moves the object, subjects, and the services of webhooks, APIs and conversions', () => {
    assert.deepEqual(
      moveNamespace(object('Deployment', {}, { namespace: 'hnc-system' }), 'hnc-system', 'tenants').metadata,
      { name: 'x', namespace: 'tenants' },
    );
    const subjects = [
      { kind: 'ServiceAccount', name: 'a', namespace: 'argocd' },
      { kind: 'User', name: 'argocd' },
    ];
    assert.deepEqual(moveNamespace(object('ClusterRoleBinding', { subjects }), 'argocd', 'gitops')['subjects'], [
      { kind: 'ServiceAccount', name: 'a', namespace: 'gitops' },
      { kind: 'User', name: 'argocd' },
    ]);
    const webhooks = [{ clientConfig: { service: { name: 's', namespace: 'a', path: '/a' } } }];
    const moved = moveNamespace(object('ValidatingWebhookConfiguration', { webhooks }), 'a', 'b');
    assert.deepEqual(moved['webhooks'], [{ clientConfig: { service: { name: 's', namespace: 'b', path: '/a' } } }]);
  });

  it('renames the namespace itself, and no other object of that name', () => {
    const metadata = { name: 'hnc-system' };
    assert.equal(moveNamespace(object('Namespace', {}, metadata), 'hnc-system', 't').metadata.name, 't');
    assert.equal(moveNamespace(object('ClusterRole', {}, metadata), 'hnc-system', 't').metadata.name, 'hnc-system');
  });

  it('moves service names and arguments that contain a namespace', () => {
    const args = [
      '--dns-name=webhook.external-secrets.svc',
      '--service-namespace=external-secrets',
      'https://redis.external-secrets.svc.cluster.local:6379',
      '--service-name=external-secrets',
      'ghcr.io/external-secrets/external-secrets:v2',
      'webhook.external-secrets.svc-other',
      'externalsecrets.external-secrets.io',
    ];
    assert.deepEqual(moveNamespace(object('Deployment', { args }), 'external-secrets', 'eso')['args'], [
      '--dns-name=webhook.eso.svc',
      '--service-namespace=eso',
      'https://redis.eso.svc.cluster.local:6379',
      ...args.slice(3),
    ]);
  });

  it('keeps other namespaces', () => {
    const role = object('RoleBinding', { subjects: [{ namespace: 'kube-system' }] }, { namespace: 'kube-system' });
    assert.equal(moveNamespace(role, 'argocd', 'gitops'), role);
  });

  it('shares what does not mention the namespace', () => {
    const before = object('Deployment', { spec: { template: { a: [1, 2] } } }, { namespace: 'a' });
    const moved = moveNamespace(before, 'a', 'b');
    assert.equal(moved['spec'], before['spec']);
    assert.equal(moveNamespace(before, 'a', 'a'), before);
  });

  it('round-trips', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('argocd', 'x.argocd.svc', '--my-namespace=argocd', 'argocd-server', 'other', 7),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('namespace', 'name', 'items'), tie('node'), {
          maxKeys: 3,
          noNullPrototype: true,
        }),
      ),
    })).node;
    fc.assert(
      fc.property(value, (spec) => {
        const before = object('Deployment', { spec });
        const there = moveNamespace(before, 'argocd', 'elsewhere');
        assert.ok(!JSON.stringify(there).includes('"namespace":"argocd"'));
        assert.deepEqual(moveNamespace(there, 'elsewhere', 'argocd'), before);
      }),
    );
  });
});

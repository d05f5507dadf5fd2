import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../resources/cluster/cluster.ts';
import { DEFAULT_POLICY, DEFAULT_ROLES, fixedPrefix, policyTemplateProblem, readRoleRule, rolesOf } from './roles.ts';

const cluster: Cluster = {
  name: 'one',
  incarnation: 'i',
  spec: {
    apiServer: 'https://127.0.0.1:6443',
    clusterKind: 'kubernetes',
    clusterType: 'physical',
    usage: 'worker',
    primaryDomain: '',
    components: { secretSync: { name: 'external-secrets', namespace: 'eso', additions: {} } },
    reservedNamespacesAllowedProducts: {},
    productAllowedClusterResources: {},
  },
};

describe('roles of workloads', () => {
  it('are those of External Secrets by default, in the namespace that it has on the cluster', () => {
    assert.deepEqual(rolesOf(cluster, DEFAULT_ROLES.map(readRoleRule), DEFAULT_POLICY), [
      {
        name: 'external-secrets',
        policy: 'workload-one-external-secrets',
        accounts: [{ namespace: 'eso', name: 'external-secrets' }],
      },
    ]);
  });

  it('combine their accounts, and omit components that the cluster does not have', () => {
    const rules = ['shop=shop/web', 'shop=shop-test/*', 'rollouts={progressiveDelivery}/argo-rollouts'].map(
      readRoleRule,
    );
    assert.deepEqual(
      rolesOf(cluster, rules, 'w-{role}').map(({ name, policy, accounts }) => [name, policy, accounts.length]),
      [['shop', 'w-shop', 2]],
    );
  });

  it('that are not valid are rejected', () => {
    const wrong = [
      '',
      'shop',
      'shop=web',
      'shop=/web',
      'shop=a/b/c',
      'Shop=a/b',
      '-x=a/b',
      'a/../b=c/d',
      'shop={nothing}/a',
    ];
    for (const text of [...wrong, 'shop=*/web', 'shop=a b/web', 'shop=a/w*b', 'shop=a/"', 'shop=a/b,c']) {
      assert.throws(() => readRoleRule(text), RangeError, text);
    }
  });

  it('get policy names with a fixed prefix that cannot be ambiguous', () => {
    for (const template of ['workload-{cluster}-{role}', 'workload', 'w.x-{role}']) {
      assert.equal(policyTemplateProblem(template), undefined, template);
    }
    for (const template of [
      '',
      '{cluster}',
      'w-{cluster}',
      'workload-{name}',
      'work,load',
      'work*',
      'work load',
      'Work',
    ]) {
      assert.notEqual(policyTemplateProblem(template), undefined, template);
    }
    assert.equal(fixedPrefix(DEFAULT_POLICY), 'workload-');
  });
});

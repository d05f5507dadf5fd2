import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { configMap, deployment } from '../../src/kube/testing/fixture.contract.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { Administrator } from '../harness/administrator.ts';
import { realSource } from '../harness/real-source.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { waitUntil } from '../harness/wait-until.ts';

/** Only a real API server has quotas, admission policies and Pod security. */

/** In so many runs of the controllers what must not happen would have happened. */
const RUNS = 3;
/** Tries of the refused objects in that time; a loop would make hundreds. */
const MAXIMUM_APPLIES = 8;
const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const BINDINGS = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';

function component(name: string, category: TestComponent['category']): TestComponent {
  return { name, category, manifest: [configMap(name, 'settings'), deployment(name, 'main')] };
}

const components = [
  component('pods', 'multiTenant'),
  component('count', 'secretSync'),
  component('policy', 'deployment'),
  component('restricted', 'pipeline'),
  component('fine', 'eventListener'),
];

/** What is refused, by component: the object that is named and the reason in the words of the API server. */
const refusals = [
  { name: 'pods', reason: 'FailedCreate', message: /Deployment pods\/main: .*exceeded quota: hold/ },
  { name: 'count', reason: 'ObjectForbidden', message: /Deployment count\/main .*exceeded quota: hold/ },
  { name: 'policy', reason: 'ObjectForbidden', message: /Deployment policy\/main .*no Deployments here/ },
  { name: 'restricted', reason: 'FailedCreate', message: /Deployment restricted\/main: .*violates PodSecurity/ },
] as const;

const source = await realSource();
const skip = source.unavailable ?? false;

describe('what the policies of a real control plane refuse', () => {
  let bed: TestBed;
  let admin: Administrator;

  before(async () => {
    if (skip !== false) return;
    bed = await TestBed.open(source, { components });
    admin = new Administrator(bed.target);
    for (const { name } of components) await admin.create('/api/v1/namespaces', namespace(name));
    await holdByQuota(admin, 'pods', { pods: '0' });
    await holdByQuota(admin, 'count', { 'count/deployments.apps': '0' });
    await admin.create(POLICIES, policy);
    await admin.create(BINDINGS, policyBinding);
    await admin.patch('/api/v1/namespaces/restricted', enforce('restricted'));
    await waitUntil('the policy is in force', () => isRefused(bed, 'policy'));
    await bed.save();
  });
  after(async () => {
    await bed?.[Symbol.asyncDispose]();
    await source.close();
  });

  for (const { name, reason, message } of refusals) {
    it(`${name}: the component is degraded, with the object and why`, { skip }, async () => {
      const found = await bed.component(name, ({ phase }) => phase === 'Degraded');
      assert.equal(found.reason, reason);
      assert.match(found.message, message);
      await admin.get(`/api/v1/namespaces/${name}/configmaps/settings`);
    });
  }

  it('the component beside them is ready, and nothing is tried again and again', { skip }, async () => {
    await bed.component('fine', ({ phase }) => phase === 'Ready');
    const earlier = await bed.target.applyRequests();
    await bed.client.waitForRuns(RUNS);
    const applied = (await bed.target.applyRequests()) - earlier;
    assert.ok(applied <= MAXIMUM_APPLIES, `${applied} applies`);
  });

  it('everything becomes ready once the obstacles are gone', { skip }, async () => {
    for (const name of ['pods', 'count']) await admin.delete(`/api/v1/namespaces/${name}/resourcequotas/hold`);
    await admin.delete(`${BINDINGS}/no-deployments`);
    await admin.delete(`${POLICIES}/no-deployments`);
    await admin.patch('/api/v1/namespaces/restricted', enforce(null));
    for (const name of ['pods', 'restricted']) await restart(admin, name); // controllers wait minutes by now
    const status = await bed.ready();
    assert.deepEqual(
      status.components.filter(({ phase }) => phase !== 'Ready'),
      [],
    );
  });
});

function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

async function holdByQuota(admin: Administrator, name: string, hard: Readonly<Record<string, string>>): Promise<void> {
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'hold', namespace: name },
    spec: { hard },
  };
  await admin.create(`/api/v1/namespaces/${name}/resourcequotas`, quota);
  await waitUntil('the quota is in force', async () => {
    const { status } = await admin.get(`/api/v1/namespaces/${name}/resourcequotas/hold`);
    return (status as { hard?: unknown } | undefined)?.hard !== undefined;
  });
}

async function isRefused({ target }: TestBed, name: string): Promise<boolean> {
  const path = `/apis/apps/v1/namespaces/${name}/deployments?dryRun=All`;
  return (await target.request('POST', path, deployment(name, 'probe'))).status === 422;
}

function enforce(level: string | null): unknown {
  return { metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } } };
}

/** As `kubectl rollout restart` does. */
async function restart(admin: Administrator, name: string): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  const change = { spec: { template: { metadata: { annotations } } } };
  await admin.patch(`/apis/apps/v1/namespaces/${name}/deployments/main`, change, 'kubectl-rollout');
}

const policy: KubeObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'no-deployments' },
  spec: {
    matchConstraints: {
      resourceRules: [
        { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] },
      ],
    },
    validations: [{ expression: 'false', message: 'no Deployments here' }],
  },
};

const policyBinding: KubeObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'no-deployments' },
  spec: {
    policyName: 'no-deployments',
    validationActions: ['Deny'],
    matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'policy' } } },
  },
};

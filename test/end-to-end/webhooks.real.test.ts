import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { configMap, deployment } from '../../src/kube/testing/fixture.contract.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { AdmissionServer } from '../harness/admission-server.ts';
import { Administrator } from '../harness/administrator.ts';
import { realSource } from '../harness/real-source.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { waitUntil } from '../harness/wait-until.ts';

/** Only a real API server asks webhooks. */

/** In so many runs of the controllers what must not happen would have happened. */
const RUNS = 3;
/** Tries of the refused objects in that time; a loop would make hundreds. */
const MAXIMUM_APPLIES = 8;
const VALIDATING = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const MUTATING = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const MIRRORED = '/apis/apps/v1/namespaces/mirrored/deployments/main';
const MIRROR_IMAGE = 'mirror.example.test/main:1';

function component(name: string, category: TestComponent['category']): TestComponent {
  return { name, category, manifest: [configMap(name, 'settings'), deployment(name, 'main')] };
}

const components = [
  component('refused', 'deployment'),
  component('silent', 'secretSync'),
  component('mirrored', 'pipeline'),
  component('fine', 'eventListener'),
];

const source = await realSource();
const skip = source.unavailable ?? false;

describe("somebody's admission webhooks on a real control plane", () => {
  let bed: TestBed;
  let admin: Administrator;
  let webhooks: AdmissionServer;

  before(async () => {
    if (skip !== false) return;
    webhooks = await AdmissionServer.start({
      refuse: () => ({ allowed: false, message: 'not on my cluster' }),
      silence: () => 'hang',
      mirror: () => ({
        allowed: true,
        patch: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: MIRROR_IMAGE }],
      }),
      keep: () => ({ allowed: false, message: 'this stays' }),
    });
    bed = await TestBed.open(source, { components });
    admin = new Administrator(bed.target);
    await admin.create(VALIDATING, configuration('Validating', 'refuse', 'refused', ['CREATE', 'UPDATE']));
    await admin.create(VALIDATING, configuration('Validating', 'silence', 'silent', ['CREATE', 'UPDATE']));
    await admin.create(MUTATING, configuration('Mutating', 'mirror', 'mirrored', ['CREATE', 'UPDATE']));
    for (const { name } of components) {
      await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    for (const name of ['refused', 'silent']) {
      const path = `/apis/apps/v1/namespaces/${name}/deployments`;
      await waitUntil('the webhooks are in force', () => admin.isRefused(path, deployment(name, 'probe')));
    }
    await bed.save();
  });
  after(async () => {
    await bed?.[Symbol.asyncDispose]();
    await webhooks?.[Symbol.asyncDispose]();
    await source.close();
  });

  /** They see the Deployments of one namespace. */
  function configuration(
    kind: 'Validating' | 'Mutating',
    name: string,
    namespace: string,
    operations: readonly string[],
  ): KubeObject {
    const webhook = {
      name: `${name}.example.test`,
      clientConfig: webhooks.clientConfig(name),
      rules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations, resources: ['deployments'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Fail',
      timeoutSeconds: 1,
    };
    return {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: { name },
      webhooks: [webhook],
    };
  }

  it('one that refuses is named with what it says, and the rest of the component is there', { skip }, async () => {
    const found = await bed.component('refused', ({ phase }) => phase === 'Degraded');
    assert.equal(found.reason, 'ObjectForbidden');
    assert.match(found.message, /Deployment refused\/main .*refuse\.example\.test.*not on my cluster/);
    await admin.get('/api/v1/namespaces/refused/configmaps/settings');
  });

  it('one that does not answer is named, and what to do', { skip }, async () => {
    const found = await bed.component('silent', ({ phase }) => phase === 'Degraded');
    assert.equal(found.reason, 'ObjectWebhookFailed');
    assert.match(found.message, /Deployment silent\/main: .*silence\.example\.test/);
    await waitUntil('the remedy is said', async () => {
      const status = await bed.client.status(bed.name);
      return status?.conditions.some(({ type, remedy }) => type === 'ComponentsReady' && remedy !== '');
    });
  });

  it('one that changes what we apply is no drift: the component is ready', { skip }, async () => {
    await bed.component('mirrored', ({ phase }) => phase === 'Ready');
    assert.match(JSON.stringify((await admin.get(MIRRORED)).spec), new RegExp(`"image":"${MIRROR_IMAGE}"`));
    assert.deepEqual(await bed.messages('DriftRepaired'), []);
  });

  it('nothing is tried again and again', { skip }, async () => {
    await bed.component('fine', ({ phase }) => phase === 'Ready');
    const earlier = await bed.target.applyRequests();
    await bed.client.waitForRuns(RUNS);
    const applied = (await bed.target.applyRequests()) - earlier;
    assert.ok(applied <= MAXIMUM_APPLIES, `${applied} applies`);
  });

  it('a hand edit beside what the webhook changes is set back, once, and alone told of', { skip }, async () => {
    await admin.patch(MIRRORED, { spec: { replicas: 2 } });
    await waitUntil('the replicas are set back', async () => {
      return ((await admin.get(MIRRORED)).spec as { replicas: number }).replicas === 1;
    });
    const messages = await waitUntil('the repair is told of', async () => {
      const found = await bed.messages('DriftRepaired');
      return found.length > 0 && found;
    });
    assert.equal(messages.length, 1, messages.join('\n'));
    assert.match(messages[0] ?? '', /Deployment mirrored\/main: spec\.replicas set back \(changed by kubectl-edit\)/);
  });

  it('everything becomes ready once they are gone', { skip }, async () => {
    for (const name of ['refuse', 'silence']) await admin.delete(`${VALIDATING}/${name}`);
    await bed.ready();
  });

  it('one that refuses a deletion is named while that waits for it, and what it lets go leaves nothing', {
    skip,
  }, async () => {
    await admin.create(VALIDATING, configuration('Validating', 'keep', 'fine', ['DELETE']));
    await waitUntil('the webhook is in force', async () => {
      const path = '/apis/apps/v1/namespaces/fine/deployments/main?dryRun=All';
      return (await bed.target.request('DELETE', path)).status === 403;
    });
    const incarnation = await bed.delete();
    await waitUntil('the off-boarding says what holds it', async () => {
      const status = await bed.client.status(bed.name);
      const condition = status?.conditions.find(({ type }) => type === 'Offboarded');
      return /Deployment fine\/main.*this stays/.test(condition?.message ?? '');
    });
    await admin.delete(`${VALIDATING}/keep`);
    const receipt = await bed.receipt(incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
  });
});

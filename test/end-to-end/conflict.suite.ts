import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createCertificateAuthority } from '../../src/base/tls/x509.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { configMap, deployment } from '../../src/kube/testing/fixture.contract.ts';
import { isRecord, type KubeObject } from '../../src/kube-objects/kube-object.ts';
import { isPlatformSupported, Kubectl } from '../../tools/kubectl/kubectl.ts';
import { Administrator } from '../harness/administrator.ts';
import { type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { waitUntil } from '../harness/wait-until.ts';

const SETTINGS = '/api/v1/namespaces/tool/configmaps/settings';
const DEPLOYMENT = '/apis/apps/v1/namespaces/tool/deployments/tool';
const SCALED = '/apis/apps/v1/namespaces/scaled/deployments/scaled';
const HOOK = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/scaled';
const THEIRS = '/api/v1/namespaces/scaled/configmaps/theirs';
/** In so many runs of the controllers what must not happen would have happened. */
const RUNS = 3;
const [FIRST_BUNDLE, INJECTED_BUNDLE] = [certificateBundle(), certificateBundle()];

const OURS = { mode: 'ours', other: 'ours', fought: 'ours' };

const tool: TestComponent = {
  name: 'tool',
  category: 'deployment',
  manifest: [configMap('tool', 'settings', OURS), deployment('tool', 'tool')],
};

/** Its webhook is about a kind that nobody has. */
const hook: KubeObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'scaled' },
  webhooks: [
    {
      name: 'scaled.example.test',
      clientConfig: { service: { name: 'scaled', namespace: 'scaled', path: '/' }, caBundle: FIRST_BUNDLE },
      rules: [{ apiGroups: ['nobody.example.test'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['none'] }],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Ignore',
    },
  ],
};

const scaled: TestComponent = {
  name: 'scaled',
  category: 'secretSync',
  manifest: [deployment('scaled', 'scaled', 1), hook, configMap('scaled', 'theirs')],
  sharedFields: [
    { kind: 'Deployment', path: 'spec.replicas', owner: 'horizontal-pod-autoscaler' },
    { kind: 'ValidatingWebhookConfiguration', path: 'webhooks[*].clientConfig.caBundle', owner: 'certificates' },
  ],
};

/** What happens where others write to the objects that Nautes writes to. */
export function describeConflict(create: () => Promise<TargetClusterSource>, clusters: string): void {
  describe(`other field managers on ${clusters}`, async () => {
    const source = await create();
    const skip = source.unavailable ?? (isPlatformSupported() ? false : 'kubectl is brought for Linux on x64 only');
    let bed: TestBed;
    let admin: Administrator;
    let kubectl: Kubectl;

    before(async () => {
      if (skip !== false) return;
      bed = await TestBed.open(source, { components: [tool, scaled] });
      admin = new Administrator(bed.target);
      kubectl = await Kubectl.open(bed.target.kubeconfig);
    });
    after(async () => {
      await kubectl?.[Symbol.asyncDispose]();
      await bed?.[Symbol.asyncDispose]();
      await source.close();
    });

    async function settings(): Promise<unknown> {
      return (await admin.get(SETTINGS))['data'];
    }

    async function repaired(...parts: readonly string[]): Promise<void> {
      await waitUntil(`a repair of ${parts.join(', ')} is reported`, async () => {
        const messages = await bed.messages('DriftRepaired');
        return messages.some((message) => parts.every((part) => message.includes(part)));
      });
    }

    it("somebody's object in the way is found before the commit", { skip }, async () => {
      await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'scaled' } });
      await admin.create('/api/v1/namespaces/scaled/configmaps', configMap('scaled', 'theirs', { a: 'theirs' }));
      const refused = await bed.client.save(bed.name, workerBody(bed.target));
      assert.equal(refused.status, 400, JSON.stringify(refused.body));
      assert.match(JSON.stringify(refused.body), /ComponentForeign.*ConfigMap scaled\/theirs/);
    });

    it('and nothing of its component is applied, every other component becomes ready', { skip }, async () => {
      await bed.save({}, '?insecure_skip_check=true');
      const component = await bed.component('scaled', ({ reason }) => reason === 'ComponentForeign');
      assert.equal(component.phase, 'Degraded');
      assert.match(component.message, /ConfigMap scaled\/theirs/);
      await bed.component('tool', ({ phase }) => phase === 'Ready');
      assert.deepEqual((await admin.get(THEIRS))['data'], { a: 'theirs' });
      assert.equal(await admin.find(SCALED), undefined);
      assert.equal(await admin.find(HOOK), undefined);
    });

    it('once it is out of the way the component becomes ready', { skip }, async () => {
      await admin.delete(THEIRS);
      await bed.ready();
      assert.deepEqual((await admin.get(THEIRS))['data'], { a: '1' });
    });

    it('what kubectl apply takes over is forced back, what it adds is left', { skip }, async () => {
      const other = configMap('tool', 'settings', { mode: 'theirs', added: 'theirs' });
      const args = ['apply', '--server-side', '--force-conflicts', '--field-manager', 'deploy-script', '-f', '-'];
      await kubectl.output(args, { input: stringifyYaml(other) });
      await repaired('ConfigMap tool/settings', 'data.mode', 'deploy-script');
      assert.deepEqual(await settings(), { ...OURS, added: 'theirs' });
    });

    it('client-side apply, edit, set and delete of kubectl are undone, each with its name', { skip }, async () => {
      const other = configMap('tool', 'settings', { other: 'theirs' });
      await kubectl.output(['apply', '-f', '-'], { input: stringifyYaml(other) });
      await repaired('ConfigMap tool/settings', 'data.other', 'kubectl-client-side-apply');
      await kubectl.output(['set', 'image', 'deployment/tool', 'main=elsewhere.test/main:2', '--namespace', 'tool']);
      await repaired('Deployment tool/tool', 'containers[name=main].image', 'kubectl-set');
      await kubectl.output([
        'label',
        'deployment/tool',
        'app.kubernetes.io/managed-by=me',
        '--overwrite',
        '-n',
        'tool',
      ]);
      await repaired('Deployment tool/tool', 'metadata.labels', 'kubectl-label');
      await kubectl.output(['delete', 'configmap', 'settings', '--namespace', 'tool']);
      await repaired('ConfigMap tool/settings', 'deleted');
      assert.deepEqual(await settings(), OURS);
      assert.match(JSON.stringify((await admin.get(DEPLOYMENT)).spec), /"example\.test\/main:1"/);
      await bed.ready();
    });

    it('replicas of an autoscaler and an injected certificate bundle are left', { skip }, async () => {
      const scale = { spec: { replicas: 3 } };
      await admin.patch(`${SCALED}/scale`, scale, 'horizontal-pod-autoscaler');
      const webhooks = [{ name: 'scaled.example.test', clientConfig: { caBundle: INJECTED_BUNDLE } }];
      await admin.apply(HOOK, { ...hook, webhooks }, 'certificates');
      await bed.client.waitForRuns(RUNS);
      assert.equal(replicasOf(await admin.get(SCALED)), 3);
      const { webhooks: found } = await admin.get(HOOK);
      assert.ok(JSON.stringify(found).includes(`"caBundle":"${INJECTED_BUNDLE}"`));
      const messages = await bed.messages('DriftRepaired');
      assert.deepEqual(
        messages.filter((message) => /scaled/.test(message)),
        [],
      );
      await bed.ready();
    });

    it('replicas that a person has set are forced back although an autoscaler may set them', { skip }, async () => {
      await kubectl.output(['scale', 'deployment/scaled', '--replicas=5', '--namespace', 'scaled']);
      await repaired('Deployment scaled/scaled', 'spec.replicas');
      assert.equal(replicasOf(await admin.get(SCALED)), 1);
    });

    it('a field that is changed again and again is contested: named with who does it, and left', { skip }, async () => {
      const isTheirs = async (): Promise<boolean> => {
        const data = await settings();
        return isRecord(data) && data['fought'] === 'mine';
      };
      for (let round = 0; round < 3; round += 1) {
        await admin.patch(SETTINGS, { data: { fought: 'mine' } }, 'kubectl-patch');
        await waitUntil('it is set back', async () => !(await isTheirs()));
      }
      const component = await bed.component('tool', ({ reason }) => reason === 'FieldContested');
      assert.equal(component.phase, 'Degraded');
      assert.match(component.message, /kubectl-patch .*data\.fought of ConfigMap tool\/settings/);
      await admin.patch(SETTINGS, { data: { fought: 'mine' } }, 'kubectl-patch');
      const applied = await bed.target.applyRequests();
      const generation = await bed.save({ primary_domain: 'example.test' }); // everything is checked
      await bed.client.waitFor(
        bed.name,
        (status) =>
          status?.observedGeneration === generation &&
          status.conditions.some(({ type, reason }) => type === 'Ready' && reason === 'ComponentsDegraded'),
        'the end of its run',
      );
      assert.ok(await isTheirs(), 'the fight is over');
      assert.equal(await bed.target.applyRequests(), applied);
    });

    it('everything of ours goes, what was there before us stays', { skip }, async () => {
      const receipt = await bed.deregister();
      assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt.remaining));
      assert.ok(await admin.find('/api/v1/namespaces/scaled'));
      assert.equal(await admin.find(SCALED), undefined);
      assert.equal(await admin.find(HOOK), undefined);
      await admin.waitUntilGone('/api/v1/namespaces/tool');
    });

    it("somebody's object in the way survives the deletion", { skip }, async () => {
      await admin.create(`/api/v1/namespaces/scaled/configmaps`, configMap('scaled', 'theirs', { a: 'theirs' }));
      await bed.save({}, '?insecure_skip_check=true');
      await bed.component('scaled', ({ reason }) => reason === 'ComponentForeign');
      const receipt = await bed.deregister();
      assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt.remaining));
      assert.deepEqual((await admin.get(THEIRS))['data'], { a: 'theirs' });
      assert.equal(await admin.find(SCALED), undefined);
    });
  });
}

function replicasOf({ spec }: KubeObject): unknown {
  return isRecord(spec) ? spec['replicas'] : undefined;
}

function certificateBundle(): string {
  return Buffer.from(createCertificateAuthority({ commonName: 'scaled' }).certificate).toString('base64');
}

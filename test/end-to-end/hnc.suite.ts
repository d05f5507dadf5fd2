import type { ConditionView } from '../../src/contract/views.ts';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { configMap, deployment } from '../../src/kube/testing/fixture.contract.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { parseManifest } from '../../src/kube-objects/manifest.ts';
import type { ReceiptView } from '../../src/contract/views.ts';
import { isPlatformSupported, Kubectl } from '../../tools/kubectl/kubectl.ts';
import { Administrator } from '../harness/administrator.ts';
import { inventoryOf, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { publishedManifest, publishedManifestsProblem } from '../harness/upstream-catalog.ts';
import { waitUntil } from '../harness/wait-until.ts';

/** As published: with webhooks that see every namespace, and an aggregated API whose Service selects no pod. */
const MANIFEST = publishedManifest('hnc-v1.1.0.yaml');
const WEBHOOK = /namespaces\.hnc\.x-k8s\.io/;
const API_GROUP = /resources\.hnc\.x-k8s\.io\/v1alpha2/;
const API_SERVICE = '/apis/apiregistration.k8s.io/v1/apiservices/v1alpha2.resources.hnc.x-k8s.io';
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const OWN_WEBHOOKS = `${WEBHOOKS}/hnc-validating-webhook-configuration`;
const MANAGER = '/apis/apps/v1/namespaces/hnc-system/deployments/hnc-controller-manager';
const SETTINGS = '/api/v1/namespaces/tool/configmaps/settings';
const BINDINGS = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const ACCOUNTS = '/api/v1/namespaces/nautes-system/serviceaccounts';

const tool: TestComponent = {
  name: 'tool',
  category: 'deployment',
  manifest: [configMap('tool', 'settings'), deployment('tool', 'tool')],
};

/**
 * The Hierarchical Namespace Controller while it does not answer: nobody can write a namespace, and no namespace ends.
 * @param graceSeconds short, for the ends that it forces; longer than a deletion that nothing holds takes
 */
export function describeHnc(create: () => Promise<TargetClusterSource>, clusters: string, graceSeconds: number): void {
  describe(`HNC that does not answer, installed by somebody else on ${clusters}`, async () => {
    const source = await create();
    const skip = (await unavailable(source)) ?? false;
    let bed: TestBed;
    let admin: Administrator;
    let kubectl: Kubectl;

    before(async () => {
      if (skip !== false) return;
      bed = await TestBed.open(source, { components: [tool], controllers: { graceSeconds } });
      admin = new Administrator(bed.target);
      kubectl = await Kubectl.open(bed.target.kubeconfig);
      await installByHand(admin, kubectl);
    });
    after(async () => {
      await kubectl?.[Symbol.asyncDispose]();
      await bed?.[Symbol.asyncDispose]();
      await source.close();
    });

    it('a plan says what will be in the way', { skip }, async () => {
      const { status, body } = await bed.client.request('POST', '/api/v1/clusters/one/plan', workerBody(bed.target));
      assert.equal(status, 200, JSON.stringify(body));
      const findings = (body['findings'] as { severity: string; message: string }[]).map(({ message }) => message);
      assert.ok(
        findings.some((message) => WEBHOOK.test(message)),
        findings.join('\n'),
      );
      assert.ok(
        findings.some((message) => API_GROUP.test(message)),
        findings.join('\n'),
      );
    });

    it('our first write that it refuses is named with the webhook', { skip }, async () => {
      await bed.save();
      const condition = await conditionOf(bed, 'CredentialReady', ({ status }) => status === 'False');
      assert.equal(condition.reason, 'ObjectWebhookFailed');
      assert.match(condition.message, /Namespace nautes-system/);
      assert.match(condition.message, WEBHOOK);
      assert.notEqual(condition.remedy, '');
    });

    it('without its webhooks everything becomes ready, although its API still does not answer', { skip }, async () => {
      await admin.delete(OWN_WEBHOOKS);
      await bed.ready();
      const { status } = await admin.get(API_SERVICE);
      assert.match(JSON.stringify(status), /"status":"False"/);
    });

    it('drift is found and repaired all the same', { skip }, async () => {
      await admin.delete(SETTINGS);
      await waitUntil('the object is made again', () => admin.find(SETTINGS));
      await bed.ready();
    });

    it('a deletion that its webhook refuses ends with the grace period: what stays is named, our rights end', {
      skip,
    }, async () => {
      await installByHand(admin, kubectl);
      const incarnation = await bed.delete();
      await conditionOf(bed, 'Offboarded', ({ message }) => WEBHOOK.test(message));
      const receipt = await bed.receipt(incarnation);
      assert.equal(receipt.outcome, 'Incomplete');
      assert.deepEqual(remainingNames(receipt), ['Namespace nautes-system', 'Namespace tool']);
      for (const { reason, command } of receipt.remaining) {
        assert.match(reason, WEBHOOK);
        assert.match(command, /^kubectl delete namespace (nautes-system|tool)$/);
      }
      assert.deepEqual(await admin.namesOfOurs(BINDINGS), [], 'our account has no rights any more');
      await waitUntil('our account is gone', async () => (await admin.namesOfOurs(ACCOUNTS)).length === 0);
      assert.equal(await admin.find(SETTINGS), undefined);
      assert.ok(await admin.find(API_SERVICE), 'it is not ours to remove');
    });

    it('a deletion that its API keeps from ending is told of, with the API', { skip }, async () => {
      await admin.delete(OWN_WEBHOOKS);
      await bed.register();
      const incarnation = await bed.delete();
      await conditionOf(bed, 'Offboarded', ({ message }) => API_GROUP.test(message));
      const receipt = await bed.receipt(incarnation);
      assert.equal(receipt.outcome, 'Incomplete');
      assert.deepEqual(remainingNames(receipt), ['Namespace tool']);
      assert.match(receipt.remaining[0]?.reason ?? '', API_GROUP);
      await admin.delete(API_SERVICE);
      for (const name of ['tool', 'nautes-system']) {
        const path = `/api/v1/namespaces/${name}`;
        if ((await admin.find(path)) !== undefined)
          await admin.patch(path, { metadata: { annotations: { 'example.test/wake': 'now' } } }); // it waits a minute
        await admin.waitUntilGone(path);
      }
    });
  });

  describe(`HNC that does not answer, as a component on ${clusters}`, async () => {
    const source = await create();
    const skip = (await unavailable(source)) ?? false;
    let bed: TestBed;
    let admin: Administrator;
    let untouched: readonly string[];

    before(async () => {
      if (skip !== false) return;
      const hnc: TestComponent = {
        name: 'hnc',
        category: 'multiTenant',
        namespace: 'hnc-system',
        after: ['*'],
        omit: [],
        manifest: await manifest(),
      };
      bed = await TestBed.open(source, { components: [tool, hnc], controllers: { graceSeconds } });
      admin = new Administrator(bed.target);
      untouched = await inventoryOf(bed.target);
    });
    after(async () => {
      await bed?.[Symbol.asyncDispose]();
      await source.close();
    });

    it('everything is applied, and its API is named as what is not ready', { skip }, async () => {
      await bed.save();
      const component = await bed.component('hnc', ({ message }) => message.includes('APIService'));
      assert.match(component.message, /APIService v1alpha2\.resources\.hnc\.x-k8s\.io: .*hnc-resourcelist/);
      assert.equal(component.phase, 'Installing');
      await bed.component('tool', ({ phase }) => phase === 'Ready');
      assert.ok(await admin.find(OWN_WEBHOOKS));
    });

    it('drift of the component beside it is repaired', { skip }, async () => {
      await admin.delete(SETTINGS);
      await waitUntil('the object is made again', () => admin.find(SETTINGS));
      await bed.component('tool', ({ phase }) => phase === 'Ready');
    });

    it('everything goes without a trace', { skip }, async () => {
      const receipt = await bed.deregister();
      assert.deepEqual([receipt.outcome, receipt.remaining, receipt.left], ['Complete', [], []]);
      await admin.waitUntilGone('/api/v1/namespaces/nautes-system');
      await waitUntil('only what was there before is left', async () => {
        return (await inventoryOf(bed.target)).join() === untouched.join();
      });
    });
  });
}

async function unavailable(source: TargetClusterSource): Promise<string | undefined> {
  const missing = source.unavailable ?? (await publishedManifestsProblem());
  if (missing !== undefined) return missing;
  return isPlatformSupported() ? undefined : 'kubectl is brought for Linux on x64 only';
}

async function manifest(): Promise<readonly KubeObject[]> {
  return parseManifest(await readFile(MANIFEST));
}

/** As its users install it; its manager has no pods then, so that nobody answers its webhooks. */
async function installByHand(admin: Administrator, kubectl: Kubectl): Promise<void> {
  const objects = await manifest();
  const isLast = ({ kind }: KubeObject): boolean => kind.endsWith('WebhookConfiguration');
  const apply = async (parts: readonly KubeObject[]): Promise<void> => {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: parts });
    await kubectl.output(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input });
  };
  await apply(objects.filter((object) => !isLast(object)));
  await admin.patch(MANAGER, { spec: { replicas: 0 } });
  await apply(objects.filter(isLast));
  await waitUntil('its webhooks are in force', async () => {
    const probe = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'probe' } };
    return await admin.isRefused('/api/v1/namespaces', probe);
  });
  await waitUntil('its API is known to be away', async () => {
    return /"status":"False"/.test(JSON.stringify((await admin.get(API_SERVICE)).status ?? ''));
  });
}

/** Waits until a condition is as the test says. */
async function conditionOf(
  bed: TestBed,
  type: string,
  test: (condition: ConditionView) => boolean,
): Promise<ConditionView> {
  return await waitUntil(`the condition ${type} as wanted`, async () => {
    const status = await bed.client.status(bed.name);
    const condition = status?.conditions.find((candidate) => candidate.type === type);
    return condition !== undefined && test(condition) && condition;
  });
}

function remainingNames({ remaining }: ReceiptView): readonly string[] {
  return remaining.map(({ kind, name }) => `${kind} ${name}`).sort();
}

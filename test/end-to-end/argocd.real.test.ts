import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { StatusView } from '../../src/contract/views.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { configMap } from '../../src/kube/testing/fixture.contract.ts';
import { Administrator } from '../harness/administrator.ts';
import {
  ArgoCdSurroundings,
  argoCdUnavailable,
  isPublishedToArgoCd,
  namespace,
} from '../harness/argocd-surroundings.ts';
import { realSource } from '../harness/real-source.ts';
import { inventoryOf } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { waitUntil } from '../harness/wait-until.ts';

const tool: TestComponent = { name: 'tool', category: 'deployment', manifest: [configMap('tool', 'settings')] };

/** A folder of the repository: a person deploys it to the cluster by its name. */
const SHOP = 'shop';
/** Another, for all clusters with our label. */
const AGENT = 'agent';
const SETTINGS = `/api/v1/namespaces/${SHOP}/configmaps/settings`;
const ARGO_ACCOUNTS = '/api/v1/namespaces/nautes-system/serviceaccounts';
const ACCOUNT_SECRETS = '/api/v1/namespaces/nautes-system/secrets';

const source = await realSource();
const skip = (await argoCdUnavailable()) ?? source.unavailable ?? false;

function deployment(where: string): KubeObject {
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: where },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'registry.example.org/web:1' }] } },
    },
  };
}

describe('a real Argo CD works with the clusters that are published to it', { skip }, () => {
  let surroundings: ArgoCdSurroundings;
  let bed: TestBed;
  let target: Administrator;
  let untouched: readonly string[];

  before(async () => {
    surroundings = await ArgoCdSurroundings.start();
    const publish = { argocd: { enabled: true } };
    const management = { kubeconfig: surroundings.kubeconfigFile, publish };
    bed = await TestBed.open(source, { components: [tool], configuration: { management } });
    target = new Administrator(bed.target);
    untouched = await inventoryOf(bed.target);
  });
  after(async () => {
    await bed?.[Symbol.asyncDispose]();
    await surroundings?.[Symbol.asyncDispose]();
    await source.close();
  });

  const settings = async (): Promise<unknown> => (await target.find(SETTINGS))?.['data'];

  /** Commits the value, and waits until it is on the cluster. */
  async function deploy(value: string): Promise<void> {
    const commit = await surroundings.repository.commit(SHOP, [configMap(SHOP, 'settings', { value })]);
    await surroundings.refresh(SHOP);
    await surroundings.waitUntilSynced(SHOP, commit);
    assert.deepEqual(await settings(), { value });
  }

  it('deploys from Git to a cluster that was registered, by our Secret', async () => {
    await bed.register();
    await bed.client.waitFor(bed.name, isPublishedToArgoCd, 'published');
    const objects = [namespace(SHOP), configMap(SHOP, 'settings', { value: 'first' }), deployment(SHOP)];
    const commit = await surroundings.repository.commit(SHOP, objects);
    await surroundings.createApplication(SHOP, bed.name);
    await surroundings.waitUntilSynced(SHOP, commit);
    assert.deepEqual(await settings(), { value: 'first' });
  });

  it('sets back what is changed by hand on the cluster', async () => {
    await target.patch(SETTINGS, { data: { value: 'by hand' } });
    await waitUntil('the hand edit to be set back', async () => {
      return JSON.stringify(await settings()) === JSON.stringify({ value: 'first' });
    });
  });

  it('keeps deploying while Nautes rotates its own credential, and does not list the cluster again', async () => {
    const { credential } = await bed.ready();
    const published = await surroundings.findSecret(bed.name);
    assert.equal((await bed.client.request('POST', `/api/v1/clusters/${bed.name}/rotate`)).status, 200);
    const isRotated = (status: StatusView | undefined): boolean =>
      status?.phase === 'Ready' && status.credential.rotatedAt !== credential.rotatedAt;
    await bed.client.waitFor(bed.name, isRotated, 'a new credential');
    await deploy('after the rotation');
    const now = await surroundings.findSecret(bed.name);
    assert.equal(now?.metadata.resourceVersion, published?.metadata.resourceVersion);
  });

  it('keeps deploying with another token when its token was revoked on the cluster', async () => {
    for (const name of await target.namesOfOurs(ACCOUNT_SECRETS)) {
      if (name.includes('argocd')) await target.delete(`${ACCOUNT_SECRETS}/${name}`);
    }
    await waitUntil('another token', async () => (await bed.messages('PublicationRepaired')).length > 0);
    await deploy('after the revocation');
  });

  it('follows an ApplicationSet that selects clusters by our labels', async () => {
    const commit = await surroundings.repository.commit(AGENT, [namespace(AGENT), configMap(AGENT, 'agent')]);
    await surroundings.createApplicationSet(AGENT, { matchLabels: { 'cluster.nautes.io/usage': 'worker' } });
    await surroundings.waitUntilSynced(`${bed.name}-${AGENT}`, commit);
    assert.ok(await target.find(`/api/v1/namespaces/${AGENT}/configmaps/agent`));
  });

  it('keeps the cluster from being deleted while an Application that a person made points to it', async () => {
    const refused = await bed.client.delete(bed.name);
    assert.equal(refused.status, 409);
    assert.equal(refused.body['reason'], 'CLUSTER_IN_USE');
    assert.match(String(refused.body['message']), new RegExp(`argocd/${SHOP}\\b`));
    assert.doesNotMatch(String(refused.body['message']), new RegExp(`${bed.name}-${AGENT}`));
    await bed.client.waitForRuns(2);
    assert.ok(await surroundings.findSecret(bed.name));
    await deploy('after the refusal');
  });

  it('lets the cluster go with everything that it has deployed there when the cluster is deleted', async () => {
    await surroundings.deleteApplication(SHOP);
    const receipt = await bed.deregister();
    assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt));
    assert.deepEqual(receipt.left, []);
    assert.equal(await surroundings.findApplication(`${bed.name}-${AGENT}`), undefined);
    assert.equal(await surroundings.findSecret(bed.name), undefined);
    assert.equal(await target.find(`/api/v1/namespaces/${AGENT}/configmaps/agent`), undefined);
    assert.equal(await target.find(`${ARGO_ACCOUNTS}/nautes-argocd`), undefined);
    for (const name of [SHOP, AGENT, 'nautes-system']) await target.waitUntilGone(`/api/v1/namespaces/${name}`);
    assert.deepEqual(await inventoryOf(bed.target), untouched);
  });
});

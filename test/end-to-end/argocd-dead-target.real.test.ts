import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ReceiptView } from '../../src/contract/views.ts';
import { configMap } from '../../src/kube/testing/fixture.contract.ts';
import {
  ArgoCdSurroundings,
  argoCdUnavailable,
  isPublishedToArgoCd,
  namespace,
} from '../harness/argocd-surroundings.ts';
import { realSource } from '../harness/real-source.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { waitUntil } from '../harness/wait-until.ts';

const tool: TestComponent = { name: 'tool', category: 'deployment', manifest: [configMap('tool', 'settings')] };
/** Deployed by a person, who names the cluster. */
const SHOP = 'shop';
/** Deployed to all clusters with our label. */
const AGENT = 'agent';
/** How long a deletion waits for a cluster that does not answer. */
const GRACE_SECONDS = 15;

const source = await realSource();
const skip = (await argoCdUnavailable()) ?? source.unavailable ?? false;

describe('a real Argo CD and a published cluster that does not answer any more', { skip }, () => {
  let surroundings: ArgoCdSurroundings;
  let bed: TestBed;
  let receipt: ReceiptView;

  before(async () => {
    surroundings = await ArgoCdSurroundings.start();
    const management = { kubeconfig: surroundings.kubeconfigFile, publish: { argocd: { enabled: true } } };
    bed = await TestBed.open(source, {
      components: [tool],
      controllers: { graceSeconds: GRACE_SECONDS },
      configuration: { management },
    });
    await bed.register();
    await bed.client.waitFor(bed.name, isPublishedToArgoCd, 'published');
    await surroundings.repository.commit(SHOP, [namespace(SHOP), configMap(SHOP, 'settings')]);
    const commit = await surroundings.repository.commit(AGENT, [namespace(AGENT), configMap(AGENT, 'agent')]);
    await surroundings.createApplication(SHOP, bed.name);
    await surroundings.createApplicationSet(AGENT, { matchLabels: { 'cluster.nautes.io/usage': 'worker' } });
    await surroundings.waitUntilSynced(SHOP, commit);
    await surroundings.waitUntilSynced(`${bed.name}-${AGENT}`, commit);
  });
  after(async () => {
    await bed?.[Symbol.asyncDispose]();
    await surroundings?.[Symbol.asyncDispose]();
    await source.close();
  });

  it('a forced deletion ends, and names the Application that loses the cluster and what it could not remove', async () => {
    await bed.target.setReachable(false);
    receipt = await bed.deregister('?force=true');
    assert.notEqual(receipt.outcome, 'Complete');
    assert.ok(
      receipt.left.some(({ kind, name }) => kind === 'Application' && name === SHOP),
      JSON.stringify(receipt.left),
    );
  });

  it('the cluster is gone from Argo CD', async () => {
    assert.equal(await surroundings.findSecret(bed.name), undefined);
  });

  it('the Application of the ApplicationSet hung in its deletion until the Secret went, and is gone', async () => {
    const isGone = async (): Promise<boolean> =>
      (await surroundings.findApplication(`${bed.name}-${AGENT}`)) === undefined;
    await waitUntil('the end of the Application', isGone);
  });

  it('the Application that a person made stays, without a cluster, and can be deleted', async () => {
    assert.ok(await surroundings.findApplication(SHOP));
    await surroundings.deleteApplication(SHOP);
  });

  it('what was deployed is still on the cluster when that comes back', async () => {
    await bed.target.setReachable(true);
    for (const name of [SHOP, AGENT]) {
      const { status } = await bed.target.request('GET', `/api/v1/namespaces/${name}`);
      assert.equal(status, 200);
    }
  });
});

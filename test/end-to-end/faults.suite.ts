import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { configMap, deployment, widget, widgetDefinition } from '../../src/kube/testing/fixture.contract.ts';
import { isRecord, type KubeObject } from '../../src/kube-objects/kube-object.ts';
import { Administrator } from '../harness/administrator.ts';
import type { TargetClusterSource } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { PATIENCE_MILLISECONDS, waitUntil } from '../harness/wait-until.ts';

const GROUP = 'tool.example.test';
const COUNT = 300;
const CHANGED_BY_HAND = 100;
const SETTINGS = '/api/v1/namespaces/tool/configmaps';

const names = Array.from({ length: COUNT }, (_, index) => `settings-${index}`);

/** Objects that single tests change: one that is changed three times within ten minutes counts as contested. */
const EDITED = { certificate: 'settings-0', authority: 'settings-1' };

/** Enough objects for an interruption to come in the middle of them. */
const tool: TestComponent = {
  name: 'tool',
  category: 'deployment',
  manifest: [
    widgetDefinition(GROUP),
    ...names.map((name) => configMap('tool', name)),
    widget(GROUP, 'tool', 'one'),
    deployment('tool', 'tool'),
  ],
};

/** API servers that go and come back, other certificates, and many changes at a time. */
export function describeFaults(create: () => Promise<TargetClusterSource>, clusters: string): void {
  describe(`faults of ${clusters}`, async () => {
    const source = await create();
    const skip = source.unavailable ?? false;
    let bed: TestBed;
    let admin: Administrator;

    before(async () => {
      if (skip !== false) return;
      bed = await TestBed.open(source, { components: [tool] });
      admin = new Administrator(bed.target);
    });
    after(async () => {
      await bed?.[Symbol.asyncDispose]();
      await source.close();
    });

    it('an API server that is killed in the middle of an installation and comes back gets it done', {
      skip,
    }, async () => {
      await bed.save();
      const begun = ({ components }: { components: readonly unknown[] }): boolean => components.length > 0;
      await bed.client.waitFor(bed.name, (status) => status !== undefined && begun(status), 'components', 60_000);
      await bed.target.setReachable(false);
      const gone = await bed.client.waitFor(
        bed.name,
        (status) => status?.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'False') === true,
        'not being ready',
      );
      assert.notEqual(gone.phase, 'Ready');
      await unreachable();
      await bed.target.setReachable(true);
      await bed.ready();
      assert.equal((await settings()).length, COUNT);
      assert.ok(await admin.find(`/apis/${GROUP}/v1/namespaces/tool/widgets/one`));
    });

    it('an API server that restarts while all is well leaves no trace', { skip }, async () => {
      const writes = await writtenSince(async () => {
        await bed.target.setReachable(false);
        await unreachable();
        await bed.target.setReachable(true);
        await bed.ready();
      });
      assert.equal(writes, 0);
    });

    it('another certificate of the API server is taken without a word', { skip }, async () => {
      await bed.target.replaceServerCertificate();
      const name = EDITED.certificate;
      await waitUntil('the API server is back', async () => (await change(name)) === 200);
      await waitUntil('the change is set back', async () => (await valueOf(name)) === '1');
      await bed.ready();
    });

    it('a certificate of another authority is not believed, and what to do is said', { skip }, async () => {
      await bed.target.replaceAuthority();
      const condition = await waitUntil('the cluster is not believed', async () => {
        const status = await bed.client.status(bed.name);
        const reachable = status?.conditions.find(({ type }) => type === 'Reachable');
        return reachable?.reason === 'ClusterCertificateUntrusted' && status?.phase === 'Degraded' && reachable;
      });
      assert.equal(condition.status, 'False');
      assert.match(condition.remedy, /save the cluster again with a new kubeconfig/);
    });

    it('saved again with a kubeconfig that knows the authority, it continues where it was', { skip }, async () => {
      const writes = await writtenSince(async () => {
        await bed.save();
        await bed.ready();
      });
      assert.equal(writes, 0);
      const name = EDITED.authority;
      assert.equal(await change(name), 200);
      await waitUntil('the change is set back', async () => (await valueOf(name)) === '1');
      await bed.ready();
    });

    it('a hundred objects changed by hand are all set back and told of', { skip }, async () => {
      const changed = names.slice(-CHANGED_BY_HAND);
      for (const name of changed) assert.equal(await change(name), 200);
      await waitUntil('all are set back', async () => {
        return (await settings()).every((object) => isRecord(object['data']) && object['data']['a'] === '1');
      });
      await bed.ready();
      const told = await waitUntil('all are told of', async () => {
        const messages = await bed.messages('DriftRepaired');
        return changed.every((name) => messages.some((message) => message.includes(`tool/${name}:`))) && messages;
      });
      assert.ok(told.every((message) => message.includes('kubectl-edit')));
    });

    it('everything goes', { skip }, async () => {
      const receipt = await bed.deregister();
      assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt.remaining));
      assert.ok(receipt.removed.length > COUNT);
    });

    /** Waits until the server has noticed that it cannot reach the cluster. */
    async function unreachable(): Promise<void> {
      await bed.client.waitFor(
        bed.name,
        (status) => status?.conditions.some(({ type, status: is }) => type === 'Reachable' && is !== 'True') === true,
        'not being reachable',
      );
    }

    async function settings(): Promise<readonly KubeObject[]> {
      const list = (await admin.get(SETTINGS)) as unknown as { items: readonly KubeObject[] };
      return list.items.filter(({ metadata }) => metadata.name.startsWith('settings-'));
    }

    async function change(name: string): Promise<number> {
      const path = `${SETTINGS}/${name}?fieldManager=kubectl-edit`;
      const body = { data: { a: 'changed' } };
      const reply = bed.target.request('PATCH', path, body, 'application/merge-patch+json');
      return await reply.then(
        ({ status }) => status,
        () => 0,
      );
    }

    async function valueOf(name: string): Promise<unknown> {
      const { data } = await admin.get(`${SETTINGS}/${name}`);
      return isRecord(data) ? data['a'] : undefined;
    }

    /** Objects of the component that the action has led to writes of. */
    async function writtenSince(action: () => Promise<void>): Promise<number> {
      const versions = async (): Promise<ReadonlyMap<string, unknown>> =>
        new Map((await settings()).map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
      const earlier = await versions();
      await action();
      const later = await waitUntil(
        'the cluster answers',
        () => versions().catch(() => undefined),
        PATIENCE_MILLISECONDS,
      );
      return [...later].filter(([name, version]) => earlier.get(name) !== version).length;
    }
  });
}

import type { ConditionView } from '../../src/contract/views.ts';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { configMap, deployment, widget, widgetDefinition } from '../../src/kube/testing/fixture.contract.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { Administrator } from '../harness/administrator.ts';
import type { TargetClusterSource } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { waitUntil } from '../harness/wait-until.ts';

const GROUP = 'tool.example.test';
const DEFINITION = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${GROUP}`;
const WIDGETS = `/apis/${GROUP}/v1/namespaces/default/widgets`;
const CONFIG_MAPS = '/api/v1/namespaces/tool/configmaps';
const NAMESPACE = '/api/v1/namespaces/tool';
const API_SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices';
const FINALIZER = 'example.test/hold';

const tool: TestComponent = {
  name: 'tool',
  category: 'deployment',
  manifest: [widgetDefinition(GROUP), configMap('tool', 'settings'), deployment('tool', 'tool')],
};

/**
 * What keeps clusters from being off-boarded, and how that ends.
 * @param graceSeconds short, for the ends that it forces; longer than a deletion that nothing holds takes
 */
export function describeDeletion(
  create: () => Promise<TargetClusterSource>,
  clusters: string,
  graceSeconds: number,
): void {
  describe(`deletion with hazards on ${clusters}`, async () => {
    const source = await create();
    const skip = source.unavailable ?? false;
    let bed: TestBed;
    let admin: Administrator;

    before(async () => {
      if (skip !== false) return;
      bed = await TestBed.open(source, { components: [tool], controllers: { graceSeconds } });
      admin = new Administrator(bed.target);
    });
    after(async () => {
      await bed?.[Symbol.asyncDispose]();
      await source.close();
    });

    /** Waits until the cluster that goes says so in the message. */
    async function progress(expected: RegExp): Promise<ConditionView> {
      return await waitUntil(`the off-boarding says ${expected}`, async () => {
        const status = await bed.client.status(bed.name);
        const condition = status?.conditions.find(({ type }) => type === 'Offboarded');
        return condition !== undefined && expected.test(condition.message) ? condition : undefined;
      });
    }

    it('what users have made of our kinds is a reason to refuse, and is named', { skip }, async () => {
      await bed.register();
      await admin.create(WIDGETS, widget(GROUP, 'default', 'app'));
      const reply = await bed.client.delete(bed.name);
      assert.equal(reply.status, 409, JSON.stringify(reply.body));
      assert.match(JSON.stringify(reply.body), /Widget default\/app/);
      assert.equal((await bed.client.status(bed.name))?.phase, 'Ready');
    });

    it('forced, it goes with what users have made', { skip }, async () => {
      const receipt = await bed.deregister('?force=true');
      assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt.remaining));
      assert.equal(receipt.forced, true);
      assert.deepEqual(receipt.left, []);
      await admin.waitUntilGone(DEFINITION);
      await admin.waitUntilGone(NAMESPACE);
    });

    it('finalizers that nobody serves are named with what they hold, and the end comes with the grace period', {
      skip,
    }, async () => {
      await bed.register();
      await admin.create(WIDGETS, held(widget(GROUP, 'default', 'app')));
      await admin.create(CONFIG_MAPS, held(configMap('tool', 'notes')));
      const refused = await bed.client.delete(bed.name);
      assert.equal(refused.status, 409);
      assert.match(JSON.stringify(refused.body), /Widget default\/app.*ConfigMap tool\/notes/);
      const incarnation = await bed.delete('?force=true');
      await progress(/Widget default\/app waits for example\.test\/hold/);
      const { outcome, remaining } = await bed.receipt(incarnation);
      assert.equal(outcome, 'Incomplete');
      const byKind = new Map(remaining.map((object) => [object.kind, object]));
      assert.deepEqual([...byKind.keys()].sort(), ['CustomResourceDefinition', 'Namespace']);
      const definition = byKind.get('CustomResourceDefinition');
      assert.match(definition?.reason ?? '', /Widget default\/app waits for example\.test\/hold/);
      assert.equal(
        definition?.command,
        `kubectl patch widget.${GROUP} app --namespace default --type merge --patch '{"metadata":{"finalizers":null}}'`,
      );
      assert.match(byKind.get('Namespace')?.reason ?? '', /example\.test\/hold/);
      await admin.removeFinalizers(`${WIDGETS}/app`); // what the command does
      await admin.removeFinalizers(`${CONFIG_MAPS}/notes`);
      await admin.waitUntilGone(DEFINITION);
      await admin.waitUntilGone(NAMESPACE);
    });

    it('waits no longer than the obstacle: what is let go in time leaves nothing', { skip }, async () => {
      await bed.register();
      await admin.create(WIDGETS, held(widget(GROUP, 'default', 'app')));
      const incarnation = await bed.delete('?force=true');
      await progress(/Widget default\/app waits for example\.test\/hold/);
      await admin.removeFinalizers(`${WIDGETS}/app`);
      const receipt = await bed.receipt(incarnation);
      assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
    });

    it("somebody's API without a backend keeps namespaces from ending: it is named, and the end comes all the same", {
      skip,
    }, async () => {
      await bed.register();
      await admin.create(API_SERVICES, brokenApi);
      const incarnation = await bed.delete();
      await progress(/broken\.example\.test\/v1/);
      const receipt = await bed.receipt(incarnation);
      assert.equal(receipt.outcome, 'Incomplete');
      assert.deepEqual(
        receipt.remaining.map(({ kind, name }) => `${kind} ${name}`),
        ['Namespace tool'],
      );
      assert.match(receipt.remaining[0]?.reason ?? '', /broken\.example\.test\/v1/);
      assert.ok(await admin.find(`${API_SERVICES}/${brokenApi.metadata.name}`), 'it is not ours to remove');
      await admin.delete(`${API_SERVICES}/${brokenApi.metadata.name}`);
      await admin.patch(NAMESPACE, { metadata: { annotations: { 'example.test/wake': 'now' } } }); // it waits a minute
      await admin.waitUntilGone(NAMESPACE);
    });

    it('a namespace of ours that somebody is deleting and that does not end is named, and made again once it is gone', {
      skip,
    }, async () => {
      await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tool' } });
      await admin.create(CONFIG_MAPS, held(configMap('tool', 'notes')));
      await admin.delete(NAMESPACE);
      await bed.save();
      const component = await bed.component('tool', ({ message }) => message.includes('example.test/hold'));
      assert.equal(component.phase, 'Degraded');
      assert.match(component.message, /^Namespace tool is being deleted: its deletion waits: finalizers are left/);
      const status = await bed.client.status(bed.name);
      assert.equal(status?.conditions.find(({ type }) => type === 'CredentialReady')?.status, 'True');
      await admin.removeFinalizers(`${CONFIG_MAPS}/notes`);
      await bed.ready();
      const receipt = await bed.deregister();
      assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
    });

    it('a cluster that comes back within the grace period is off-boarded properly', { skip }, async () => {
      await bed.register();
      await bed.target.setReachable(false);
      const incarnation = await bed.delete();
      await progress(/waits for it until/);
      await bed.target.setReachable(true);
      const receipt = await bed.receipt(incarnation);
      assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
      await admin.waitUntilGone(NAMESPACE);
    });

    it('a cluster that stays away is given up after the grace period, with the commands that clean it', {
      skip,
    }, async () => {
      await bed.register();
      await bed.target.setReachable(false);
      const receipt = await bed.deregister();
      assert.deepEqual([receipt.outcome, receipt.forced], ['Incomplete', false]);
      assert.equal(receipt.remaining.length, receipt.created.length);
      const waited = Date.parse(receipt.completedAt) - Date.parse(receipt.requestedAt);
      assert.ok(waited >= graceSeconds * 1000, `${waited} ms`);
      const command = receipt.remaining.find(({ kind }) => kind === 'Deployment')?.command;
      assert.equal(command, 'kubectl delete deployment.apps tool --namespace tool');
      await bed.target.setReachable(true);
    });
  });
}

/** With a finalizer that nobody serves. */
function held(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, finalizers: [FINALIZER] } };
}

const brokenApi = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1.broken.example.test' },
  spec: {
    group: 'broken.example.test',
    version: 'v1',
    service: { name: 'nobody', namespace: 'default' },
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
  },
};

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { configMap, deployment } from '../../src/kube/testing/fixture.contract.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { Administrator } from '../harness/administrator.ts';
import type { TargetClusterSource } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';

/** In so many runs of the controllers what must not happen would have happened. */
const RUNS = 3;
/** Tries in that time; a loop would make hundreds. */
const MAXIMUM_APPLIES = 12;

/** A component of one object that has a fixed field, in the form that it has in a version. */
interface FixedObject {
  readonly name: string;
  readonly category: TestComponent['category'];
  readonly path: string;
  /** How it is named to people. */
  readonly title: string;
  readonly command: string;
  readonly object: (version: number) => KubeObject;
}

const fixedObjects: readonly FixedObject[] = [
  {
    name: 'set',
    category: 'secretSync',
    path: '/apis/apps/v1/namespaces/set/statefulsets/main',
    title: 'StatefulSet set/main',
    command: 'kubectl delete statefulset.apps main --namespace set',
    object: (version) => ({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'main', namespace: 'set' },
      spec: {
        replicas: 0, // there is no storage here
        serviceName: 'main',
        selector: { matchLabels: { app: 'main' } },
        template: podTemplate('main'),
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${version}Gi` } } },
          },
        ],
      },
    }),
  },
  {
    name: 'workload',
    category: 'deployment',
    path: '/apis/apps/v1/namespaces/workload/deployments/main',
    title: 'Deployment workload/main',
    command: 'kubectl delete deployment.apps main --namespace workload',
    object: (version) => {
      const template = podTemplate(`main-${version}`);
      const selector = { matchLabels: template.metadata.labels };
      return { ...deployment('workload', 'main'), spec: { replicas: 1, selector, template } };
    },
  },
  {
    name: 'service',
    category: 'eventListener',
    path: '/api/v1/namespaces/service/services/main',
    title: 'Service service/main',
    command: 'kubectl delete service main --namespace service',
    object: (version) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'main', namespace: 'service' },
      spec: { selector: { app: 'main' }, ports: [{ port: 80 }], ...(version === 1 ? {} : { clusterIP: 'None' }) },
    }),
  },
  {
    name: 'job',
    category: 'pipeline',
    path: '/apis/batch/v1/namespaces/job/jobs/main',
    title: 'Job job/main',
    command: 'kubectl delete job.batch main --namespace job',
    object: (version) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'main', namespace: 'job' },
      spec: { template: { spec: { ...podTemplate('main', version).spec, restartPolicy: 'Never' } } },
    }),
  },
];

/** The objects as a version of the catalogue has them, and one that can be changed. */
function components(version: number): readonly TestComponent[] {
  const fixed = fixedObjects.map(({ name, category, object }) => ({ name, category, manifest: [object(version)] }));
  const fine: TestComponent = {
    name: 'fine',
    category: 'multiTenant',
    manifest: [configMap('fine', 'settings', { version: String(version) })],
  };
  return [...fixed, fine].map((component) => ({ ...component, version: String(version) }));
}

/** A new version changes what Kubernetes does not let change. */
export function describeImmutable(create: () => Promise<TargetClusterSource>, clusters: string): void {
  describe(`fields that are fixed on ${clusters}`, async () => {
    const source = await create();
    const skip = source.unavailable ?? false;
    let bed: TestBed;
    let admin: Administrator;

    before(async () => {
      if (skip !== false) return;
      bed = await TestBed.open(source, { components: components(1) });
      admin = new Administrator(bed.target);
      await bed.register();
      await bed.changeCatalog(components(2));
    });
    after(async () => {
      await bed?.[Symbol.asyncDispose]();
      await source.close();
    });

    for (const { name, title } of fixedObjects) {
      it(`${title} is reported with what is fixed, its component is degraded`, { skip }, async () => {
        const component = await bed.component(name, ({ phase, version }) => phase === 'Degraded' && version === '2');
        assert.equal(component.reason, 'ObjectImmutable');
        assert.match(component.message, new RegExp(`${title} cannot be changed in place: .*spec`));
      });
    }

    it('a component beside them is brought to its new version', { skip }, async () => {
      await bed.component('fine', ({ phase, version }) => phase === 'Ready' && version === '2');
      assert.deepEqual((await admin.get('/api/v1/namespaces/fine/configmaps/settings'))['data'], { version: '2' });
    });

    it('what to do is said, and nothing is tried again and again in the meantime', { skip }, async () => {
      const status = await bed.client.status(bed.name);
      const ready = status?.conditions.find(({ type }) => type === 'Ready');
      assert.ok(
        fixedObjects.some(({ command }) => ready?.remedy.includes(command)),
        ready?.remedy,
      );
      const earlier = await bed.target.applyRequests();
      await bed.client.waitForRuns(RUNS);
      const applied = (await bed.target.applyRequests()) - earlier;
      assert.ok(applied <= MAXIMUM_APPLIES, `${applied} applies`);
    });

    it('deleted as the remedy says, they are made anew and everything is ready', { skip }, async () => {
      for (const { path } of fixedObjects) await admin.delete(path);
      const status = await bed.ready();
      assert.deepEqual(
        status.components.map(({ version }) => version),
        status.components.map(() => '2'),
      );
      const service = await admin.get('/api/v1/namespaces/service/services/main');
      assert.equal((service.spec as { clusterIP?: string }).clusterIP, 'None');
    });

    it('everything goes', { skip }, async () => {
      const receipt = await bed.deregister();
      assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt.remaining));
    });
  });
}

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

function podTemplate(app: string, version = 1): PodTemplate {
  const containers = [{ name: 'main', image: `example.test/main:${version}` }];
  return { metadata: { labels: { app } }, spec: { containers } };
}

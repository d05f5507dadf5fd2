import type { StatusView } from '../../src/contract/views.ts';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApiClient } from '../harness/api-client.ts';
import { guideRequests } from '../harness/guide.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { adminRequest } from '../harness/sandbox-source.ts';
import { inventoryOf, type TargetCluster, type TargetClusterSource } from '../harness/target-cluster.ts';
import { waitUntil } from '../harness/wait-until.ts';

const WORKER = ['argo-rollouts', 'argocd', 'external-secrets', 'hnc', 'vault'];
/** Enough for real control planes on a busy machine. */
const PATIENCE = 300_000;

/** The guide from its first request to its last, in its order and with its own bodies. */
export function describeGuide(create: () => Promise<TargetClusterSource>, clusters: string): void {
  describe(`the user guide on ${clusters}`, async () => {
    const source = await create();
    const guide = await guideRequests();
    const skip = source.unavailable ?? guide.unavailable ?? false;
    const targets = new Map<string, TargetCluster>();
    const untouched = new Map<string, string[]>();
    const incarnations = new Map<string, string>();
    let server: NautesProcess;
    let client: ApiClient;

    before(async () => {
      if (skip !== false) return;
      const [physical, host] = [await source.create(), await source.createHost()];
      targets.set('cluster-physical', physical).set('cluster-host', host).set('cluster-virtual', host);
      for (const [name, each] of targets) untouched.set(name, await inventoryOf(each));
      server = await NautesProcess.start({
        configuration: {
          catalog: { files: source.catalogFiles },
          controllers: { driftSeconds: 2, graceSeconds: 60 },
          log: { level: 'warn' },
        },
      });
      client = await server.client('maintainer', 'ada');
    });
    after(async () => {
      await server?.[Symbol.asyncDispose]();
      await source.close();
    });

    function target(name: string): TargetCluster {
      const found = targets.get(name);
      assert.ok(found, name);
      return found;
    }

    async function save(name: string): Promise<StatusView> {
      const reply = await client.request('POST', `/api/v1/clusters/${name}`, guide.body(name, target(name)));
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      assert.equal(reply.body['message'], `Successfully saved ${name} cluster`);
      const status = await client.waitForPhase(name, 'Ready', PATIENCE);
      incarnations.set(name, status.incarnation);
      return status;
    }

    const names = ({ components }: StatusView): readonly string[] => components.map(({ name }) => name).sort();

    it('saves and deletes the clusters that this suite knows, in its order', { skip }, () => {
      assert.deepEqual(guide.saved, ['cluster-physical', 'cluster-host', 'cluster-virtual']);
      assert.deepEqual(guide.deleted, ['cluster-physical', 'cluster-virtual', 'cluster-host']);
    });

    it('registers a physical worker', { skip }, async () => {
      assert.deepEqual(names(await save('cluster-physical')), [...WORKER, 'traefik'].sort());
    });

    it('registers a host, which gets its gateway', { skip }, async () => {
      const status = await save('cluster-host');
      assert.deepEqual(names(status), ['traefik']);
      assert.ok(status.entryPoints.some((url) => url.endsWith(':30443')));
    });

    it('registers a virtual worker, made on the host and reached at its node port', { skip }, async () => {
      const status = await save('cluster-virtual');
      assert.deepEqual(names(status), [...WORKER, 'vcluster'].sort());
      const host = await client.status('cluster-host');
      assert.deepEqual(status.entryPoints, host?.entryPoints);
      assert.notEqual(status.kubernetes.uid, host?.kubernetes.uid);
      const virtual = await virtualCluster(target('cluster-host'));
      const url = (await virtual('GET', '/api/v1/namespaces/argocd/configmaps/argocd-cm')).body;
      assert.match(JSON.stringify(url), /"url":"https:\/\/argocd\.cluster-virtual\.[0-9.]+\.nip\.io:30443"/);
    });

    it('deletes the physical worker, then the virtual one, then the host', { skip }, async () => {
      for (const name of guide.deleted) {
        const reply = await client.delete(name);
        assert.equal(reply.status, 200, JSON.stringify(reply.body));
        assert.equal(reply.body['message'], `Successfully deleted ${name} cluster`);
      }
      for (const name of guide.deleted) {
        const receipt = await client.waitForReceipt(name, incarnations.get(name) ?? '', PATIENCE);
        assert.deepEqual([receipt.outcome, receipt.left, receipt.remaining], ['Complete', [], []], name);
        assert.equal(receipt.removed.length, receipt.created.length);
      }
      assert.deepEqual((await client.request('GET', '/api/v1/clusters')).body['items'], []);
      for (const [name, list] of untouched) {
        const isAsBefore = async () => (await inventoryOf(target(name))).join() === list.join();
        await waitUntil(`${name} is as it was before`, isAsBefore, PATIENCE);
      }
    });
  });
}

/** The virtual cluster past Nautes, by the kubeconfig that it has left on its host. */
async function virtualCluster(host: TargetCluster): Promise<TargetCluster['request']> {
  const { body } = await host.request('GET', '/api/v1/namespaces/vcluster-cluster-virtual/secrets');
  const { items } = body as { items: { metadata: { name: string }; data?: { config?: string } }[] };
  const secret = items.find(({ metadata, data }) => metadata.name.startsWith('vc-') && data?.config !== undefined);
  const kubeconfig = Buffer.from(secret?.data?.config ?? '', 'base64').toString();
  const [, server = ''] = /server: (\S+)/.exec(kubeconfig) ?? [];
  return adminRequest(server, kubeconfig);
}

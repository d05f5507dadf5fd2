import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { inventoryOf, type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { waitUntil } from '../harness/wait-until.ts';

const COMPONENTS = ['argo-rollouts', 'argocd', 'external-secrets', 'hnc', 'traefik', 'vault'];
/** Enough for a real control plane on a busy machine. */
const PATIENCE = 240_000;

/** The main job from a kubeconfig to a Ready cluster and away again, on whatever clusters the source makes. */
export function describeRegistration(create: () => Promise<TargetClusterSource>, clusters: string): void {
  describe(`registration on ${clusters}`, async () => {
    const source = await create();
    const skip = source.unavailable ?? false;
    let server: NautesProcess;
    let client: ApiClient;
    let target: TargetCluster;
    let untouched: string[];

    before(async () => {
      if (skip !== false) return;
      target = await source.create();
      untouched = await inventoryOf(target);
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

    it('brings a physical worker to Ready with every component healthy', { skip }, async () => {
      const reply = await client.save('one', workerBody(target));
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      assert.equal(reply.body['message'], 'Successfully saved one cluster');
      const status = await client.waitForPhase('one', 'Ready', PATIENCE);
      assert.deepEqual(status.components.map((component) => component.name).sort(), COMPONENTS);
      assert.deepEqual(
        status.components.filter(({ phase }) => phase !== 'Ready'),
        [],
      );
      assert.equal(status.commit, reply.body['commit']);
      assert.equal(status.observedGeneration, reply.body['generation']);
      assert.ok(
        status.entryPoints.some((entry) => entry.endsWith(':30443')),
        String(status.entryPoints),
      );
      const published = status.conditions.find(({ type }) => type === 'Published');
      assert.equal(published?.status, 'False');
      assert.equal(published?.reason, 'NoManagementCluster');
    });

    it('shows one commit by the caller with trailers to any Git client', { skip }, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'nautes-clone-'));
      const repository = join(server.dataDirectory, 'config-repo.git');
      assert.equal((await run('git', ['clone', '--quiet', '--', repository, directory])).code, 0);
      const log = await run('git', ['-C', directory, 'log', '-1', '--format=%an%n%B']);
      assert.match(log.stdout.toString(), /^ada\nSave cluster one\n/);
      assert.match(log.stdout.toString(), /^Cluster: one$/m);
      assert.match(log.stdout.toString(), /^Operation: save$/m);
      assert.match(log.stdout.toString(), /^Request-Id: /m);
      const files = join(directory, 'nautes/overlays/production/clusters');
      assert.deepEqual((await readdir(files)).sort(), ['kustomization.yaml', 'one.yaml']);
      assert.match(await readFile(join(files, 'kustomization.yaml'), 'utf8'), /- one\.yaml/);
      await rm(directory, { recursive: true });
    });

    it('replaces the uploaded credential by one of its own and keeps nothing in clear', { skip }, async () => {
      const status = await client.status('one');
      assert.notEqual(status?.credential.expiresAt, '');
      const secrets = join(server.dataDirectory, 'secrets');
      const files = await readdir(secrets, { recursive: true, withFileTypes: true });
      const sealed = files.filter((file) => file.isFile() && file.name.endsWith('.sealed'));
      assert.equal(sealed.length, 1, 'the uploaded credential is gone');
      const { id } = JSON.parse(await readFile(join(server.dataDirectory, 'installation.json'), 'utf8')) as {
        id: string;
      };
      const account = await target.request('GET', `/api/v1/namespaces/nautes-system/serviceaccounts/nautes-${id}`);
      assert.equal(account.status, 200);
    });

    it('changes nothing when the same save is sent again', { skip }, async () => {
      const saved = await client.status('one');
      const reply = await client.save('one', workerBody(target));
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      assert.equal(reply.body['changed'], false);
      assert.equal(reply.body['commit'], saved?.commit);
    });

    it('repairs what was deleted or changed by hand and says so', { skip }, async () => {
      const deployment = '/apis/apps/v1/namespaces/argocd/deployments/argocd-server';
      const original = await target.request('GET', deployment);
      await target.request('DELETE', deployment);
      const patch = { data: { url: 'https://elsewhere.example' } };
      const config = '/api/v1/namespaces/argocd/configmaps/argocd-cm';
      await target.request('PATCH', `${config}?fieldManager=kubectl-edit`, patch, 'application/merge-patch+json');
      await waitUntil('what was changed and deleted by hand is set back', async () => {
        const again = await target.request('GET', deployment);
        const repaired = await target.request('GET', config);
        const { data } = repaired.body as { data?: { url?: string } };
        return again.status === 200 && uidOf(again.body) !== uidOf(original.body) && data?.url !== patch.data.url;
      });
      await waitUntil('the repairs are among the events', async () => {
        const events = await client.events('one');
        const repairs = events.filter(({ reason }) => reason === 'DriftRepaired').map(({ message }) => message);
        const tellsOfDeletion = repairs.some((message) => message.includes('argocd-server'));
        const isOfEditor = (message: string) => message.includes('argocd-cm') && message.includes('kubectl-edit');
        return tellsOfDeletion && repairs.some(isOfEditor);
      });
      await client.waitForPhase('one', 'Ready', PATIENCE);
    });

    it('removes everything and leaves a receipt', { skip }, async () => {
      const { incarnation } = (await client.status('one')) ?? { incarnation: '' };
      const reply = await client.delete('one');
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      assert.equal(reply.body['message'], 'Successfully deleted one cluster');
      const receipt = await client.waitForReceipt('one', incarnation, PATIENCE);
      assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt.remaining));
      assert.deepEqual([receipt.left, receipt.remaining], [[], []]);
      assert.ok(receipt.created.length > 60, `${receipt.created.length} objects created`);
      assert.equal(receipt.removed.length, receipt.created.length);
      assert.equal(receipt.requestedBy, 'ada');
      assert.equal(receipt.commit, reply.body['commit']);
      await waitUntil('nothing of ours is left', async () => (await inventoryOf(target)).length === untouched.length);
      assert.deepEqual(await inventoryOf(target), untouched);
      assert.equal((await client.request('GET', '/api/v1/clusters/one')).status, 404);
      assert.equal(await client.status('one'), undefined);
    });

    it('registers the same cluster again at once, and deletes it while it is being installed', { skip }, async () => {
      assert.equal((await client.save('one', workerBody(target))).status, 200);
      const { incarnation } = await client.waitFor(
        'one',
        (status) => (status?.components.length ?? 0) > 0,
        'installing',
        PATIENCE,
      );
      assert.equal((await client.delete('one')).status, 200);
      assert.equal((await client.delete('one')).status, 200, 'deleting twice is fine');
      assert.equal((await client.save('one', workerBody(target))).status, 200, 'registered again while it goes');
      const receipt = await client.waitForReceipt('one', incarnation, PATIENCE);
      assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt.remaining));
      const status = await client.waitForPhase('one', 'Ready', PATIENCE);
      assert.notEqual(status.incarnation, incarnation);
    });

    it('continues where it was after a crash in the middle of an installation', { skip }, async () => {
      const { incarnation } = (await client.status('one')) ?? { incarnation: '' };
      await client.delete('one');
      await client.waitForReceipt('one', incarnation, PATIENCE);
      assert.equal((await client.save('one', workerBody(target))).status, 200);
      await client.waitFor('one', (status) => (status?.components.length ?? 0) > 1, 'installing', PATIENCE);
      await server.kill();
      await server.start();
      await client.waitForPhase('one', 'Ready', PATIENCE);
    });

    it('ends the off-boarding of a dead cluster with what is left and the commands that remove it', {
      skip,
    }, async () => {
      const { incarnation } = (await client.status('one')) ?? { incarnation: '' };
      await target.setReachable(false);
      assert.equal((await client.delete('one')).status, 200);
      await client.waitFor('one', (status) => status?.phase === 'Deleting', 'phase Deleting', PATIENCE);
      assert.equal((await client.delete('one', '?force=true')).status, 200);
      const receipt = await client.waitForReceipt('one', incarnation, PATIENCE);
      assert.equal(receipt.outcome, 'Incomplete');
      assert.equal(receipt.forced, true);
      const deployment = receipt.remaining.find(({ kind, name }) => kind === 'Deployment' && name === 'argocd-server');
      assert.equal(deployment?.command, 'kubectl delete deployment.apps argocd-server --namespace argocd');
      await target.setReachable(true);
    });

    it('closes in order on SIGTERM', { skip }, async () => {
      const { code } = await server.stop();
      assert.equal(code, 0, 'it would have ended itself with an error after nine seconds');
    });
  });
}

function uidOf(object: unknown): string {
  return (object as { metadata?: { uid?: string } }).metadata?.uid ?? '';
}

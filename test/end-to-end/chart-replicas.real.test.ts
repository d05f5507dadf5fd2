import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { Kubectl } from '../../tools/kubectl/kubectl.ts';
import { listAt, valueAt } from '../chart/helm.ts';
import type { PodProcess } from '../chart/pod-process.ts';
import { chartUnavailable, nameOf, RELEASE, ReleaseBed, saveWorker } from '../chart/release.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { waitUntil } from '../harness/wait-until.ts';

/** Rights for what does not happen here. */
const UNUSUAL: readonly string[] = [
  'delete clusterstates.state.nautes.io', // a name has been registered many times
  'get leases.coordination.k8s.io', // two replicas write a Lease at the same moment
];

const ARGO_CD = 'argocd';

/** The steps of a release, in their order. */
describe('two replicas of the chart on a real API server', { skip: await chartUnavailable() }, () => {
  let bed: ReleaseBed;
  let repository: string;
  let one: PodProcess;
  let other: PodProcess;
  let client: ApiClient;
  const nextCluster = newClusters({ clusters: 1, workloadDelayMilliseconds: 100 });

  before(async () => {
    repository = await mkdtemp(join(tmpdir(), 'nautes-remote-'));
    await run('git', ['init', '--bare', '--quiet', '--initial-branch', 'main', repository]);
    bed = await ReleaseBed.open();
  });
  after(async () => {
    await one?.[Symbol.asyncDispose]();
    await other?.[Symbol.asyncDispose]();
    await bed?.[Symbol.asyncDispose]();
    await rm(repository, { recursive: true, force: true });
  });

  const clusterSecrets = async (): Promise<readonly string[]> => {
    const selector = ['--selector', 'argocd.argoproj.io/secret-type=cluster'];
    const text = await bed.kubectl.output(['get', 'secrets', '--namespace', ARGO_CD, ...selector, '--output', 'json']);
    return listAt(JSON.parse(text), 'items').map(nameOf);
  };

  it('are admitted, and one at a time may be evicted', async () => {
    await bed.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ARGO_CD } });
    const management = { publish: { argocd: { enabled: true } } };
    await bed.release('install', {
      replicas: 2,
      config: { storage: 'kubernetes', git: { remote: `file://${repository}` }, management },
    });
    await waitUntil('one of them may be evicted', async () => {
      return valueAt(await bed.get('poddisruptionbudget', 'nautes'), 'status', 'disruptionsAllowed') === 1;
    });
    assert.equal((await bed.runningPods()).length, 2);
  });

  it('are ready with no rights but their own: what one saves the other knows, until it is gone', async () => {
    const [first = '', second = ''] = await bed.runningPods();
    one = await bed.serve(first);
    other = await bed.serve(second);
    client = await one.client('ada');
    await saveWorker(client, 'two', nextCluster());
    await other.as(client).waitForPhase('two', 'Ready');
    for (const server of [one, other]) {
      assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
      // One of the two asks the other, which works on that cluster.
      const { status } = await server.as(client).request('POST', '/api/v1/clusters/two/sync');
      assert.ok(status < 300, String(status));
    }
    await waitUntil('it is published to Argo CD', async () => (await clusterSecrets()).length === 1);
    const { incarnation = '' } = (await client.status('two')) ?? {};
    const { status, body } = await other.as(client).delete('two');
    assert.equal(status, 200, JSON.stringify(body));
    await client.waitForReceipt('two', incarnation);
    assert.deepEqual(await clusterSecrets(), []);
  });

  it('are refused by the API server what is not among their rights', async () => {
    await using own = await Kubectl.open(bed.plane.kubeconfigFor({ token: await one.serviceAccountToken() }));
    assert.equal((await own.run(['get', 'secrets', '--namespace', RELEASE])).code, 0);
    for (const what of [
      ['get', 'secrets', '--namespace', 'kube-system'],
      ['get', 'secrets', '--namespace', ARGO_CD],
      ['create', 'secret', 'generic', 'other', '--namespace', ARGO_CD],
      ['get', 'pods', '--namespace', RELEASE],
      ['get', 'namespaces'],
    ]) {
      assert.match((await own.run(what)).stderr, /\(Forbidden\)|is forbidden|forbidden: /, what.join(' '));
    }
  });

  it('leave the other replicas when they end', async () => {
    assert.deepEqual(await Promise.all([one.stop(), other.stop()]), [0, 0]);
    const leases = listAt(await bed.get('leases', '--selector', 'nautes.io/lease=member'), 'items');
    const held = leases.filter((lease) => (valueAt(lease, 'spec', 'holderIdentity') ?? '') !== '');
    assert.deepEqual(held.map(nameOf), []);
  });

  it('have used every right that they have', async () => {
    const asked = (await bed.plane.auditedRequests()).filter(({ code }) => code !== 403);
    const used = new Set(asked.map(({ verb, resource, group }) => `${verb} ${resource}.${group}`.replace(/\.$/, '')));
    const unused = rightsOf(listAt(await bed.get('role', 'nautes'), 'rules')).filter((right) => !used.has(right));
    assert.deepEqual(
      unused.filter((right) => !UNUSUAL.includes(right)),
      [],
    );
  });
});

/** `verb resource.group` of each right of the rules of a Role. */
function rightsOf(rules: readonly unknown[]): readonly string[] {
  return rules.flatMap((rule) => {
    const [group = ''] = listAt(rule, 'apiGroups').map(String);
    const resources = listAt(rule, 'resources').map((resource) =>
      group === '' ? String(resource) : `${String(resource)}.${group}`,
    );
    return resources.flatMap((resource) => listAt(rule, 'verbs').map((verb) => `${String(verb)} ${resource}`));
  });
}

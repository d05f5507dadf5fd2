import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import type { Clock } from '../../src/base/clock.ts';
import { render } from '../../src/messages/message.ts';
import { type KubeObject, listAt, textAt, valueAt } from '../../src/kube-objects/kube-object.ts';
import { type ManagementCluster, openKubeconfigCluster } from '../../src/management/index.ts';
import {
  ClusterObjectPublication,
  ClusterProfilePublication,
  type ClusterProfileSettings,
  KubeconfigSecretPublication,
  placeOf,
  type Publishing,
} from '../../src/publish/index.ts';
import { clusterDefinition, prepareKind, profileDefinition } from '../../src/publish/testing/definitions.ts';
import { patience } from '../../src/publish/testing/places.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { adminRequest } from '../harness/sandbox-source.ts';

const PROFILE = 'multicluster.x-k8s.io/v1alpha1';
const OBJECT = 'nautes.resource.nautes.io/v1alpha1';

/** A simulated management cluster with the definitions of what is published there. */
class Management {
  readonly cluster: SandboxCluster;
  readonly #access: ManagementCluster;
  readonly #directory: string;

  static async of(cluster: SandboxCluster, definitions = [profileDefinition]): Promise<Management> {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-management-'));
    const file = join(directory, 'kubeconfig');
    await writeFile(file, cluster.kubeconfig(), { mode: 0o600 });
    const access = await openKubeconfigCluster(file, 'nautes');
    const connection = await access.connection(patience());
    await prepareKind(connection, ['nautes', 'fleet', 'capi'], await clusterDefinition());
    for (const definition of definitions) await prepareKind(connection, [], definition);
    return new Management(cluster, access, directory);
  }

  private constructor(cluster: SandboxCluster, access: ManagementCluster, directory: string) {
    this.cluster = cluster;
    this.#access = access;
    this.#directory = directory;
  }

  readonly publishing = (clock: Clock): Publishing => this.publishingAs({})(clock);

  /** With these settings of ClusterProfiles; those without namespaces are not wanted. */
  readonly publishingAs =
    (profiles: Partial<ClusterProfileSettings>) =>
    (clock: Clock): Publishing => {
      const [now, tokenSeconds] = [(): number => clock.now(), 7_776_000];
      const settings = { namespaces: ['fleet'], manager: 'nautes', credentials: true, tokenSeconds, now, ...profiles };
      const known = [
        new ClusterProfilePublication(settings),
        new ClusterObjectPublication({ namespace: 'nautes', mode: 'object' }),
        new KubeconfigSecretPublication({ namespace: 'capi', tokenSeconds, now }),
      ];
      const management = this.#access;
      const at = (place: string): ManagementCluster | undefined =>
        place === placeOf(management) ? management : undefined;
      const selected = settings.namespaces.length === 0 ? known.slice(1) : known;
      return { when: 'Ready', management, selected, known, at };
    };

  profile(name: string, namespace = 'fleet'): KubeObject | undefined {
    return this.#get(PROFILE, 'ClusterProfile', namespace, name);
  }

  object(name: string): KubeObject | undefined {
    return this.#get(OBJECT, 'Cluster', 'nautes', name);
  }

  secret(namespace: string, name: string): KubeObject | undefined {
    return this.#get('v1', 'Secret', namespace, name);
  }

  async request(method: string, path: string, body: unknown): Promise<void> {
    const { status } = await adminRequest(this.cluster.server, this.cluster.kubeconfig())(
      method,
      path,
      body,
      method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    );
    assert.ok(status < 300, String(status));
  }

  #get(apiVersion: string, kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.cluster.get(apiVersion, kind, namespace, name) as KubeObject | undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#access.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

describe('publishing clusters as ClusterProfiles, Cluster objects and kubeconfig Secrets', () => {
  const cluster = newClusters({ clusters: 20, tokenCacheMilliseconds: 0, workloadDelayMilliseconds: 10 });

  const conditionOf = (object: KubeObject | undefined, type: string): string => {
    const found = listAt(object, 'status', 'conditions').find((item) => textAt(item, 'type') === type);
    return textAt(found, 'status');
  };
  const healthOf = (profile: KubeObject | undefined): string => conditionOf(profile, 'ControlPlaneHealthy');
  const readyOf = (object: KubeObject | undefined): string => conditionOf(object, 'Ready');
  const untilPublished = (loop: ControlLoop) =>
    loop.until('one', ({ conditions }) => conditions.some(isPublished), 'published');
  const isPublished = ({ type, status }: { readonly type: string; readonly status: string }): boolean =>
    type === 'Published' && status === 'True';

  it('a ready cluster is all of them, and on deletion all of them are in the receipt', async () => {
    await using management = await Management.of(cluster());
    await using loop = await ControlLoop.start({ publishing: management.publishing });
    const target = cluster();
    await loop.save('one', target, {
      ...hostDraft,
      productAllowedClusterResources: { p: [{ kind: 'Deployment', group: 'apps' }] },
    });
    const { incarnation } = await untilPublished(loop);
    const profile = management.profile('one');
    assert.equal(healthOf(profile), 'True');
    assert.equal(textAt(profile, 'status', 'version', 'kubernetes'), 'v1.36.4');
    const object = management.object('one');
    assert.equal(textAt(object, 'spec', 'apiServer'), target.server);
    assert.deepEqual(valueAt(object, 'spec', 'productAllowedClusterResources'), {
      p: [{ kind: 'Deployment', group: 'apps' }],
    });
    assert.ok(management.secret('fleet', 'one-clusterprofile'));
    assert.ok(management.secret('capi', 'one-kubeconfig'));
    for (const suffix of ['cluster-profiles', 'kubeconfig-secret']) {
      assert.ok(target.get('v1', 'ServiceAccount', 'nautes-system', `nautes-tests-${suffix}`), suffix);
    }
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Complete');
    const removed = receipt.removed.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
    for (const expected of [
      'ClusterProfile fleet/one',
      'Secret fleet/one-clusterprofile',
      'Cluster nautes/one',
      'Secret capi/one-kubeconfig',
      'ServiceAccount nautes-system/nautes-tests-cluster-profiles',
    ]) {
      assert.ok(removed.includes(expected), expected);
    }
    assert.equal(management.profile('one'), undefined);
  });

  it('labels that others have put into the file are on the Cluster object, and a change of the file is followed', async () => {
    await using management = await Management.of(cluster());
    await using loop = await ControlLoop.start({ publishing: management.publishing });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await untilPublished(loop);
    await using clone = await loop.clone();
    await clone.edit('one', (text) => text.replace('metadata:\n', 'metadata:\n  labels:\n    team: blue\n'));
    await clone.push('Label the cluster');
    await loop.sync('one');
    await eventually(
      () => Promise.resolve(management.object('one')?.metadata.labels?.['team'] === 'blue' ? true : undefined),
      () => 'the label is not followed',
    );
    await loop.save('one', target, { ...hostDraft, primaryDomain: 'new.example.com', kubeconfig: undefined });
    await eventually(
      () =>
        Promise.resolve(textAt(management.object('one'), 'spec', 'primaryDomain') === 'new.example.com' || undefined),
      () => 'the domain is not followed',
    );
  });

  it('a cluster that cannot be reached any more is not healthy in its profile, and healthy again later', async () => {
    await using management = await Management.of(cluster());
    await using loop = await ControlLoop.start({ publishing: management.publishing });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await untilPublished(loop);
    const untilHealth = (wanted: string) =>
      eventually(
        () => Promise.resolve(healthOf(management.profile('one')) === wanted || undefined),
        () => `the profile does not say ${wanted}: ${JSON.stringify(management.profile('one'))}`,
      );
    target.faults.set([{ kind: 'unreachable' }]);
    await untilHealth('False');
    assert.equal(listAt(management.profile('one'), 'status', 'accessProviders').length, 2);
    await eventually(
      () => Promise.resolve(readyOf(management.object('one')) === 'False' || undefined),
      () => 'the object does not say that it is not ready',
    );
    target.faults.set([]);
    await untilHealth('True');
  });

  it('nothing is written while nothing changes', async () => {
    await using management = await Management.of(cluster());
    await using loop = await ControlLoop.start({ publishing: management.publishing });
    await loop.save('one', cluster(), hostDraft);
    await untilPublished(loop);
    await loop.runAgain('one');
    const versions = () =>
      [
        management.profile('one'),
        management.object('one'),
        management.secret('fleet', 'one-clusterprofile'),
        management.secret('capi', 'one-kubeconfig'),
      ].map((object) => object?.metadata.resourceVersion);
    const before = versions();
    await loop.runAgain('one', 3);
    assert.deepEqual(versions(), before);
  });

  it('what the configuration does not want any more is withdrawn, with its account, and the rest stays', async () => {
    await using management = await Management.of(cluster());
    await using loop = await ControlLoop.start({ publishing: management.publishing });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await untilPublished(loop);
    const account = () => target.get('v1', 'ServiceAccount', 'nautes-system', 'nautes-tests-cluster-profiles');
    const configure = async (profiles: Partial<ClusterProfileSettings>): Promise<void> => {
      await loop.shut();
      loop.change({ publishing: management.publishingAs(profiles) });
      await loop.open();
    };
    const until = (test: () => boolean, what: string) =>
      eventually(
        () => Promise.resolve(test() || undefined),
        () => what,
      );

    await configure({ credentials: false });
    await until(() => management.secret('fleet', 'one-clusterprofile') === undefined, 'the Secret stays');
    await until(() => account() === undefined, 'the account stays');
    assert.ok(management.profile('one'));

    await configure({ namespaces: ['capi'], credentials: false });
    await until(() => management.profile('one', 'capi') !== undefined, 'there is no profile in the other namespace');
    await until(() => management.profile('one') === undefined, 'the profile stays in the first namespace');

    await configure({ namespaces: [] });
    await until(() => management.profile('one', 'capi') === undefined, 'the profile stays');
    assert.ok(management.object('one'));
    assert.ok(management.secret('capi', 'one-kubeconfig'));
  });

  it('an object of somebody else stays, is named in the status, and keeps neither Ready nor the others back', async () => {
    await using management = await Management.of(cluster());
    await using loop = await ControlLoop.start({ publishing: management.publishing });
    const path = `/apis/${PROFILE}/namespaces/fleet/clusterprofiles`;
    const metadata = { name: 'one', namespace: 'fleet' };
    const spec = { clusterManager: { name: 'open-cluster-management' } };
    await management.request('POST', path, { apiVersion: PROFILE, kind: 'ClusterProfile', metadata, spec });
    await loop.save('one', cluster(), hostDraft);
    const status = await loop.untilReason('one', 'PublicationForeign');
    assert.equal(status.phase, 'Ready');
    const published = status.conditions.find(({ type }) => type === 'Published');
    assert.match(
      published?.message ?? '',
      /ClusterProfile fleet\/one is there in the management cluster and is not ours/,
    );
    assert.deepEqual(management.profile('one')?.['spec'], spec);
    assert.ok(management.object('one'));
    assert.ok(management.secret('capi', 'one-kubeconfig'));
  });

  it('a plan tells of objects of others with the name or the address', async () => {
    await using management = await Management.of(cluster());
    await using loop = await ControlLoop.start({ publishing: management.publishing });
    const target = cluster();
    const found = async (): Promise<readonly string[]> =>
      (await loop.plan('one', target, hostDraft)).findings.map(({ said }) => render(said, 'en'));
    assert.doesNotMatch((await found()).join(), /management cluster/);
    await management.request('POST', `/apis/${OBJECT}/namespaces/nautes/clusters`, {
      apiVersion: OBJECT,
      kind: 'Cluster',
      metadata: { name: 'theirs', namespace: 'nautes' },
      spec: { apiServer: target.server, clusterType: 'physical', usage: 'worker', componentsList: {} },
    });
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'one-kubeconfig', namespace: 'capi' } };
    await management.request('POST', '/api/v1/namespaces/capi/secrets', body);
    assert.match((await found()).join(), /objects of others .*Cluster nautes\/theirs, Secret capi\/one-kubeconfig/);
  });

  it('a definition that is missing in the management cluster is named', async () => {
    await using management = await Management.of(cluster(), []);
    await using loop = await ControlLoop.start({ publishing: management.publishing });
    await loop.save('one', cluster(), hostDraft);
    const status = await loop.untilReason('one', 'PublicationKindMissing');
    const published = status.conditions.find(({ type }) => type === 'Published');
    assert.match(published?.message ?? '', /does not serve ClusterProfile of multicluster\.x-k8s\.io\/v1alpha1/);
    assert.ok(management.object('one'));
  });

  it('what the finalizer of somebody else holds is left, and named in the receipt', async () => {
    await using management = await Management.of(cluster());
    await using loop = await ControlLoop.start({ publishing: management.publishing });
    await loop.save('one', cluster(), hostDraft);
    const { incarnation } = await untilPublished(loop);
    const finalizers = ['argoproj.io/cluster-profile-finalizer'];
    const path = `/apis/${PROFILE}/namespaces/fleet/clusterprofiles/one`;
    await management.request('PATCH', path, { metadata: { finalizers } });
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Complete');
    const [left] = receipt.left.filter(({ kind }) => kind === 'ClusterProfile');
    assert.match(
      left === undefined ? '' : render(left.reason, 'en'),
      /waits for argoproj\.io\/cluster-profile-finalizer/,
    );
    assert.ok(management.profile('one')?.metadata.deletionTimestamp);
    assert.equal(management.secret('fleet', 'one-clusterprofile'), undefined);
  });
});

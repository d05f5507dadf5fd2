import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { NautesError } from '../errors/errors.ts';
import { ACCESS_NAMESPACE, type KubeObject, objectKey, referenceOf } from '../kube-objects/kube-object.ts';
import { message } from '../messages/message.ts';
import type { ClusterSpec } from '../resources/cluster/cluster.ts';
import { blankStatus } from '../resources/cluster/cluster-status.ts';
import { accountComponent, publicationComponent } from '../resources/cluster/publication.ts';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { Publication, PublicationReport, PublicationScope, PublishedCluster } from './publication.ts';
import { missingRights } from '../management/index.ts';
import { TargetAccount } from './target-account.ts';
import { authorityOf, Connections, makeNamespace, patience, type TestedCluster } from './testing/places.ts';
import type { ClusterConnection } from '../kube/index.ts';
import type { ResourceType } from '../kube-objects/resource-types.ts';

/** Clusters that the suite runs against. */
export interface PublicationPlaces {
  readonly management: TestedCluster;
  /** The cluster that is published; the same one where there is only one. */
  readonly target: TestedCluster;
  readonly close: () => Promise<void>;
}

/** What the suite needs to know of a publication. */
export interface PublicationTraits {
  readonly name: string;
  readonly open: () => Promise<PublicationPlaces>;
  /** Prepares the management cluster as an administrator. @returns the kubeconfig that the publication works with */
  readonly prepare: (admin: ClusterConnection, cluster: TestedCluster) => Promise<string>;
  readonly publication: (now: () => number) => Publication;
  /** The kind of the object that is published. */
  readonly type: ResourceType;
  /** An object of that name that somebody else has made. */
  readonly foreign: (name: string, namespace: string) => KubeObject;
}

export const workerSpec: ClusterSpec = {
  apiServer: 'https://one.example.com:6443',
  clusterKind: 'kubernetes',
  clusterType: 'physical',
  usage: 'worker',
  workerType: 'deployment',
  primaryDomain: 'one.example.com',
  components: {},
  reservedNamespacesAllowedProducts: {},
  productAllowedClusterResources: {},
};

/** One registration that is published in a test: what is stored of it, and what its publication is given. */
export class PublishedRegistration {
  readonly owner;
  readonly component;
  /** Everything that is stored, by component and object. */
  readonly stored = new Map<string, InventoryEntry>();
  /** Everything that was ever stored, in order. */
  readonly recorded: InventoryEntry[] = [];
  readonly account: TargetAccount;
  cluster: PublishedCluster;
  readonly #publication: Publication;
  readonly #management: ClusterConnection;

  constructor(
    name: string,
    {
      publication,
      management,
      target,
      connection,
    }: {
      readonly publication: Publication;
      readonly management: ClusterConnection;
      readonly target: TestedCluster;
      readonly connection: ClusterConnection;
    },
    incarnation = `incarnation-${name}`,
  ) {
    this.#publication = publication;
    this.#management = management;
    this.owner = { installation: 'tests', cluster: name, incarnation };
    this.component = publicationComponent(publication.name, 'https://management.example.com:6443');
    const status = {
      ...blankStatus({ name, incarnation, phase: 'Ready', observedGeneration: 'g', conditions: [], commit: 'c' }),
      kubernetes: { version: 'v1.36.4', uid: 'uid' },
      entryPoints: ['https://one.example.com:443'],
    };
    const binding = { server: target.server, certificateAuthority: authorityOf(target) };
    const document = {
      apiVersion: 'nautes.resource.nautes.io/v1alpha1',
      kind: 'Cluster',
      metadata: { name },
      spec: { ...workerSpec, components: undefined, componentsList: {} },
    };
    this.cluster = { owner: this.owner, spec: workerSpec, document, status, binding };
    const component = accountComponent(publication.name);
    this.account = new TargetAccount({
      owner: this.owner,
      component,
      suffix: `${publication.name}-${incarnation}`, // one cluster stands for several
      use: (action) => action(connection),
      inventory: {
        list: () => Promise.resolve(this.entries(component)),
        put: (entries) => Promise.resolve(this.#put(entries)),
        remove: (entries) => Promise.resolve(this.#remove(entries)),
      },
      adoptIncarnations: () => Promise.resolve([]),
    });
  }

  entries(component = this.component): InventoryEntry[] {
    return [...this.stored.values()].filter((entry) => entry.component === component);
  }

  get scope(): PublicationScope {
    return {
      management: this.#management,
      component: this.component,
      entries: this.entries(),
      record: (entries) => Promise.resolve(this.#put(entries)),
    };
  }

  publish(): Promise<PublicationReport> {
    return this.#publication.publish(this.cluster, this.scope, this.account, patience());
  }

  get name() {
    return { owner: this.owner, server: this.cluster.binding.server };
  }

  letGo() {
    return this.#publication.letGo(this.name, this.scope, patience());
  }

  withdraw() {
    return this.#publication.withdraw(this.owner, this.scope, patience());
  }

  #put(entries: readonly InventoryEntry[]): void {
    this.recorded.push(...entries);
    for (const entry of entries) this.stored.set(`${entry.component} ${objectKey(entry)}`, entry);
  }

  #remove(entries: readonly Pick<InventoryEntry, 'component' | 'apiVersion' | 'kind' | 'namespace' | 'name'>[]): void {
    for (const entry of entries) this.stored.delete(`${entry.component} ${objectKey(entry)}`);
  }
}

/** What the tests of one publication share. */
export class PublicationFixture {
  readonly places: PublicationPlaces;
  /** An administrator of the management cluster. */
  readonly admin: ClusterConnection;
  /** The management cluster with the rights that publishing is given. */
  readonly management: ClusterConnection;
  readonly target: ClusterConnection;
  readonly publication: Publication;
  readonly connections: Connections;
  aheadMilliseconds = 0;
  readonly #type: ResourceType;

  static async open(traits: PublicationTraits): Promise<PublicationFixture> {
    const places = await traits.open();
    const connections = await Connections.open();
    const admin = await connections.to(places.management.kubeconfig);
    const management = await connections.to(await traits.prepare(admin, places.management));
    const target = await connections.to(places.target.kubeconfig);
    await makeNamespace(target, ACCESS_NAMESPACE);
    return new PublicationFixture(traits, { places, connections, admin, management, target });
  }

  private constructor(
    traits: PublicationTraits,
    opened: Pick<PublicationFixture, 'places' | 'connections' | 'admin' | 'management' | 'target'>,
  ) {
    this.places = opened.places;
    this.connections = opened.connections;
    this.admin = opened.admin;
    this.management = opened.management;
    this.target = opened.target;
    this.#type = traits.type;
    this.publication = traits.publication(() => Date.now() + this.aheadMilliseconds);
  }

  async close(): Promise<void> {
    await this.connections.close();
    await this.places.close();
  }

  registration(name: string, incarnation?: string): PublishedRegistration {
    const { publication, management, target: connection } = this;
    const parts = { publication, management, connection, target: this.places.target };
    return new PublishedRegistration(name, parts, incarnation);
  }

  find(owner: PublishedCluster['owner']): Promise<KubeObject | undefined> {
    return this.admin.client.find(this.#type, this.publication.objectOf(owner), patience());
  }
}

/** What every publication promises. */
export function publicationContract(traits: PublicationTraits): void {
  describe(`publishing a cluster (${traits.name})`, () => {
    let fixture: PublicationFixture;

    before(async () => {
      fixture = await PublicationFixture.open(traits);
    });
    after(() => fixture?.close());

    it('has the rights that it says it needs', async () => {
      assert.deepEqual(await missingRights(fixture.management.client, fixture.publication.rights, patience()), []);
    });

    it('is recorded before the first write and written once', async () => {
      const one = fixture.registration('written-once');
      const { changes, object } = await one.publish();
      assert.deepEqual(
        changes.map(({ kind }) => kind),
        ['published'],
      );
      const published = await fixture.find(one.owner);
      assert.ok(published);
      assert.deepEqual(referenceOf(published), object);
      const first = one.recorded.find(({ component }) => component === one.component);
      assert.equal(first?.uid, '');
      assert.deepEqual(
        one.entries().map(({ uid }) => uid),
        [published.metadata.uid],
      );
      assert.deepEqual((await one.publish()).changes, []);
      const { resourceVersion } = (await fixture.find(one.owner))?.metadata ?? {};
      assert.equal(resourceVersion, published.metadata.resourceVersion);
    });

    it('carries the labels of its installation and registration', async () => {
      const one = fixture.registration('labelled');
      await one.publish();
      const labels = (await fixture.find(one.owner))?.metadata.labels ?? {};
      assert.equal(labels['app.kubernetes.io/managed-by'], 'nautes');
      assert.equal(labels['cluster.nautes.io/installation'], 'tests');
      assert.equal(labels['cluster.nautes.io/name'], 'labelled');
      assert.equal(labels['cluster.nautes.io/incarnation'], one.owner.incarnation);
    });

    it('follows a change of the cluster', async () => {
      const one = fixture.registration('followed');
      await one.publish();
      const earlier = await fixture.find(one.owner);
      one.cluster = {
        ...one.cluster,
        status: { ...one.cluster.status, kubernetes: { version: 'v1.37.0', uid: 'uid' } },
      };
      const { changes } = await one.publish();
      assert.deepEqual(
        changes.map(({ kind }) => kind),
        ['updated'],
      );
      const now = await fixture.find(one.owner);
      assert.equal(now?.metadata.uid, earlier?.metadata.uid);
      assert.match(JSON.stringify(now), /v1\.37\.0/);
    });

    it('is made again when somebody has deleted it', async () => {
      const one = fixture.registration('deleted');
      const { object } = await one.publish();
      await fixture.admin.client.delete(traits.type, object, {}, patience());
      await one.publish();
      assert.ok(await fixture.find(one.owner));
    });

    it('does not make a second one after a crash between the write and its record', async () => {
      const one = fixture.registration('crashed');
      await one.publish();
      const earlier = await fixture.find(one.owner);
      for (const entry of one.entries())
        one.stored.set(`${entry.component} ${objectKey(entry)}`, { ...entry, uid: '' });
      await one.publish();
      assert.equal((await fixture.find(one.owner))?.metadata.uid, earlier?.metadata.uid);
      assert.deepEqual(
        one.entries().map(({ uid }) => uid),
        [earlier?.metadata.uid],
      );
    });

    it('leaves an object of somebody else as it is, and says so', async () => {
      const one = fixture.registration('foreign');
      const { name, namespace } = fixture.publication.objectOf(one.owner);
      await fixture.admin.client.create(traits.type, traits.foreign(name, namespace), {}, patience());
      const earlier = await fixture.find(one.owner);
      await assert.rejects(one.publish(), { reason: 'PublicationForeign' });
      await one.letGo();
      assert.deepEqual((await one.withdraw()).removed, []);
      assert.deepEqual(await fixture.find(one.owner), earlier);
    });

    it('leaves the object of another installation as it is', async () => {
      const one = fixture.registration('other-installation');
      const { name, namespace } = fixture.publication.objectOf(one.owner);
      const foreign = traits.foreign(name, namespace);
      const labels = { 'app.kubernetes.io/managed-by': 'nautes', 'cluster.nautes.io/installation': 'other' };
      const theirs = { ...foreign, metadata: { ...foreign.metadata, labels } };
      await fixture.admin.client.create(traits.type, theirs, {}, patience());
      const earlier = await fixture.find(one.owner);
      await assert.rejects(one.publish(), { reason: 'PublicationForeign' });
      await one.withdraw();
      assert.deepEqual(await fixture.find(one.owner), earlier);
    });

    it('is withdrawn, also when it is gone already', async () => {
      const one = fixture.registration('withdrawn');
      const { object } = await one.publish();
      assert.deepEqual(await one.letGo(), { leaving: [], staying: [] });
      assert.ok(await fixture.find(one.owner));
      assert.deepEqual(await one.withdraw(), { removed: [object], left: [], remaining: [] });
      assert.equal(await fixture.find(one.owner), undefined);
      await one.letGo();
      assert.deepEqual(await one.withdraw(), { removed: [object], left: [], remaining: [] });
    });

    it('is not withdrawn when it is of a later registration of the name', async () => {
      const earlier = fixture.registration('again', 'earlier');
      await earlier.publish();
      const later = fixture.registration('again', 'later');
      await later.publish();
      const { removed, left } = await earlier.withdraw();
      assert.deepEqual([removed, left.map(({ reason }) => reason)], [[], [message('Retained.notOurs')]]);
      assert.ok(await fixture.find(later.owner));
    });

    it('says that the management cluster is the cause when it does not answer', async () => {
      const one = fixture.registration('away');
      fixture.management.close();
      await assert.rejects(one.publish(), (error) => {
        assert.ok(error instanceof NautesError);
        return error.reason === 'ManagementUnavailable';
      });
    });
  });
}

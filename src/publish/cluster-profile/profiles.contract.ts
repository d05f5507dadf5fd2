import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { probe } from '../../kube/index.ts';
import { type KubeObject, listAt, referenceOf, textAt } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { message, verbatim } from '../../messages/message.ts';
import type { PublishedCluster } from '../publication.ts';
import {
  PublicationFixture,
  type PublicationPlaces,
  publicationContract,
  type PublicationTraits,
} from '../publication.contract.ts';
import { prepareKind } from '../testing/definitions.ts';
import { grantPublishing, kubeconfigOf, patience } from '../testing/places.ts';
import { clusterProfileType } from './profile.ts';
import { type ClusterProfileSettings, ClusterProfilePublication } from './publication.ts';

const DAY = 24 * 3_600_000;
const NAMESPACES = ['nautes', 'nautes-fleet'];

/** The publication as ClusterProfiles, on clusters of any kind. */
export function describeClusterProfiles(
  name: string,
  open: () => Promise<PublicationPlaces>,
  definition: () => Promise<string>,
): void {
  const traits = (settings: Partial<ClusterProfileSettings>): PublicationTraits => ({
    name: `ClusterProfiles, ${name}`,
    open,
    async prepare(admin, cluster) {
      await prepareKind(admin, NAMESPACES, await definition());
      return grantPublishing(admin, cluster, 'cluster-profiles.yaml');
    },
    publication: (now) =>
      new ClusterProfilePublication({
        namespaces: ['nautes-fleet'],
        manager: 'nautes',
        credentials: false,
        tokenSeconds: (90 * DAY) / 1000,
        now,
        ...settings,
      }),
    type: clusterProfileType,
    foreign: profileOfOther,
  });
  publicationContract(traits({}));

  describe(`ClusterProfiles (${name})`, () => {
    let fixture: PublicationFixture;
    before(async () => {
      fixture = await PublicationFixture.open(traits({ credentials: true }));
    });
    after(() => fixture?.close());

    const secretOf = async (one: ReturnType<PublicationFixture['registration']>) => {
      const place = { namespace: 'nautes-fleet', name: `${one.owner.cluster}-clusterprofile` };
      const found = await fixture.admin.client.find(wellKnown.secret, place, patience());
      return found && { found, token: Buffer.from(textAt(found, 'data', 'token'), 'base64').toString() };
    };
    const works = async (token: string): Promise<boolean> => {
      const connection = await fixture.connections.to(kubeconfigOf(fixture.places.target, token));
      return probe(connection, patience()).then(
        () => true,
        () => false,
      );
    };

    it('have a credential of an account of their own beside them, which goes with them', async () => {
      const one = fixture.registration('with-credential');
      await one.publish();
      const published = await secretOf(one);
      assert.ok(published);
      assert.ok(await works(published.token));
      assert.deepEqual((await one.publish()).changes, []);
      const { removed } = await one.withdraw();
      assert.deepEqual(
        removed.map(({ kind }) => kind),
        ['ClusterProfile', 'Secret'],
      );
      assert.equal(await secretOf(one), undefined);
      assert.ok(await one.account.remove(patience()));
      assert.equal(await works(published.token), false);
    });

    it('get another credential in time, and the one of before ends', async () => {
      const one = fixture.registration('renewed');
      await one.publish();
      const earlier = await secretOf(one);
      fixture.aheadMilliseconds += 80 * DAY;
      const { changes } = await one.publish();
      fixture.aheadMilliseconds -= 80 * DAY;
      assert.deepEqual(
        changes.map(({ kind }) => kind),
        ['renewed'],
      );
      const now = await secretOf(one);
      assert.ok(now && (await works(now.token)));
      assert.equal(await works(earlier?.token ?? ''), false);
      assert.equal(now.found.metadata.uid, earlier?.found.metadata.uid);
    });

    it('get another credential when that of their account was revoked on the cluster', async () => {
      const one = fixture.registration('revoked');
      await one.publish();
      const earlier = await secretOf(one);
      assert.ok(await one.account.remove(patience()));
      await one.publish();
      const now = await secretOf(one);
      assert.notEqual(now?.token, earlier?.token);
      assert.ok(now && (await works(now.token)));
    });

    it('are not made where the Secret of their credential is of somebody else, and it stays', async () => {
      const one = fixture.registration('foreign-secret');
      const metadata = { name: 'foreign-secret-clusterprofile', namespace: 'nautes-fleet' };
      const theirs: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata, data: { token: 'dGhlaXJz' } };
      await fixture.admin.client.create(wellKnown.secret, theirs, {}, patience());
      await assert.rejects(one.publish(), { reason: 'PublicationForeign' });
      await one.withdraw();
      assert.equal((await secretOf(one))?.token, 'theirs');
    });

    it('are set back when somebody has changed them; what others add to the status stays', async () => {
      const one = fixture.registration('changed');
      const { object } = await one.publish();
      const status = {
        apiVersion: clusterProfileType.apiVersion,
        kind: clusterProfileType.kind,
        metadata: { name: object.name, namespace: object.namespace },
        status: {
          conditions: [
            {
              type: 'Joined',
              status: 'True',
              reason: 'Joined',
              message: '',
              lastTransitionTime: '2026-01-01T00:00:00Z',
            },
          ],
          properties: [{ name: 'theirs.example.com', value: 'kept' }],
        },
      };
      const options = { subresource: 'status', manager: 'others' } as const;
      await fixture.admin.client.apply(clusterProfileType, status, options, patience());
      await fixture.admin.client.patch(
        clusterProfileType,
        object,
        'merge',
        { spec: { displayName: 'renamed' } },
        patience(),
      );
      assert.deepEqual(
        (await one.publish()).changes.map(({ kind }) => kind),
        ['repaired'],
      );
      assert.deepEqual((await one.publish()).changes, []);
      const found = await fixture.find(one.owner);
      assert.equal(textAt(found, 'spec', 'displayName'), 'changed');
      const types = listAt(found, 'status', 'conditions').map((item) => textAt(item, 'type'));
      assert.ok(types.includes('Joined'));
    });

    it('drop the properties that no longer hold', async () => {
      const one = fixture.registration('host-now');
      await one.publish();
      const { workerType: _, ...host } = { ...one.cluster.spec, usage: 'host' as const };
      one.cluster = { ...one.cluster, spec: host };
      await one.publish();
      const found = await fixture.find(one.owner);
      const properties = listAt(found, 'status', 'properties').map((item) => textAt(item, 'name'));
      assert.ok(properties.includes('cluster.nautes.io/usage'));
      assert.ok(!properties.includes('cluster.nautes.io/worker-type'));
      assert.equal(found?.metadata.labels?.['cluster.nautes.io/worker-type'], undefined);
    });

    it('are left to the finalizer of somebody else, named, and are not written while they wait for it', async () => {
      const one = fixture.registration('held');
      const { object } = await one.publish();
      const finalizers = ['argoproj.io/cluster-profile-finalizer'];
      await fixture.admin.client.patch(clusterProfileType, object, 'merge', { metadata: { finalizers } }, patience());
      await fixture.admin.client.delete(clusterProfileType, object, {}, patience());
      await assert.rejects(one.publish(), { reason: 'PublicationLeaving' });
      const { removed, left } = await one.withdraw();
      assert.deepEqual(
        removed.map(({ kind }) => kind),
        ['Secret'],
      );
      assert.deepEqual(left, [{ ...object, reason: message('Retained.finalizers', { finalizers }) }]);
    });

    it('say that the control plane is not healthy while it cannot be reached, and keep the rest', async () => {
      const one = fixture.registration('unreached');
      const said = { reason: 'Reachable', message: verbatim('said'), lastTransitionTime: '2026-11-30T10:00:00Z' };
      const withReachable = (status: 'True' | 'False'): PublishedCluster['status'] => ({
        ...one.cluster.status,
        conditions: [{ type: 'Reachable', status, ...said }],
      });
      one.cluster = { ...one.cluster, status: withReachable('True') };
      await one.publish();
      const { publication } = fixture;
      await publication.follow?.(withReachable('False'), one.owner, one.scope, patience());
      const found = await fixture.find(one.owner);
      const conditions = listAt(found, 'status', 'conditions').map(
        (item) => `${textAt(item, 'type')}=${textAt(item, 'status')}`,
      );
      assert.deepEqual(conditions, ['ControlPlaneHealthy=False', 'Ready=False']);
      assert.equal(listAt(found, 'status', 'accessProviders').length, 2);
      await one.publish();
      assert.deepEqual((await one.publish()).changes, []);
    });

    it('are not made by the status of a cluster that cannot be reached', async () => {
      const one = fixture.registration('never-reached');
      const { publication } = fixture;
      await publication.follow?.(one.cluster.status, one.owner, one.scope, patience());
      assert.equal(await fixture.find(one.owner), undefined);
    });

    it('are found when others publish the same address under another name', async () => {
      const one = fixture.registration('found');
      const theirs = profileOfOther('theirs', 'nautes-fleet');
      await fixture.admin.client.create(clusterProfileType, theirs, {}, patience());
      const status = {
        ...theirs,
        status: { accessProviders: [{ name: 'kubeconfig', cluster: { server: one.cluster.binding.server } }] },
      };
      await fixture.admin.client.apply(
        clusterProfileType,
        status,
        { subresource: 'status', manager: 'others' },
        patience(),
      );
      const { management, publication } = fixture;
      assert.deepEqual(await publication.foreign(one.name, management, patience()), [referenceOf(theirs)]);
      await one.publish();
      assert.deepEqual(await publication.foreign(one.name, management, patience()), [referenceOf(theirs)]);
    });
  });
}

function profileOfOther(name: string, namespace: string): KubeObject {
  return {
    apiVersion: clusterProfileType.apiVersion,
    kind: clusterProfileType.kind,
    metadata: { name, namespace },
    spec: { displayName: 'theirs', clusterManager: { name: 'open-cluster-management' } },
  };
}

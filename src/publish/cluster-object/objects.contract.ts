import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type KubeObject, referenceOf, textAt, valueAt } from '../../kube-objects/kube-object.ts';
import { verbatim } from '../../messages/message.ts';
import {
  PublicationFixture,
  type PublicationPlaces,
  publicationContract,
  type PublicationTraits,
} from '../publication.contract.ts';
import { prepareKind } from '../testing/definitions.ts';
import { grantPublishing, patience } from '../testing/places.ts';
import { clusterObjectType } from './object.ts';
import { ClusterObjectPublication, type ClusterObjectSettings } from './publication.ts';

/** The publication as Cluster objects, on clusters of any kind. */
export function describeClusterObjects(
  name: string,
  open: () => Promise<PublicationPlaces>,
  definition: () => Promise<string>,
): void {
  const traits = (mode: ClusterObjectSettings['mode']): PublicationTraits => ({
    name: `Cluster objects, ${name}`,
    open,
    async prepare(admin, cluster) {
      await prepareKind(admin, ['nautes'], await definition());
      return grantPublishing(admin, cluster, 'cluster-object.yaml');
    },
    publication: () => new ClusterObjectPublication({ namespace: 'nautes', mode }),
    type: clusterObjectType,
    foreign: objectOfOther,
  });
  publicationContract(traits('object'));

  describe(`Cluster objects (${name})`, () => {
    let fixture: PublicationFixture;
    before(async () => {
      fixture = await PublicationFixture.open(traits('object'));
    });
    after(() => fixture?.close());

    it('say in their status how the cluster is, and nothing of it is pruned', async () => {
      const one = fixture.registration('status-read');
      const said = { reason: 'Reachable', message: verbatim('it answers'), lastTransitionTime: '2026-11-30T10:00:00Z' };
      const conditions = [{ type: 'Reachable', status: 'True', ...said }] as const;
      one.cluster = { ...one.cluster, status: { ...one.cluster.status, conditions } };
      await one.publish();
      const found = await fixture.find(one.owner);
      assert.deepEqual(valueAt(found, 'status', 'conditions'), [
        { ...said, type: 'Reachable', status: 'True', message: 'it answers' },
        { ...said, type: 'Ready', status: 'True', reason: 'Ready', message: 'everything is as declared' },
      ]);
      assert.deepEqual(valueAt(found, 'status', 'entryPoints'), { 'one.example.com': { httpsPort: 443 } });
      assert.deepEqual((await one.publish()).changes, []);
    });

    it('are found when others have the same address under another name', async () => {
      const one = fixture.registration('found');
      const theirs = objectOfOther('theirs', 'nautes', one.cluster.binding.server);
      await fixture.admin.client.create(clusterObjectType, theirs, {}, patience());
      const found = await fixture.publication.foreign(one.name, fixture.management, patience());
      assert.deepEqual(found, [referenceOf(theirs)]);
    });
  });

  describe(`the status of Cluster objects that another program makes (${name})`, () => {
    let fixture: PublicationFixture;
    before(async () => {
      fixture = await PublicationFixture.open(traits('status'));
    });
    after(() => fixture?.close());

    it('waits for the object, follows it and is left with it', async () => {
      const one = fixture.registration('synced');
      await assert.rejects(one.publish(), { reason: 'PublicationAwaited' });
      const object = objectOfOther('synced', 'nautes', one.cluster.spec.apiServer);
      const made = await fixture.admin.client.create(clusterObjectType, object, {}, patience());
      await one.publish();
      const found = await fixture.find(one.owner);
      assert.deepEqual(valueAt(found, 'status', 'entryPoints'), { 'one.example.com': { httpsPort: 443 } });
      assert.deepEqual(found?.metadata.labels, made.metadata.labels);
      assert.deepEqual(found?.['spec'], made['spec']);
      assert.deepEqual(await one.withdraw(), { removed: [], left: [], remaining: [] });
      assert.ok(await fixture.find(one.owner));
    });

    it('is not written to an object that is not as the file says', async () => {
      const one = fixture.registration('earlier-file');
      const object = objectOfOther('earlier-file', 'nautes', 'https://earlier.example.com');
      await fixture.admin.client.create(clusterObjectType, object, {}, patience());
      await assert.rejects(one.publish(), { reason: 'PublicationAwaited' });
      assert.equal(textAt(await fixture.find(one.owner), 'status'), '');
    });
  });
}

function objectOfOther(name: string, namespace: string, apiServer = 'https://other.example.com:6443'): KubeObject {
  return {
    apiVersion: clusterObjectType.apiVersion,
    kind: clusterObjectType.kind,
    metadata: { name, namespace },
    spec: { apiServer, clusterKind: 'kubernetes', clusterType: 'physical', usage: 'worker', componentsList: {} },
  };
}

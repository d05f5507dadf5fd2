import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { probe } from '../../kube/index.ts';
import { type KubeObject, textAt } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import {
  PublicationFixture,
  type PublicationPlaces,
  publicationContract,
  type PublicationTraits,
} from '../publication.contract.ts';
import { prepareKind } from '../testing/definitions.ts';
import { grantPublishing, patience } from '../testing/places.ts';
import { KubeconfigSecretPublication } from './publication.ts';

const DAY = 24 * 3_600_000;

/** The publication as Secrets of Cluster API, on clusters of any kind. */
export function describeKubeconfigSecrets(name: string, open: () => Promise<PublicationPlaces>): void {
  const namespace = 'nautes-kubeconfigs';
  const traits: PublicationTraits = {
    name: `kubeconfig Secrets, ${name}`,
    open,
    async prepare(admin, cluster) {
      await prepareKind(admin, ['nautes', namespace], undefined);
      return grantPublishing(admin, cluster, 'kubeconfig-secret.yaml');
    },
    publication: (now) => new KubeconfigSecretPublication({ namespace, tokenSeconds: (90 * DAY) / 1000, now }),
    type: wellKnown.secret,
    foreign: (objectName): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: objectName, namespace },
      type: 'cluster.x-k8s.io/secret',
      data: { value: 'dGhlaXJz' },
    }),
  };
  publicationContract(traits);

  describe(`the kubeconfig of Cluster API (${name})`, () => {
    let fixture: PublicationFixture;
    before(async () => {
      fixture = await PublicationFixture.open(traits);
    });
    after(() => fixture?.close());

    it('reaches the cluster', async () => {
      const one = fixture.registration('reached');
      await one.publish();
      const found = await fixture.find(one.owner);
      const kubeconfig = Buffer.from(textAt(found, 'data', 'value'), 'base64').toString();
      const connection = await fixture.connections.to(kubeconfig);
      assert.match((await probe(connection, patience())).version, /^v1\./);
    });

    it('keeps its token when only facts or the address change', async () => {
      const one = fixture.registration('moved');
      await one.publish();
      const earlier = one.entries('kubeconfig-secret-account');
      one.cluster = { ...one.cluster, binding: { ...one.cluster.binding, tlsServerName: 'kubernetes' } };
      const { changes } = await one.publish();
      assert.deepEqual(
        changes.map(({ kind }) => kind),
        ['updated'],
      );
      assert.deepEqual(
        one.entries('kubeconfig-secret-account').map(({ uid }) => uid),
        earlier.map(({ uid }) => uid),
      );
    });

    it('is found when the Secret is of a cluster that Cluster API has made', async () => {
      const one = fixture.registration('capi-made');
      const reference = fixture.publication.objectOf(one.owner);
      await fixture.admin.client.create(wellKnown.secret, traits.foreign(reference.name, namespace), {}, patience());
      assert.deepEqual(await fixture.publication.foreign(one.name, fixture.management, patience()), [reference]);
    });
  });
}

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CONTROL_PLANE_NOT_BUILT, controlPlaneBinaries } from '../../../tools/controlplane/control-plane.ts';
import { PublicationFixture } from '../publication.contract.ts';
import { clusterDefinition, prepareKind } from '../testing/definitions.ts';
import { RealPlaces } from '../testing/real-places.ts';
import { clusterObjectType } from './object.ts';
import { describeClusterObjects } from './objects.contract.ts';
import { ClusterObjectPublication } from './publication.ts';

const places = new RealPlaces();
after(() => places[Symbol.asyncDispose]());

/** The pattern that the definition of Nautes 0.4 has for addresses. */
const ORIGINAL_PATTERN =
  'https?:\\/\\/(www\\.)?[-a-zA-Z0-9@:%._\\+~#=]{1,256}\\.[a-zA-Z0-9()]{1,6}\\b([-a-zA-Z0-9()@:%_\\+.~#?&\\/\\/=]*)';
const OUR_PATTERN = /pattern: (?<quote>['"])\^https\?.*\k<quote>/;

if ((await controlPlaneBinaries()) === undefined) {
  describe('Cluster objects (real control plane)', () => {
    it('runs where a control plane is built', { skip: CONTROL_PLANE_NOT_BUILT });
  });
} else {
  describeClusterObjects('real control plane', places.open, clusterDefinition);
  describe("Cluster objects where the original's definition is installed", () => describeOriginal());
}

function describeOriginal(): void {
  let fixture: PublicationFixture;

  before(async () => {
    fixture = await PublicationFixture.open({
      name: "the original's definition",
      open: places.openSwapped,
      async prepare(admin, { kubeconfig }) {
        const ours = await clusterDefinition();
        assert.match(ours, OUR_PATTERN);
        const definition = ours.replace(OUR_PATTERN, () => `pattern: ${JSON.stringify(ORIGINAL_PATTERN)}`);
        await prepareKind(admin, ['nautes'], definition);
        return kubeconfig;
      },
      publication: () => new ClusterObjectPublication({ namespace: 'nautes', mode: 'object' }),
      type: clusterObjectType,
      foreign: () => {
        throw new Error('not asked for');
      },
    });
  });
  after(() => fixture?.close());

  const withAddress = (name: string, apiServer: string): ReturnType<PublicationFixture['registration']> => {
    const one = fixture.registration(name);
    const { spec, document } = one.cluster;
    const written = { ...document, spec: { ...(document['spec'] as object), apiServer } };
    one.cluster = { ...one.cluster, spec: { ...spec, apiServer }, document: written };
    return one;
  };

  it('are refused with a reason of their own when their address is not of its pattern', async () => {
    for (const [index, address] of ['https://localhost:6443', 'https://[::1]:6443'].entries()) {
      const one = withAddress(`refused-${index}`, address);
      await assert.rejects(one.publish(), { reason: 'PublicationAddressRefused' });
      assert.equal(await fixture.find(one.owner), undefined);
    }
  });

  it('are made for other addresses', async () => {
    const one = withAddress('accepted', 'https://10.0.0.1:6443');
    await one.publish();
    assert.ok(await fixture.find(one.owner));
  });
}

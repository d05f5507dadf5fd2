import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { probe } from '../../kube/index.ts';
import {
  PublicationFixture,
  type PublicationPlaces,
  publicationContract,
  type PublicationTraits,
} from '../publication.contract.ts';
import {
  application,
  applicationSet,
  grantPublishing,
  kubeconfigOf,
  patience,
  prepareArgoCd,
} from '../testing/places.ts';
import { ArgoCdPublication } from './argocd-publication.ts';
import type { KubeObject } from '../../kube-objects/kube-object.ts';

const DAY = 24 * 3_600_000;
const PROXY = 'http://proxy.example:3128';

/** The publication for Argo CD, on clusters of any kind. */
export function describeArgoCd(name: string, open: () => Promise<PublicationPlaces>): void {
  const traits: PublicationTraits = {
    name: `Argo CD, ${name}`,
    open,
    async prepare(admin, cluster) {
      await prepareArgoCd(admin);
      return grantPublishing(admin, cluster);
    },
    publication: (now) => new ArgoCdPublication({ namespace: 'argocd', tokenSeconds: (90 * DAY) / 1000, now }),
    type: wellKnown.secret,
    foreign: (objectName, namespace) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: objectName, namespace },
      type: 'Opaque',
      data: { name: Buffer.from('theirs').toString('base64') },
    }),
  };
  publicationContract(traits);

  describe(`the cluster Secret of Argo CD (${name})`, () => {
    let fixture: PublicationFixture;

    before(async () => {
      fixture = await PublicationFixture.open(traits);
    });
    after(() => fixture?.close());

    const secretOf = async (one: ReturnType<PublicationFixture['registration']>) => {
      const found = await fixture.find(one.owner);
      assert.ok(found);
      const data = found['data'] as Readonly<Record<string, string>>;
      const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();
      const config = JSON.parse(text('config')) as {
        readonly bearerToken: string;
        readonly proxyUrl?: string;
        readonly tlsClientConfig: Readonly<Record<string, unknown>>;
      };
      return { metadata: found.metadata, server: text('server'), name: text('name'), config };
    };
    const works = async (token: string): Promise<boolean> => {
      const connection = await fixture.connections.to(kubeconfigOf(fixture.places.target, token));
      return probe(connection, patience()).then(
        () => true,
        () => false,
      );
    };
    const make = (kind: 'Application' | 'ApplicationSet', object: Omit<KubeObject, 'apiVersion' | 'kind'>) =>
      fixture.admin.client.create(
        kind === 'Application' ? application : applicationSet,
        { apiVersion: 'argoproj.io/v1alpha1', kind, ...object } as KubeObject,
        {},
        patience(),
      );

    it('has an address without a slash, an authority and a token of an account of its own', async () => {
      const one = fixture.registration('read');
      one.cluster = { ...one.cluster, binding: { ...one.cluster.binding, server: `${one.cluster.binding.server}/` } };
      await one.publish();
      const { metadata, server, name: shown, config } = await secretOf(one);
      assert.deepEqual([shown, server], ['read', fixture.places.target.server]);
      assert.ok(await works(config.bearerToken));
      assert.equal(config.tlsClientConfig['insecure'], false);
      const authority = Buffer.from(String(config.tlsClientConfig['caData']), 'base64').toString();
      assert.equal(authority, one.cluster.binding.certificateAuthority);
      assert.equal(metadata.labels?.['argocd.argoproj.io/secret-type'], 'cluster');
      assert.equal(metadata.labels?.['cluster.nautes.io/usage'], 'worker');
      assert.equal(metadata.labels?.['cluster.nautes.io/type'], 'physical');
      assert.equal(metadata.labels?.['cluster.nautes.io/worker-type'], 'deployment');
      assert.equal(metadata.annotations?.['cluster.nautes.io/kubernetes-version'], 'v1.36.4');
      assert.equal(metadata.annotations?.['cluster.nautes.io/domain'], 'one.example.com');
      assert.equal(metadata.annotations?.['cluster.nautes.io/entry-points'], 'https://one.example.com:443');
    });

    it('keeps its token while only labels change, and drops labels that do not apply any more', async () => {
      const one = fixture.registration('relabelled');
      await one.publish();
      const earlier = await secretOf(one);
      const { workerType: _, ...host } = { ...one.cluster.spec, usage: 'host' as const };
      one.cluster = { ...one.cluster, spec: host };
      assert.deepEqual(
        (await one.publish()).changes.map(({ kind }) => kind),
        ['updated'],
      );
      const now = await secretOf(one);
      assert.equal(now.config.bearerToken, earlier.config.bearerToken);
      assert.equal(now.metadata.labels?.['cluster.nautes.io/usage'], 'host');
      assert.equal(now.metadata.labels?.['cluster.nautes.io/worker-type'], undefined);
    });

    it('gets the new address and another token when the cluster has moved; the old token ends', async () => {
      const one = fixture.registration('moved');
      await one.publish();
      const earlier = await secretOf(one);
      const { binding } = one.cluster;
      const server = `${binding.server}/k8s/clusters/c-1`;
      one.cluster = { ...one.cluster, binding: { ...binding, server, tlsServerName: 'kubernetes', proxyUrl: PROXY } };
      fixture.aheadMilliseconds += 1000;
      assert.deepEqual(
        (await one.publish()).changes.map(({ kind }) => kind),
        ['updated'],
      );
      const now = await secretOf(one);
      assert.equal(now.config.tlsClientConfig['serverName'], 'kubernetes');
      assert.deepEqual([now.server, now.config.proxyUrl], [server, PROXY]);
      assert.equal(now.metadata.uid, earlier.metadata.uid);
      assert.equal(await works(earlier.config.bearerToken), false);
      assert.ok(await works(now.config.bearerToken));
    });

    it('gets another token when two thirds of the life of its own have passed', async () => {
      const one = fixture.registration('renewed');
      await one.publish();
      const earlier = await secretOf(one);
      const ahead = fixture.aheadMilliseconds;
      fixture.aheadMilliseconds = ahead + 59 * DAY;
      assert.deepEqual((await one.publish()).changes, []);
      fixture.aheadMilliseconds = ahead + 70 * DAY;
      assert.deepEqual(
        (await one.publish()).changes.map(({ kind }) => kind),
        ['renewed'],
      );
      const now = await secretOf(one);
      assert.notEqual(now.config.bearerToken, earlier.config.bearerToken);
      assert.equal(await works(earlier.config.bearerToken), false);
      assert.ok(await works(now.config.bearerToken));
      fixture.aheadMilliseconds = ahead;
    });

    it('gets another token when its account, or the Secret that the token is bound to, was deleted', async () => {
      const one = fixture.registration('revoked');
      for (const kind of ['ServiceAccount', 'Secret']) {
        await one.publish();
        const earlier = await secretOf(one);
        const entry = [...one.stored.values()].find(
          (stored) => stored.kind === kind && stored.namespace === 'nautes-system',
        );
        assert.ok(entry);
        const type = kind === 'Secret' ? wellKnown.secret : wellKnown.serviceAccount;
        await fixture.target.client.delete(type, entry, {}, patience());
        fixture.aheadMilliseconds += 1000;
        assert.deepEqual(
          (await one.publish()).changes.map((change) => change.kind),
          ['repaired'],
        );
        const now = await secretOf(one);
        assert.notEqual(now.config.bearerToken, earlier.config.bearerToken);
        assert.ok(await works(now.config.bearerToken));
      }
    });

    it('is set back when `argocd cluster rm` has stripped its label, and when somebody has written its data', async () => {
      const one = fixture.registration('stripped');
      const { object } = await one.publish();
      const patch = (body: unknown) => fixture.admin.client.patch(wellKnown.secret, object, 'merge', body, patience());
      await patch({ metadata: { labels: { 'argocd.argoproj.io/secret-type': null } } });
      assert.deepEqual(
        (await one.publish()).changes.map(({ kind }) => kind),
        ['repaired'],
      );
      const label = (await secretOf(one)).metadata.labels?.['argocd.argoproj.io/secret-type'];
      assert.equal(label, 'cluster');
      await patch({ data: { server: Buffer.from('https://elsewhere.example.com').toString('base64') } });
      fixture.aheadMilliseconds += 1000;
      assert.deepEqual(
        (await one.publish()).changes.map(({ kind }) => kind),
        ['repaired'],
      );
      assert.equal((await secretOf(one)).server, fixture.places.target.server);
    });

    it('names the missing namespace', async () => {
      const elsewhere = new ArgoCdPublication({ namespace: 'nowhere', tokenSeconds: 3600, now: () => Date.now() });
      const one = fixture.registration('nowhere');
      const scope = { ...one.scope, management: fixture.admin };
      await assert.rejects(elsewhere.publish(one.cluster, scope, one.account, patience()), {
        reason: 'PublicationNamespaceMissing',
      });
    });

    it('names the right that is missing', async () => {
      const elsewhere = new ArgoCdPublication({ namespace: 'elsewhere', tokenSeconds: 3600, now: () => Date.now() });
      const one = fixture.registration('forbidden');
      await assert.rejects(elsewhere.publish(one.cluster, one.scope, one.account, patience()), {
        reason: 'PublicationForbidden',
        message: /cannot patch resource "secrets" .* in the namespace "elsewhere"/,
      });
    });

    it('knows who uses the cluster, by name or address, and who leaves with its labels', async () => {
      const one = fixture.registration('used');
      await one.publish();
      const destination = { name: 'used' };
      const metadata = (named: string, owner?: KubeObject) => ({
        namespace: 'argocd',
        name: named,
        ...(owner === undefined
          ? {}
          : {
              ownerReferences: [
                {
                  apiVersion: owner.apiVersion,
                  kind: owner.kind,
                  name: owner.metadata.name,
                  uid: owner.metadata.uid ?? '',
                },
              ],
            }),
      });
      const selector = { matchLabels: { 'cluster.nautes.io/usage': 'worker' } };
      const following = await make('ApplicationSet', {
        metadata: metadata('following'),
        spec: { generators: [{ matrix: { generators: [{ clusters: { selector } }, { git: {} }] } }] },
      });
      const everywhere = await make('ApplicationSet', {
        metadata: metadata('everywhere'),
        spec: { generators: [{ clusters: {} }] },
      });
      await make('Application', { metadata: metadata('by-name'), spec: { destination } });
      await make('Application', {
        metadata: metadata('by-address'),
        spec: { destination: { server: `${fixture.places.target.server}/` } },
      });
      await make('Application', { metadata: metadata('of-another'), spec: { destination: { name: 'another' } } });
      await make('Application', { metadata: metadata('following-used', following), spec: { destination } });
      await make('Application', { metadata: metadata('everywhere-used', everywhere), spec: { destination } });

      const expected = { leaving: ['following-used'], staying: ['by-address', 'by-name', 'everywhere-used'] };
      const names = (list: readonly { readonly name: string }[]) => list.map(({ name: each }) => each).toSorted();
      const users = await fixture.publication.users(one.name, fixture.management, patience());
      assert.deepEqual({ leaving: names(users.leaving), staying: names(users.staying) }, expected);
      const earlier = await secretOf(one);
      const left = await one.letGo();
      assert.deepEqual({ leaving: names(left.leaving), staying: names(left.staying) }, expected);
      const now = await secretOf(one);
      assert.equal(now.metadata.labels?.['cluster.nautes.io/usage'], undefined);
      assert.equal(now.metadata.labels?.['argocd.argoproj.io/secret-type'], 'cluster');
      assert.equal(now.config.bearerToken, earlier.config.bearerToken);
    });

    it('takes its account away with all tokens', async () => {
      const one = fixture.registration('removed');
      await one.publish();
      const { config } = await secretOf(one);
      assert.ok(await works(config.bearerToken));
      assert.equal(await one.account.remove(patience()), true);
      assert.equal(await works(config.bearerToken), false);
      assert.deepEqual(one.entries('argocd-account'), []);
    });
  });
}

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ManagementHost } from '../../test/harness/management-host.ts';
import { waitUntil } from '../../test/harness/wait-until.ts';
import { silentLogger } from '../base/logger.ts';
import { wellKnown } from '../kube-objects/resource-types.ts';
import type { ManagementCluster } from '../management/index.ts';
import { tokenHash } from './access-token.ts';
import { describeIdentityProviderContract } from './identity-provider.contract.ts';
import { KubernetesTokens, TOKENS_SECRET } from './kubernetes-tokens.ts';
import { LocalTokenIdentity } from './local-token-identity.ts';

const signal = new AbortController().signal;

/** What holds for tokens in a management cluster, on any API server. */
export function describeKubernetesTokens(api: string, start: () => Promise<ManagementHost>): void {
  describe(`access tokens in a management cluster (${api})`, () => {
    let host: ManagementHost;
    before(async () => {
      host = await start();
    });
    after(() => host?.close());

    const replica = (cluster: ManagementCluster) => {
      const tokens = new KubernetesTokens({ cluster });
      return { tokens, identity: new LocalTokenIdentity({ tokens, logger: silentLogger }) };
    };
    const withReplicas = async (
      test: (a: ReturnType<typeof replica>, b: ReturnType<typeof replica>, cluster: ManagementCluster) => Promise<void>,
    ) => {
      const cluster = await host.open(await host.newNamespace());
      await test(replica(cluster), replica(cluster), cluster);
      cluster.close();
    };

    describeIdentityProviderContract('LocalTokenIdentity with tokens of a management cluster', async () => {
      const cluster = await host.open(await host.newNamespace());
      const { tokens, identity } = replica(cluster);
      let count = 0;
      return {
        provider: identity,
        async addPerson(role) {
          count += 1;
          const name = `person-${count}`;
          const token = await tokens.create({ name, role }, signal);
          const tokenDigest = tokenHash(token).toString('hex');
          return { token, caller: { id: name, name, email: `${name}@nautes.local`, tokenDigest } };
        },
        revoke: (caller) => tokens.revoke(caller.id, signal),
        cleanUp: () => Promise.resolve(cluster.close()),
      };
    });

    it('are good at every replica at once, also where the name was known before', () =>
      withReplicas(async (a, b) => {
        const first = await a.tokens.create({ name: 'ada', role: 'maintainer' }, signal);
        assert.equal((await b.identity.authenticate(first, signal)).id, 'ada');
        await a.tokens.revoke('ada', signal);
        const second = await a.tokens.create({ name: 'ada', role: 'maintainer' }, signal);
        assert.equal((await b.identity.authenticate(second, signal)).id, 'ada');
        await assert.rejects(b.identity.authenticate(first, signal), { reason: 'Unauthenticated' });
      }));

    it('that are revoked at one replica are soon refused at the others', () =>
      withReplicas(async (a, b) => {
        const token = await a.tokens.create({ name: 'ada', role: 'maintainer' }, signal);
        const caller = await b.identity.authenticate(token, signal);
        await a.tokens.revoke('ada', signal);
        await waitUntil('the token is refused', async () => {
          const answer = await b.identity.authenticate(token, signal).catch((error: unknown) => error);
          return answer instanceof Error && 'reason' in answer && answer.reason === 'Unauthenticated';
        });
        await assert.rejects(b.identity.authorize(caller, 'reader', 'read', signal), { reason: 'NoAuthorization' });
      }));

    it('are all there when they are created at once, and a name is taken once', () =>
      withReplicas(async (a, b) => {
        const names = Array.from({ length: 8 }, (_, index) => `person-${index}`);
        await Promise.all(
          names.map((name, index) => (index % 2 === 0 ? a : b).tokens.create({ name, role: 'reader' }, signal)),
        );
        assert.deepEqual(
          (await b.tokens.list(signal)).tokens.map(({ name }) => name),
          names,
        );
        const taken = await Promise.allSettled(
          [a, b, a, b].map(({ tokens }) => tokens.create({ name: 'carol', role: 'reader' }, signal)),
        );
        const refusals = taken.flatMap((result) => (result.status === 'rejected' ? [result.reason.reason] : []));
        assert.deepEqual(refusals, ['TokenNameTaken', 'TokenNameTaken', 'TokenNameTaken']);
      }));

    it('are stored hashed, and what is damaged lets nobody in', () =>
      withReplicas(async (a, b, { client, namespace }) => {
        const token = await a.tokens.create({ name: 'ada', role: 'maintainer' }, signal);
        const kube = await client(signal);
        const place = { namespace, name: TOKENS_SECRET };
        const { data } = await kube.get(wellKnown.secret, place, signal);
        const { ada = '' } = data as Record<string, string>;
        assert.ok(!Buffer.from(ada, 'base64').toString().includes(token.reveal().slice(-20)));
        const damaged = { ada: Buffer.from('{}').toString('base64'), ben: ada };
        await kube.patch(wellKnown.secret, place, 'merge', { data: damaged }, signal);
        await assert.rejects(b.identity.authenticate(token, signal), { reason: 'Unauthenticated' });
        assert.deepEqual(await b.tokens.list(signal), {
          tokens: [],
          unreadable: ['nautes-tokens/ada', 'nautes-tokens/ben'],
        });
      }));

    it('of an unknown name cannot be revoked, and restored ones replace those of their name', () =>
      withReplicas(async (a, b) => {
        await assert.rejects(a.tokens.revoke('nobody', signal), { reason: 'TokenNotFound' });
        const token = await a.tokens.create({ name: 'ada', role: 'reader' }, signal);
        const record = await a.tokens.read('ada', signal);
        assert.ok(typeof record === 'object');
        await a.tokens.restore({ ...record, role: 'maintainer' }, signal);
        const caller = await b.identity.authenticate(token, signal);
        await b.identity.authorize(caller, 'maintainer', 'register', signal);
        await b.tokens.checkWritable();
      }));
  });
}

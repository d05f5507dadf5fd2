import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../base/secret.ts';
import type { CredentialMaterial, StoredCredential } from '../../resources/credential.ts';
import { credentialOf, newScope } from '../secret-store.contract.ts';
import type { VaultSecretStore } from './vault-secret-store.ts';
import type { VaultStoreFixture } from './vault-store.fixture.contract.ts';

const signal = new AbortController().signal;
const PATH = 'cluster/data/kubernetes/a/default/admin';
const METADATA = 'cluster/metadata/kubernetes/a/default/admin';

export function credentialWith(token: string, scope = newScope('a')): StoredCredential {
  return credentialOf(scope, { material: new Secret<CredentialMaterial>({ kind: 'token', token }) });
}

/** The token in the kubeconfig that consumers find; empty when there is none. */
export async function publishedToken({ vault }: VaultStoreFixture, query = ''): Promise<string> {
  const { data } = (await vault.admin('GET', `${PATH}${query}`)) as { data?: { kubeconfig: string } | null };
  if (data === undefined || data === null) return '';
  assert.deepEqual(Object.keys(data), ['kubeconfig']);
  return (JSON.parse(data.kubeconfig) as { user: { token: string } }).user.token;
}

/** The contract of a Vault store besides that of a secret store. */
export function describeVaultStore(
  name: string,
  create: () => Promise<VaultStoreFixture>,
  skip: string | false = false,
): void {
  describe(`${name} for its consumers`, { skip }, () => {
    const withStore = (test: (store: VaultSecretStore, fixture: VaultStoreFixture) => Promise<void>) => async () => {
      const fixture = await create();
      const store = await fixture.open();
      try {
        await test(store, fixture);
      } finally {
        await store.close();
        await fixture.cleanUp();
      }
    };

    it(
      'shows the active credential at the path that they know, and staged ones never',
      withStore(async (store, fixture) => {
        const scope = newScope('a');
        const first = await store.stage(credentialWith('first', scope), signal);
        assert.equal(await store.publish(scope, signal), 'cluster/kubernetes/a/default/admin');
        assert.equal(await publishedToken(fixture), '');
        const pointer = await store.activate(scope, first, undefined, signal);
        assert.equal(await publishedToken(fixture), 'first');
        const second = await store.stage(credentialWith('second', scope), signal);
        await store.publish(scope, signal);
        assert.equal(await publishedToken(fixture), 'first');
        await store.activate(scope, second, pointer.revision, signal);
        assert.equal(await publishedToken(fixture), 'second');
      }),
    );

    it(
      'keeps nothing of a credential that was replaced',
      withStore(async (store, fixture) => {
        const scope = newScope('a');
        let revision: string | undefined;
        for (const token of ['first', 'second', 'third']) {
          const version = await store.stage(credentialWith(token, scope), signal);
          ({ revision } = await store.activate(scope, version, revision, signal));
        }
        assert.equal(await publishedToken(fixture), 'third');
        const { versions } = (await fixture.vault.admin('GET', METADATA)) as { versions: Record<string, unknown> };
        assert.deepEqual(Object.keys(versions), ['3']);
        for (const version of [1, 2]) assert.equal(await publishedToken(fixture, `?version=${version}`), '');
      }),
    );

    it(
      'writes nothing as long as what they find is right, and mends what others did to it',
      withStore(async (store, fixture) => {
        const { vault } = fixture;
        const scope = newScope('a');
        await store.activate(scope, await store.stage(credentialWith('ours', scope), signal), undefined, signal);
        const versionNow = async (): Promise<unknown> => (await vault.admin('GET', METADATA))['current_version'];
        const before = await versionNow();
        await store.publish(scope, signal);
        assert.equal(await versionNow(), before);
        await vault.admin('POST', PATH, { data: { kubeconfig: '{"user":{"token":"somebody else"}}' } });
        await store.publish(scope, signal);
        assert.equal(await publishedToken(fixture), 'ours');
        await vault.admin('DELETE', PATH);
        await store.publish(scope, signal);
        assert.equal(await publishedToken(fixture), 'ours');
        await vault.admin('DELETE', METADATA);
        await store.publish(scope, signal);
        assert.equal(await publishedToken(fixture), 'ours');
      }),
    );

    it(
      'takes the place of a kubeconfig that was there before, of which nothing stays',
      withStore(async (store, fixture) => {
        const { vault } = fixture;
        await vault.admin('POST', PATH, { data: { kubeconfig: '{"user":{"token":"of the original"}}' } });
        const scope = newScope('a');
        const version = await store.stage(credentialWith('ours', scope), signal);
        await store.activate(scope, version, undefined, signal);
        assert.equal(await publishedToken(fixture), 'ours');
        assert.equal(await publishedToken(fixture, '?version=1'), '');
      }),
    );

    it(
      'destroys all versions of a cluster that is deleted, on both mounts',
      withStore(async (store, fixture) => {
        const { vault } = fixture;
        const scope = newScope('a');
        await store.activate(scope, await store.stage(credentialWith('ours', scope), signal), undefined, signal);
        await store.stage(credentialWith('staged', scope), signal);
        await store.removeAll(scope, signal);
        for (const path of ['cluster/metadata', 'nautes/metadata/credentials']) {
          assert.deepEqual(await vault.admin('GET', `${path}?list=true`), {}, path);
        }
        await store.removeAll(scope, signal);
      }),
    );

    it(
      'leaves a kubeconfig alone that none of its registrations has replaced',
      withStore(async (store, fixture) => {
        const { vault } = fixture;
        await vault.admin('POST', PATH, { data: { kubeconfig: '{"user":{"token":"of the original"}}' } });
        const scope = newScope('a');
        await store.stage(credentialWith('refused', scope), signal);
        await store.removeAll(scope, signal);
        assert.equal(await publishedToken(fixture), 'of the original');
      }),
    );

    it(
      'shows the other registration of a name when one goes, whichever was activated last',
      withStore(async (store, fixture) => {
        const [older, newer] = [newScope('a'), newScope('a')];
        for (const [scope, token] of [
          [older, 'older'],
          [newer, 'newer'],
        ] as const) {
          await store.activate(scope, await store.stage(credentialWith(token, scope), signal), undefined, signal);
        }
        await store.publish(older, signal);
        assert.equal(await publishedToken(fixture), 'newer');
        await store.removeAll(newer, signal);
        assert.equal(await publishedToken(fixture), 'older');
        await store.removeAll(older, signal);
        assert.equal(await publishedToken(fixture), '');
      }),
    );

    it(
      'shows what was activated last, however many processes activate',
      withStore(async (store, fixture) => {
        const scope = newScope('a');
        const others = await Promise.all([fixture.open(), fixture.open()]);
        const stores = [store, ...others];
        const versions = await Promise.all(
          stores.map((each, index) => each.stage(credentialWith(`${index}`, scope), signal)),
        );
        for (let round = 0; round < 4; round += 1) {
          const revision = (await store.active(scope, signal))?.revision;
          const attempts = stores.map((each, index) => each.activate(scope, versions[index] ?? '', revision, signal));
          const results = await Promise.allSettled(attempts);
          assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
          const active = await store.active(scope, signal);
          assert.equal(await publishedToken(fixture), String(versions.indexOf(active?.version ?? '')));
        }
        for (const each of others) await each.close();
      }),
    );

    it(
      'does not return a credential that was copied to another registration',
      withStore(async (store, fixture) => {
        const { vault } = fixture;
        const [from, to] = [newScope('a'), newScope('b')];
        const version = await store.stage(credentialWith('ours', from), signal);
        const { data } = await vault.admin('GET', `nautes/data/credentials/a/${from.incarnation}/${version}`);
        for (const copied of [data, { credential: 1 }, { credential: '{' }, {}]) {
          await vault.admin('POST', `nautes/data/credentials/b/${to.incarnation}/${version}`, { data: copied });
          await assert.rejects(store.read(to, version, signal), { reason: 'CredentialUnreadable' });
        }
      }),
    );

    it(
      'names a damaged pointer and lets an activation without expectation replace it',
      withStore(async (store, fixture) => {
        const { vault } = fixture;
        const scope = newScope('a');
        const version = await store.stage(credentialWith('ours', scope), signal);
        await vault.admin('POST', `nautes/data/credentials/a/${scope.incarnation}/active`, {
          data: { version: '../x' },
        });
        await assert.rejects(store.active(scope, signal), { reason: 'CredentialUnreadable' });
        await store.publish(scope, signal);
        const pointer = await store.activate(scope, version, undefined, signal);
        assert.deepEqual(await store.active(scope, signal), pointer);
        assert.equal(await publishedToken(fixture), 'ours');
      }),
    );

    it(
      'names versions with a key that it shares, and that can come from an earlier store',
      withStore(async (_store, fixture) => {
        const scope = newScope('a');
        const versionKey = new Secret(Buffer.alloc(32, 7));
        const first = await fixture.open({ versionKey });
        const version = await first.versionOf(credentialWith('x', scope), signal);
        const second = await fixture.open({ versionKey: new Secret(Buffer.alloc(32, 8)) });
        assert.equal(await second.versionOf(credentialWith('x', scope), signal), version);
        for (const each of [first, second]) await each.close();
      }),
    );
  });
}

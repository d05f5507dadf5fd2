import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { Secret } from '../base/secret.ts';
import { waitUntil } from '../../test/harness/wait-until.ts';
import type { CredentialMaterial, CredentialScope, StoredCredential } from '../resources/credential.ts';
import type { SecretStore } from './secret-store.ts';

/** Storage of a secret store that outlives the process. */
export interface SecretStoreFixture {
  /** Opens the same storage; after a close and reopen it has what was stored. */
  open(): Promise<SecretStore>;
  cleanUp(): Promise<void>;
}

const signal = new AbortController().signal;

/** A registration that no other test uses. */
export function newScope(cluster = 'a'): CredentialScope {
  return { cluster, incarnation: randomUUID() };
}

export function credentialOf(scope: CredentialScope, changes: Partial<StoredCredential> = {}): StoredCredential {
  return {
    binding: { ...scope, server: 'https://127.0.1.1:6443', certificateAuthority: 'authority of a' },
    material: new Secret<CredentialMaterial>({ kind: 'token', token: 'opens-everything' }),
    origin: 'uploaded',
    expiresAt: '2030-01-01T00:00:00Z',
    issuedAt: '2029-01-01T00:00:00Z',
    boundSecret: '',
    ...changes,
  };
}

/** The contract of every secret store. */
export function describeSecretStoreContract(
  name: string,
  create: () => Promise<SecretStoreFixture>,
  skip: string | false = false,
): void {
  describe(`${name} as a secret store`, { skip }, () => {
    const withStore = async (test: (store: SecretStore, fixture: SecretStoreFixture) => Promise<void>) => {
      const fixture = await create();
      const store = await fixture.open();
      try {
        await test(store, fixture);
      } finally {
        await store.close();
        await fixture.cleanUp();
      }
    };
    describeVersions(withStore);
    describeRestoring(withStore);
    describeActivePointer(withStore);
    describeRemoval(withStore);
    describeListing(withStore);
  });
}

type WithStore = (test: (store: SecretStore, fixture: SecretStoreFixture) => Promise<void>) => Promise<void>;

function describeVersions(withStore: WithStore): void {
  it('gives the same keys for a purpose to every process, and others for another purpose', () =>
    withStore(async (store, fixture) => {
      const again = await fixture.open();
      const [first, same, other] = await Promise.all([
        store.derivedKeys('one', signal),
        again.derivedKeys('one', signal),
        store.derivedKeys('two', signal),
      ]);
      await again.close();
      const texts = [first, same, other].map(([key]) => Buffer.from(key?.reveal() ?? []).toString('hex'));
      assert.match(texts[0] ?? '', /^[0-9a-f]{64}$/);
      assert.equal(texts[1], texts[0]);
      assert.notEqual(texts[2], texts[0]);
    }));

  it('returns every kind of credential as it was staged', () =>
    withStore(async (store) => {
      const materials: readonly CredentialMaterial[] = [
        { kind: 'token', token: 'a token' },
        { kind: 'clientCertificate', certificate: 'a certificate\n', privateKey: 'a key\n' },
        { kind: 'basic', username: 'ü\u0000"', password: '\n' },
      ];
      for (const material of materials) {
        const given = credentialOf(newScope(), { material: new Secret(material), origin: 'issued', boundSecret: 'b' });
        const version = await store.stage(given, signal);
        const found = await store.read(given.binding, version, signal);
        assert.deepEqual(found.material.reveal(), material);
        assert.deepEqual({ ...found, material: undefined }, { ...given, material: undefined });
      }
    }));

  it('computes the version of a credential without storing anything', () =>
    withStore(async (store) => {
      const credential = credentialOf(newScope());
      const version = await store.versionOf(credential, signal);
      assert.deepEqual(await store.list(signal), []);
      assert.equal(await store.stage(credential, signal), version);
      assert.equal(await store.versionOf(credential, signal), version);
    }));

  it('probes whether it is writable, leaves nothing behind, and fails when it is closed', () =>
    withStore(async (store) => {
      await store.checkWritable();
      assert.deepEqual(await store.list(signal), []);
      await store.close();
      await assert.rejects(store.checkWritable(), { reason: 'Closing' });
    }));

  it('gives the same content the same version and keeps the times of the first', () =>
    withStore(async (store) => {
      const scope = newScope();
      const first = await store.stage(credentialOf(scope), signal);
      const second = await store.stage(
        credentialOf(scope, { issuedAt: '2029-06-01T00:00:00Z', expiresAt: '' }),
        signal,
      );
      assert.equal(second, first);
      const found = await store.read(scope, first, signal);
      assert.equal(found.issuedAt, '2029-01-01T00:00:00Z');
      assert.equal(found.expiresAt, '2030-01-01T00:00:00Z');
    }));

  it('gives another version for another registration, server, authority, origin or secret', () =>
    withStore(async (store) => {
      const scope = newScope();
      const { binding } = credentialOf(scope);
      const credentials = [
        credentialOf(scope),
        credentialOf(newScope('a')),
        credentialOf({ ...scope, cluster: 'b' }),
        credentialOf(scope, { binding: { ...binding, server: 'https://127.0.1.2:6443' } }),
        credentialOf(scope, { binding: { ...binding, certificateAuthority: 'another authority' } }),
        credentialOf(scope, { origin: 'issued' }),
        credentialOf(scope, { material: new Secret<CredentialMaterial>({ kind: 'token', token: 'another' }) }),
      ];
      const versions = await Promise.all(credentials.map((credential) => store.stage(credential, signal)));
      assert.equal(new Set(versions).size, credentials.length);
      for (const [index, version] of versions.entries()) {
        const given = credentials[index];
        assert.ok(given !== undefined);
        assert.deepEqual((await store.read(given.binding, version, signal)).binding, given.binding);
      }
    }));

  it('makes a version that fits into a label of Kubernetes and holds nothing of the secret', () =>
    withStore(async (store) => {
      const version = await store.stage(credentialOf(newScope()), signal);
      assert.match(version, /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
    }));

  it('does not return a version for another registration', () =>
    withStore(async (store) => {
      const scope = newScope();
      const version = await store.stage(credentialOf(scope), signal);
      for (const other of [newScope(scope.cluster), { ...scope, cluster: 'b' }]) {
        await assert.rejects(store.read(other, version, signal), { reason: 'CredentialUnknown' });
        await assert.rejects(store.activate(other, version, undefined, signal), { reason: 'CredentialUnknown' });
      }
    }));

  it('rejects an unknown version, whatever its form', () =>
    withStore(async (store) => {
      for (const version of ['0'.repeat(40), '', 'active', '../../x', 'a/b', '\u0000']) {
        await assert.rejects(store.read(newScope(), version, signal), { reason: 'CredentialUnknown' });
        await assert.rejects(store.activate(newScope(), version, undefined, signal), { reason: 'CredentialUnknown' });
        await store.remove(newScope(), version, signal);
      }
    }));

  it('rejects a registration whose name could escape the store', () =>
    withStore(async (store) => {
      const scopes = [
        { cluster: '..', incarnation: 'x' },
        { cluster: 'a/b', incarnation: 'x' },
        { cluster: '', incarnation: 'x' },
        { cluster: 'a', incarnation: '..' },
        { cluster: 'a', incarnation: '' },
        { cluster: 'a', incarnation: 'x/../../y' },
      ];
      for (const scope of scopes) {
        const refused = { reason: 'CredentialScopeInvalid' };
        await assert.rejects(store.stage(credentialOf(scope), signal), refused);
        await assert.rejects(store.read(scope, '0'.repeat(40), signal), refused);
        await assert.rejects(store.active(scope, signal), refused);
        await assert.rejects(store.removeAll(scope, signal), refused);
      }
    }));

  it('rejects a credential of more than a mebibyte', () =>
    withStore(async (store) => {
      const material = new Secret<CredentialMaterial>({ kind: 'token', token: 'x'.repeat(1024 * 1024) });
      await assert.rejects(store.stage(credentialOf(newScope(), { material }), signal), {
        reason: 'CredentialTooLarge',
      });
    }));

  it('does nothing for a caller that has aborted', () =>
    withStore(async (store) => {
      const gone = AbortSignal.abort();
      await assert.rejects(store.stage(credentialOf(newScope()), gone), { name: 'AbortError' });
      assert.deepEqual(await store.list(signal), []);
    }));
}

function describeRestoring(withStore: WithStore): void {
  it('keeps the name of a version that comes from another store, and replaces what has that name', () =>
    withStore(async (store) => {
      const scope = newScope();
      const version = 'ab'.repeat(20);
      await store.restore(version, credentialOf(scope, { boundSecret: 'one' }), signal);
      await store.restore(version, credentialOf(scope, { boundSecret: 'two' }), signal);
      assert.equal((await store.read(scope, version, signal)).boundSecret, 'two');
      assert.deepEqual(
        (await store.list(signal)).map((each) => each.version),
        [version],
      );
      await store.activate(scope, version, undefined, signal);
    }));

  it('rejects an invalid version name and a credential that is too large', () =>
    withStore(async (store) => {
      const scope = newScope();
      for (const version of ['', 'active', '../x', 'AB'.repeat(20), '0'.repeat(41)]) {
        await assert.rejects(store.restore(version, credentialOf(scope), signal), { reason: 'CredentialUnknown' });
      }
      const refused = { reason: 'CredentialScopeInvalid' };
      const elsewhere = credentialOf({ cluster: '..', incarnation: 'x' });
      await assert.rejects(store.restore('0'.repeat(40), elsewhere, signal), refused);
      const material = new Secret<CredentialMaterial>({ kind: 'token', token: 'x'.repeat(1024 * 1024) });
      const tooLarge = credentialOf(scope, { material });
      await assert.rejects(store.restore('0'.repeat(40), tooLarge, signal), { reason: 'CredentialTooLarge' });
      assert.deepEqual(await store.list(signal), []);
    }));
}

function describeActivePointer(withStore: WithStore): void {
  it('has no active version until one is activated, staging does not', () =>
    withStore(async (store) => {
      const scope = newScope();
      await store.stage(credentialOf(scope), signal);
      assert.equal(await store.active(scope, signal), undefined);
    }));

  it('moves the active pointer when the revision is the expected one', () =>
    withStore(async (store) => {
      const scope = newScope();
      const uploaded = await store.stage(credentialOf(scope), signal);
      const issued = await store.stage(credentialOf(scope, { origin: 'issued' }), signal);
      const first = await store.activate(scope, uploaded, undefined, signal);
      assert.equal(first.version, uploaded);
      const second = await store.activate(scope, issued, first.revision, signal);
      assert.deepEqual(await store.active(scope, signal), second);
      assert.equal(second.version, issued);
      const third = await store.activate(scope, issued, second.revision, signal);
      assert.notEqual(third.revision, second.revision);
    }));

  it('rejects moving the pointer when another writer was faster', () =>
    withStore(async (store) => {
      const scope = newScope();
      const version = await store.stage(credentialOf(scope), signal);
      const conflict = { reason: 'CredentialConflict' };
      await assert.rejects(store.activate(scope, version, 'never-there', signal), conflict);
      const first = await store.activate(scope, version, undefined, signal);
      await assert.rejects(store.activate(scope, version, undefined, signal), conflict);
      const second = await store.activate(scope, version, first.revision, signal);
      await assert.rejects(store.activate(scope, version, first.revision, signal), conflict);
      assert.deepEqual(await store.active(scope, signal), second);
    }));

  it('lets exactly one of many concurrent activations win', () =>
    withStore(async (store) => {
      const scope = newScope();
      const tokens = Array.from({ length: 8 }, (_, index) => `token ${index}`);
      const versions = await Promise.all(
        tokens.map((token) =>
          store.stage(
            credentialOf(scope, { material: new Secret<CredentialMaterial>({ kind: 'token', token }) }),
            signal,
          ),
        ),
      );
      const attempts = await Promise.allSettled(
        versions.map((version) => store.activate(scope, version, undefined, signal)),
      );
      const winners = attempts.filter((attempt) => attempt.status === 'fulfilled').map((attempt) => attempt.value);
      assert.equal(winners.length, 1);
      assert.deepEqual(await store.active(scope, signal), winners[0]);
      for (const attempt of attempts) {
        if (attempt.status === 'rejected') assert.equal(attempt.reason.reason, 'CredentialConflict');
      }
    }));

  it('publishes repeatedly, with or without an active version', () =>
    withStore(async (store) => {
      const scope = newScope();
      const place = await store.publish(scope, signal);
      const version = await store.stage(credentialOf(scope), signal);
      const pointer = await store.activate(scope, version, undefined, signal);
      assert.equal(await store.publish(scope, signal), place);
      assert.equal(await store.publish(scope, signal), place);
      assert.deepEqual(await store.active(scope, signal), pointer);
    }));

  it('keeps the pointers of registrations apart', () =>
    withStore(async (store) => {
      const scope = newScope();
      const version = await store.stage(credentialOf(scope), signal);
      await store.activate(scope, version, undefined, signal);
      assert.equal(await store.active(newScope(scope.cluster), signal), undefined);
    }));
}

function describeRemoval(withStore: WithStore): void {
  it('removes a version, also one that is absent already', () =>
    withStore(async (store) => {
      const scope = newScope();
      const version = await store.stage(credentialOf(scope), signal);
      await store.remove(scope, version, signal);
      await assert.rejects(store.read(scope, version, signal), { reason: 'CredentialUnknown' });
      await store.remove(scope, version, signal);
    }));

  it('rejects removing the active version', () =>
    withStore(async (store) => {
      const scope = newScope();
      const version = await store.stage(credentialOf(scope), signal);
      await store.activate(scope, version, undefined, signal);
      await assert.rejects(store.remove(scope, version, signal), { reason: 'CredentialActive' });
      await store.read(scope, version, signal);
    }));

  it('does not remove a version that was staged again since it was listed', () =>
    withStore(async (store) => {
      const scope = newScope();
      const version = await store.stage(credentialOf(scope), signal);
      const [listed] = await store.list(signal);
      assert.ok(listed !== undefined);
      const again = await waitUntil('it is staged at a later time of the store', async () => {
        await store.stage(credentialOf(scope), signal);
        const [latest] = await store.list(signal);
        return latest !== undefined && latest.storedAt > listed.storedAt ? latest : undefined;
      });
      await store.remove(scope, version, signal, listed.storedAt);
      assert.deepEqual(await store.list(signal), [again]);
      await store.remove(scope, version, signal, again.storedAt);
      assert.deepEqual(await store.list(signal), []);
    }));

  it('removes everything of a registration and nothing of another', () =>
    withStore(async (store) => {
      const [scope, other] = [newScope(), newScope()];
      const version = await store.stage(credentialOf(scope), signal);
      await store.stage(credentialOf(scope, { origin: 'issued' }), signal);
      await store.activate(scope, version, undefined, signal);
      const kept = await store.stage(credentialOf(other), signal);
      await store.removeAll(scope, signal);
      await store.removeAll(scope, signal);
      assert.equal(await store.active(scope, signal), undefined);
      await assert.rejects(store.read(scope, version, signal), { reason: 'CredentialUnknown' });
      assert.deepEqual(
        (await store.list(signal)).map((each) => each.version),
        [kept],
      );
    }));

  it('adds and removes registrations of one name concurrently', () =>
    withStore(async (store) => {
      const scopes = Array.from({ length: 20 }, () => newScope());
      await Promise.all(
        scopes.flatMap((scope, index) => [
          store.stage(credentialOf(scope), signal),
          ...(index % 2 === 0 ? [store.removeAll(scope, signal)] : []),
        ]),
      );
      assert.equal((await store.list(signal)).length, 10);
    }));
}

function describeListing(withStore: WithStore): void {
  it('lists what is stored for one name alone', () =>
    withStore(async (store) => {
      const versions = await Promise.all(
        ['a', 'a', 'b'].map((name) => store.stage(credentialOf(newScope(name)), signal)),
      );
      const listed = async (cluster: string) => (await store.list(signal, cluster)).map(({ version }) => version);
      assert.deepEqual((await listed('a')).toSorted(), versions.slice(0, 2).toSorted());
      assert.deepEqual(await listed('b'), versions.slice(2));
      for (const nobody of ['c', '..', '']) assert.deepEqual(await listed(nobody), []);
    }));

  it('lists every version with its registration, the active one marked', () =>
    withStore(async (store) => {
      const began = Date.now();
      const [a, b] = [newScope('a'), newScope('b')];
      const uploaded = await store.stage(credentialOf(a), signal);
      const issued = await store.stage(credentialOf(a, { origin: 'issued' }), signal);
      const other = await store.stage(credentialOf(b), signal);
      await store.activate(a, issued, undefined, signal);
      const listed = await store.list(signal);
      const seen = listed.map(({ scope, version, active }) => `${scope.cluster} ${version} ${active}`).toSorted();
      assert.deepEqual(seen, [`a ${uploaded} false`, `a ${issued} true`, `b ${other} false`].toSorted());
      for (const each of listed) {
        const time = Date.parse(each.storedAt);
        assert.ok(time >= began - 1000 && time <= Date.now() + 1000, each.storedAt);
      }
    }));

  it('keeps everything over a close and refuses work after it', () =>
    withStore(async (store, fixture) => {
      const scope = newScope();
      const version = await store.stage(credentialOf(scope), signal);
      const pointer = await store.activate(scope, version, undefined, signal);
      const listed = await store.list(signal);
      await store.close();
      await assert.rejects(store.stage(credentialOf(newScope()), signal), { reason: 'Closing' });
      const again = await fixture.open();
      try {
        assert.deepEqual(await again.active(scope, signal), pointer);
        assert.deepEqual(await again.list(signal), listed);
        assert.deepEqual((await again.read(scope, version, signal)).material.reveal(), {
          kind: 'token',
          token: 'opens-everything',
        });
        assert.equal(await again.stage(credentialOf(scope), signal), version);
      } finally {
        await again.close();
      }
    }));
}

import { KeyedMutex } from '../../base/async/keyed-mutex.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Secret } from '../../base/secret.ts';
import { NautesError } from '../../errors/errors.ts';
import { type KubeClient, retryingConflicts } from '../../kube/index.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { ManagementCluster } from '../../management/index.ts';
import { message } from '../../messages/message.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import { canonicalContent, credentialDigest } from '../credential-codec.ts';
import { derivedKey } from '../derived-key.ts';
import { isVersion, scopeProblem } from '../credential-names.ts';
import { openCredential } from '../sealed/sealed-credential.ts';
import type { SealingKeys } from '../sealed/sealing-key.ts';
import type { ActivePointer, SecretStore, StoredVersion } from '../secret-store.ts';
import {
  contentSelector,
  CREDENTIAL_CONTENT,
  credentialName,
  credentialObject,
  envelopeIn,
  POINTER_CONTENT,
  pointerIn,
  pointerName,
  scopeSelector,
  storedAtOf,
  storedVersionOf,
} from './credential-objects.ts';
import { asStoreError } from './store-error.ts';
import { randomText, StoredCredentials } from './stored-credentials.ts';

export interface KubernetesSecretStoreOptions {
  readonly cluster: Pick<ManagementCluster, 'client' | 'namespace' | 'describe'>;
  readonly keys: SealingKeys;
  readonly clock?: Clock;
}

/**
 * Credentials as sealed, immutable Secrets of the management cluster, and a ConfigMap for each registration with its
 * active version. Envelopes are those of the sealed files: the same key opens them, and equal credentials have equal
 * versions. Any number of processes may use it at once: every decision is repeated when another writer was faster.
 *
 * What keeps an active version from being removed while it becomes active: `activate` reads the pointer, then changes the
 * Secret's resourceVersion, then the pointer; `remove` reads the Secret, then changes the pointer's resourceVersion, then
 * deletes the Secret. Whichever is second fails by the resourceVersion that it has read, and looks again.
 */
export class KubernetesSecretStore implements SecretStore {
  readonly #cluster: KubernetesSecretStoreOptions['cluster'];
  readonly #keys: SealingKeys;
  readonly #objects: StoredCredentials;
  readonly #writes = new KeyedMutex();
  #closed = false;

  constructor({ cluster, keys, clock = systemClock }: KubernetesSecretStoreOptions) {
    this.#cluster = cluster;
    this.#keys = keys;
    this.#objects = new StoredCredentials(cluster.namespace, keys, clock);
  }

  async stage(credential: StoredCredential, signal: AbortSignal): Promise<string> {
    const scope = scopeOf(credential.binding);
    return await this.#write(scope, signal, async (client) => {
      const canonical = canonicalContent(credential);
      const existing = await this.#objects.findStaged(client, scope, canonical, signal);
      const version = existing ?? this.#keys[0].versionOf(canonical);
      if (existing === undefined || !(await this.#objects.renew(client, scope, version, signal))) {
        await this.#objects.replace(client, scope, version, credential, signal);
      }
      return version;
    });
  }

  async restore(version: string, credential: StoredCredential, signal: AbortSignal): Promise<void> {
    const scope = scopeOf(credential.binding);
    await this.#write(scope, signal, async (client) => {
      if (!isVersion(version)) throw new NautesError('CredentialUnknown', { cluster: scope.cluster, version });
      const found = await this.#objects.tryRead(client, scope, version, signal);
      const isEqual = found !== undefined && credentialDigest(found) === credentialDigest(credential);
      if (isEqual && (await this.#objects.renew(client, scope, version, signal))) return;
      await this.#objects.replace(client, scope, version, credential, signal);
    });
  }

  async versionOf(credential: StoredCredential, signal: AbortSignal): Promise<string> {
    const scope = scopeOf(credential.binding);
    return await this.#use(signal, async (client) => {
      const canonical = canonicalContent(credential);
      return (await this.#objects.findStaged(client, scope, canonical, signal)) ?? this.#keys[0].versionOf(canonical);
    });
  }

  async read(given: CredentialScope, version: string, signal: AbortSignal): Promise<StoredCredential> {
    const scope = scopeOf(given);
    return await this.#use(signal, async (client) => {
      const found = await this.#objects.find(client, scope, version, signal);
      if (found === undefined) throw new NautesError('CredentialUnknown', { cluster: scope.cluster, version });
      return openCredential(this.#keys, scope, version, envelopeIn(found));
    });
  }

  async active(given: CredentialScope, signal: AbortSignal): Promise<ActivePointer | undefined> {
    const scope = scopeOf(given);
    return await this.#use(signal, async (client) => {
      const pointer = pointerIn(await this.#objects.findPointer(client, scope, signal));
      if (pointer !== 'damaged') return pointer;
      const problem = message('CredentialUnreadable.pointerFile');
      throw new NautesError('CredentialUnreadable', { cluster: scope.cluster, problem });
    });
  }

  async activate(
    given: CredentialScope,
    version: string,
    expectedRevision: string | undefined,
    signal: AbortSignal,
  ): Promise<ActivePointer> {
    const scope = scopeOf(given);
    return await this.#write(scope, signal, (client) =>
      retryingConflicts(async () => {
        const found = await this.#objects.findPointer(client, scope, signal);
        const current = pointerIn(found);
        const revision = current === 'damaged' ? undefined : current?.revision;
        if (revision !== expectedRevision) throw new NautesError('CredentialConflict', { cluster: scope.cluster });
        const isThere =
          isVersion(version) && (await this.#objects.touch(client, credentialName(scope, version), signal));
        if (!isThere) throw new NautesError('CredentialUnknown', { cluster: scope.cluster, version });
        const pointer = { version, revision: randomText() };
        await this.#objects.putPointer(client, scope, found, pointer, signal);
        return pointer;
      }, signal),
    );
  }

  /** No other program can open what is sealed here. */
  async publish(scope: CredentialScope, signal: AbortSignal): Promise<undefined> {
    scopeOf(scope);
    signal.throwIfAborted();
    this.#assertOpen();
  }

  async remove(given: CredentialScope, version: string, signal: AbortSignal, storedAt?: string): Promise<void> {
    const scope = scopeOf(given);
    if (!isVersion(version)) return;
    const name = this.#objects.name(credentialName(scope, version));
    await this.#write(scope, signal, (client) =>
      retryingConflicts(async () => {
        const found = await client.findHead(wellKnown.secret, name, signal);
        if (found === undefined || (storedAt !== undefined && storedAtOf(found) !== storedAt)) return;
        await this.#objects.holdPointer(client, scope, version, signal);
        const { uid = '', resourceVersion = '' } = found.metadata;
        await client.delete(wellKnown.secret, name, { uid, resourceVersion }, signal);
      }, signal),
    );
  }

  async removeAll(given: CredentialScope, signal: AbortSignal): Promise<void> {
    const scope = scopeOf(given);
    const { namespace } = this.#cluster;
    await this.#write(scope, signal, async (client) => {
      const pointer = this.#objects.name(pointerName(scope));
      // First, so that nothing is active if this is interrupted.
      await client.delete(wellKnown.configMap, pointer, {}, signal);
      const selection = { namespace, labelSelector: scopeSelector(CREDENTIAL_CONTENT, scope) };
      const { items } = await client.listHeads(wellKnown.secret, selection, signal);
      for (const { metadata } of items)
        await client.delete(wellKnown.secret, this.#objects.name(metadata.name), {}, signal);
    });
  }

  async list(signal: AbortSignal, cluster?: string): Promise<readonly StoredVersion[]> {
    if (cluster !== undefined && scopeProblem({ cluster, incarnation: 'a' }) !== undefined) return [];
    const { namespace } = this.#cluster;
    return await this.#use(signal, async (client) => {
      const select = (content: string) => ({ namespace, labelSelector: contentSelector(content, cluster) });
      const versions = await client.listHeads(wellKnown.secret, select(CREDENTIAL_CONTENT), signal);
      const pointers = await client.list(wellKnown.configMap, select(POINTER_CONTENT), signal);
      const active = new Map(pointers.items.map((object) => [object.metadata.name, pointerIn(object)]));
      return versions.items.flatMap((head) => {
        const stored = storedVersionOf(head);
        if (stored === undefined) return [];
        const pointer = active.get(pointerName(stored.scope));
        return { ...stored, active: typeof pointer === 'object' && pointer.version === stored.version };
      });
    });
  }

  derivedKeys(purpose: string, _signal: AbortSignal): Promise<readonly Secret<Uint8Array>[]> {
    return Promise.resolve(this.#keys.map(({ versionKey }) => derivedKey(versionKey, purpose)));
  }

  /** Asks for a Secret to be made, as a dry run. */
  async checkWritable(): Promise<void> {
    const signal = new AbortController().signal;
    await this.#use(signal, async (client) => {
      const scope = { cluster: 'probe', incarnation: randomText() };
      const place = { namespace: this.#cluster.namespace, scope, version: '0'.repeat(40) };
      const probe = credentialObject(place, Buffer.alloc(0), this.#objects.now());
      await client.create(wellKnown.secret, probe, { dryRun: true }, signal);
    });
  }

  /** Waits for running writes. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writes.idle();
  }

  /** Writes of this process to one registration in the order of the calls. */
  #write<T>(scope: CredentialScope, signal: AbortSignal, work: (client: KubeClient) => Promise<T>): Promise<T> {
    return this.#writes.run(pointerName(scope), () => this.#use(signal, work));
  }

  async #use<T>(signal: AbortSignal, work: (client: KubeClient) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    this.#assertOpen();
    try {
      return await work(await this.#cluster.client(signal));
    } catch (error) {
      throw asStoreError(error, this.#cluster.describe);
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new NautesError('Closing');
  }
}

/** The scope alone. @throws NautesError `CredentialScopeInvalid` */
function scopeOf({ cluster, incarnation }: CredentialScope): CredentialScope {
  const problem = scopeProblem({ cluster, incarnation });
  if (problem !== undefined) throw new NautesError('CredentialScopeInvalid', { problem });
  return { cluster, incarnation };
}

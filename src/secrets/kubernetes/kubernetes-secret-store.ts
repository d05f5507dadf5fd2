import { randomBytes } from 'node:crypto';
import { KeyedMutex } from '../../base/async/keyed-mutex.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Secret } from '../../base/secret.ts';
import { NautesError } from '../../errors/errors.ts';
import { isConflict, isNotFound, type KubeClient, retryingConflicts } from '../../kube/index.ts';
import type { KubeObject, ObjectHead } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { ManagementCluster } from '../../management/index.ts';
import { message } from '../../messages/message.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import { canonicalContent, credentialDigest } from '../credential-codec.ts';
import { derivedKey } from '../derived-key.ts';
import { isVersion, MAXIMUM_CREDENTIAL_BYTES, scopeProblem } from '../credential-names.ts';
import { openCredential, sealCredential } from '../sealed/sealed-credential.ts';
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
  pointerObject,
  pointerPatch,
  scopeSelector,
  storedAtOf,
  storedAtPatch,
  storedVersionOf,
  touchPatch,
} from './credential-objects.ts';
import { asStoreError } from './store-error.ts';

const REVISION_BYTES = 8;

/** The API server takes a mebibyte of data in a Secret, and the envelope is longer than the credential. */
const MAXIMUM_BYTES = MAXIMUM_CREDENTIAL_BYTES - 4096;

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
  readonly #clock: Clock;
  readonly #writes = new KeyedMutex();
  #closed = false;

  constructor({ cluster, keys, clock = systemClock }: KubernetesSecretStoreOptions) {
    this.#cluster = cluster;
    this.#keys = keys;
    this.#clock = clock;
  }

  async stage(credential: StoredCredential, signal: AbortSignal): Promise<string> {
    const scope = scopeOf(credential.binding);
    return await this.#write(scope, signal, async (client) => {
      const canonical = canonicalContent(credential);
      const existing = await this.#findStaged(client, scope, canonical, signal);
      const version = existing ?? this.#keys[0].versionOf(canonical);
      if (existing === undefined || !(await this.#renew(client, scope, version, signal))) {
        await this.#replace(client, version, credential, signal);
      }
      return version;
    });
  }

  async restore(version: string, credential: StoredCredential, signal: AbortSignal): Promise<void> {
    const scope = scopeOf(credential.binding);
    await this.#write(scope, signal, async (client) => {
      if (!isVersion(version)) throw new NautesError('CredentialUnknown', { cluster: scope.cluster, version });
      const found = await this.#tryRead(client, scope, version, signal);
      const isEqual = found !== undefined && credentialDigest(found) === credentialDigest(credential);
      if (isEqual && (await this.#renew(client, scope, version, signal))) return;
      await this.#replace(client, version, credential, signal);
    });
  }

  async versionOf(credential: StoredCredential, signal: AbortSignal): Promise<string> {
    const scope = scopeOf(credential.binding);
    return await this.#use(signal, async (client) => {
      const canonical = canonicalContent(credential);
      return (await this.#findStaged(client, scope, canonical, signal)) ?? this.#keys[0].versionOf(canonical);
    });
  }

  async read(given: CredentialScope, version: string, signal: AbortSignal): Promise<StoredCredential> {
    const scope = scopeOf(given);
    return await this.#use(signal, async (client) => {
      const found = await this.#find(client, scope, version, signal);
      if (found === undefined) throw new NautesError('CredentialUnknown', { cluster: scope.cluster, version });
      return openCredential(this.#keys, scope, version, envelopeIn(found));
    });
  }

  async active(given: CredentialScope, signal: AbortSignal): Promise<ActivePointer | undefined> {
    const scope = scopeOf(given);
    return await this.#use(signal, async (client) => {
      const pointer = pointerIn(await this.#findPointer(client, scope, signal));
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
        const found = await this.#findPointer(client, scope, signal);
        const current = pointerIn(found);
        const revision = current === 'damaged' ? undefined : current?.revision;
        if (revision !== expectedRevision) throw new NautesError('CredentialConflict', { cluster: scope.cluster });
        const isThere = isVersion(version) && (await this.#touch(client, credentialName(scope, version), signal));
        if (!isThere) throw new NautesError('CredentialUnknown', { cluster: scope.cluster, version });
        const pointer = { version, revision: randomText() };
        await this.#putPointer(client, scope, found, pointer, signal);
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
    const name = this.#name(credentialName(scope, version));
    await this.#write(scope, signal, (client) =>
      retryingConflicts(async () => {
        const found = await client.findHead(wellKnown.secret, name, signal);
        if (found === undefined || (storedAt !== undefined && storedAtOf(found) !== storedAt)) return;
        await this.#holdPointer(client, scope, version, signal);
        const { uid = '', resourceVersion = '' } = found.metadata;
        await client.delete(wellKnown.secret, name, { uid, resourceVersion }, signal);
      }, signal),
    );
  }

  async removeAll(given: CredentialScope, signal: AbortSignal): Promise<void> {
    const scope = scopeOf(given);
    const { namespace } = this.#cluster;
    await this.#write(scope, signal, async (client) => {
      const pointer = this.#name(pointerName(scope));
      // First, so that nothing is active if this is interrupted.
      await client.delete(wellKnown.configMap, pointer, {}, signal);
      const selection = { namespace, labelSelector: scopeSelector(CREDENTIAL_CONTENT, scope) };
      const { items } = await client.listHeads(wellKnown.secret, selection, signal);
      for (const { metadata } of items) await client.delete(wellKnown.secret, this.#name(metadata.name), {}, signal);
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
      const probe = credentialObject(place, Buffer.alloc(0), this.#now());
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

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  #name(name: string): { readonly namespace: string; readonly name: string } {
    return { namespace: this.#cluster.namespace, name };
  }

  async #find(
    client: KubeClient,
    scope: CredentialScope,
    version: string,
    signal: AbortSignal,
  ): Promise<KubeObject | undefined> {
    if (!isVersion(version)) return undefined;
    return await client.find(wellKnown.secret, this.#name(credentialName(scope, version)), signal);
  }

  async #findPointer(client: KubeClient, scope: CredentialScope, signal: AbortSignal): Promise<KubeObject | undefined> {
    return await client.find(wellKnown.configMap, this.#name(pointerName(scope)), signal);
  }

  /** The version that holds the content, sealed with any key, when it exists and opens. */
  async #findStaged(
    client: KubeClient,
    scope: CredentialScope,
    canonical: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    for (const key of this.#keys) {
      const version = key.versionOf(canonical);
      // A damaged one counts as absent: saving the same credential again repairs it.
      if ((await this.#tryRead(client, scope, version, signal)) !== undefined) return version;
    }
    return undefined;
  }

  async #tryRead(
    client: KubeClient,
    scope: CredentialScope,
    version: string,
    signal: AbortSignal,
  ): Promise<StoredCredential | undefined> {
    const found = await this.#find(client, scope, version, signal);
    try {
      return found && openCredential(this.#keys, scope, version, envelopeIn(found));
    } catch (error) {
      if (error instanceof NautesError && error.reason === 'CredentialUnreadable') return undefined;
      throw error;
    }
  }

  /** Notes that the version was staged now; false when it has been removed meanwhile. */
  async #renew(client: KubeClient, scope: CredentialScope, version: string, signal: AbortSignal): Promise<boolean> {
    return await this.#patch(client, credentialName(scope, version), storedAtPatch(this.#now()), signal);
  }

  /** Gives the Secret another resourceVersion; false when it is not there. */
  async #touch(client: KubeClient, name: string, signal: AbortSignal): Promise<boolean> {
    return await this.#patch(client, name, touchPatch(randomText()), signal);
  }

  async #patch(client: KubeClient, name: string, patch: object, signal: AbortSignal): Promise<boolean> {
    try {
      await client.patch(wellKnown.secret, this.#name(name), 'merge', patch, signal);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** Makes the Secret of a version. One that is there holds something else or does not open: it is immutable, so it goes. */
  async #replace(
    client: KubeClient,
    version: string,
    credential: StoredCredential,
    signal: AbortSignal,
  ): Promise<void> {
    const scope = scopeOf(credential.binding);
    const envelope = sealCredential(this.#keys, version, credential, MAXIMUM_BYTES);
    const object = credentialObject({ namespace: this.#cluster.namespace, scope, version }, envelope, this.#now());
    await retryingConflicts(async () => {
      try {
        await client.create(wellKnown.secret, object, {}, signal);
      } catch (error) {
        if (!isConflict(error)) throw error;
        const found = await this.#tryRead(client, scope, version, signal);
        // Another process has just stored the same.
        if (found !== undefined && credentialDigest(found) === credentialDigest(credential)) return;
        await client.delete(wellKnown.secret, this.#name(object.metadata.name), {}, signal);
        throw error; // made at the next attempt
      }
    }, signal);
  }

  async #putPointer(
    client: KubeClient,
    scope: CredentialScope,
    found: ObjectHead | undefined,
    pointer: ActivePointer | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { namespace } = this.#cluster;
    if (found === undefined) {
      await client.create(wellKnown.configMap, pointerObject(namespace, scope, pointer), {}, signal);
      return;
    }
    const patch = pointer === undefined ? touchPatch(randomText(), found) : pointerPatch(found, pointer);
    await client.patch(wellKnown.configMap, this.#name(found.metadata.name), 'merge', patch, signal);
  }

  /** Makes an activation that is under way look again. @throws NautesError `CredentialActive` */
  async #holdPointer(client: KubeClient, scope: CredentialScope, version: string, signal: AbortSignal): Promise<void> {
    const found = await this.#findPointer(client, scope, signal);
    const pointer = pointerIn(found);
    if (typeof pointer === 'object' && pointer.version === version) {
      throw new NautesError('CredentialActive', { cluster: scope.cluster, version });
    }
    await this.#putPointer(client, scope, found, undefined, signal);
  }
}

function randomText(): string {
  return randomBytes(REVISION_BYTES).toString('hex');
}

/** The scope alone. @throws NautesError `CredentialScopeInvalid` */
function scopeOf({ cluster, incarnation }: CredentialScope): CredentialScope {
  const problem = scopeProblem({ cluster, incarnation });
  if (problem !== undefined) throw new NautesError('CredentialScopeInvalid', { problem });
  return { cluster, incarnation };
}

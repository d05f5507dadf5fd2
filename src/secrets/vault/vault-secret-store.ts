import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import { KeyedMutex } from '../../base/async/keyed-mutex.ts';
import type { Secret } from '../../base/secret.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import { clusterNameProblem } from '../../resources/cluster/names.ts';
import { KvEngine, type VaultClient } from '../../vault/index.ts';
import { isVersion, scopeProblem } from '../credential-names.ts';
import { derivedKey } from '../derived-key.ts';
import type { ActivePointer, SecretStore, StoredVersion } from '../secret-store.ts';
import { isConflict, retryingConflicts } from './check-and-set.ts';
import { decode, soundContent, textOf } from './credential-entry.ts';
import {
  clusterPath,
  DEFAULT_CONSUMER_MOUNT,
  DEFAULT_OWN_MOUNT,
  OWN_ROOT,
  pointerPath,
  scopePath,
  versionPath,
} from './layout.ts';
import { readVaultPointer } from './pointer.ts';
import { VaultPublisher } from './publisher.ts';
import { checkVaultRights } from './rights.ts';
import { VersionKey } from './version-key.ts';
import { message } from '../../messages/message.ts';

const REVISION_BYTES = 8;
/** Concurrency when all registrations are listed. */
const LIST_CONCURRENCY = 8;
const CHECK_MILLISECONDS = 10_000;

export interface VaultSecretStoreOptions {
  /** Closed by the caller. */
  readonly client: VaultClient;
  /** Mount of what consumers read. */
  readonly mount?: string;
  /** Mount of what only Nautes reads. */
  readonly ownMount?: string;
  /** What consumers find at their path. */
  readonly kubeconfigOf: (credential: StoredCredential) => Secret;
  /** Key of the version hash while the store has none, so that versions keep the names of an earlier store. */
  readonly versionKey?: Secret<Uint8Array>;
  readonly clock?: Clock;
}

/**
 * Credentials in Vault or OpenBao, in two KV engines of version 2:
 *
 *     <mount>/kubernetes/<cluster>/default/admin            kubeconfig of the active credential, for consumers
 *     <own mount>/credentials/<cluster>/<incarnation>/<version>
 *     <own mount>/credentials/<cluster>/<incarnation>/active
 *
 * A credential says which registration, server and authority it is for, and is used for no other. The pointer
 * `active` decides which one is in use; the consumers' entry follows it. Writes use check-and-set, so that
 * processes can share the store. Times are those of Vault.
 *
 * Not guaranteed: that a version survives which another process stages at the moment of its removal.
 */
export class VaultSecretStore implements SecretStore {
  readonly #client: VaultClient;
  readonly #consumers: KvEngine;
  readonly #own: KvEngine;
  readonly #publisher: VaultPublisher;
  readonly #versionKey: VersionKey;
  readonly #clock: Clock;
  readonly #writes = new KeyedMutex();
  #closed = false;

  constructor(options: VaultSecretStoreOptions) {
    const { client, mount = DEFAULT_CONSUMER_MOUNT, ownMount = DEFAULT_OWN_MOUNT, kubeconfigOf } = options;
    this.#client = client;
    this.#consumers = new KvEngine(client, mount);
    this.#own = new KvEngine(client, ownMount);
    this.#versionKey = new VersionKey(this.#own, options.versionKey);
    this.#clock = options.clock ?? systemClock;
    const read = (scope: CredentialScope, version: string, signal: AbortSignal) => this.read(scope, version, signal);
    this.#publisher = new VaultPublisher({ consumers: this.#consumers, own: this.#own, kubeconfigOf, read });
  }

  async stage(credential: StoredCredential, signal: AbortSignal): Promise<string> {
    const scope = credential.binding;
    return this.#write(scope, signal, async () => {
      const version = await this.#versionKey.versionOf(credential, signal);
      const content = textOf(credential);
      await this.#putVersion(scope, version, (existing) => existing ?? content, signal);
      return version;
    });
  }

  async restore(version: string, credential: StoredCredential, signal: AbortSignal): Promise<void> {
    const scope = credential.binding;
    await this.#write(scope, signal, async () => {
      if (!isVersion(version)) throw new NautesError('CredentialUnknown', { cluster: scope.cluster, version });
      await this.#versionKey.open(signal); // it must be the key that named the version
      const content = textOf(credential);
      await this.#putVersion(scope, version, () => content, signal);
    });
  }

  async versionOf(credential: StoredCredential, signal: AbortSignal): Promise<string> {
    this.#admit(credential.binding, signal);
    return this.#versionKey.versionOf(credential, signal);
  }

  async read(scope: CredentialScope, version: string, signal: AbortSignal): Promise<StoredCredential> {
    this.#admit(scope, signal);
    const { cluster } = scope;
    const entry = isVersion(version) ? await this.#own.read(versionPath(scope, version), signal) : undefined;
    if (entry?.data === undefined) throw new NautesError('CredentialUnknown', { cluster, version });
    return decode(scope, entry.data);
  }

  async active(scope: CredentialScope, signal: AbortSignal): Promise<ActivePointer | undefined> {
    this.#admit(scope, signal);
    const pointer = readVaultPointer(await this.#own.read(pointerPath(scope), signal));
    if (pointer === 'damaged') {
      throw new NautesError('CredentialUnreadable', {
        cluster: scope.cluster,
        problem: message('CredentialUnreadable.pointerEntry'),
      });
    }
    return pointer === undefined ? undefined : { version: pointer.version, revision: pointer.revision };
  }

  async activate(
    scope: CredentialScope,
    version: string,
    expectedRevision: string | undefined,
    signal: AbortSignal,
  ): Promise<ActivePointer> {
    return this.#write(scope, signal, async () => {
      const conflict = new NautesError('CredentialConflict', { cluster: scope.cluster });
      const entry = await this.#own.read(pointerPath(scope), signal);
      const current = readVaultPointer(entry);
      const revision = current === 'damaged' ? undefined : current?.revision;
      if (revision !== expectedRevision) throw conflict;
      const isThere = isVersion(version) && (await this.#own.metadata(versionPath(scope, version), signal))?.isLive;
      if (isThere !== true) throw new NautesError('CredentialUnknown', { cluster: scope.cluster, version });
      const next = { version, revision: randomBytes(REVISION_BYTES).toString('hex') };
      const pointer = { ...next, activatedAt: new Date(this.#clock.now()).toISOString(), published: 0 };
      await this.#own.write(pointerPath(scope), pointer, entry.version, signal).catch((error: unknown) => {
        throw isConflict(error) ? conflict : error;
      });
      await this.#tryToPublish(scope, signal);
      return next;
    });
  }

  async publish(scope: CredentialScope, signal: AbortSignal): Promise<string> {
    return this.#write(scope, signal, async () => {
      await this.#publisher.publish(scope.cluster, signal);
      return this.#publisher.pathFor(scope.cluster);
    });
  }

  async remove(scope: CredentialScope, version: string, signal: AbortSignal, storedAt?: string): Promise<void> {
    await this.#write(scope, signal, async () => {
      if (!isVersion(version)) return;
      const path = versionPath(scope, version);
      const found = await this.#own.metadata(path, signal);
      if (found === undefined || (storedAt !== undefined && found.updatedAt !== storedAt)) return;
      const pointer = readVaultPointer(await this.#own.read(pointerPath(scope), signal));
      if (pointer !== undefined && pointer !== 'damaged' && pointer.version === version) {
        throw new NautesError('CredentialActive', { cluster: scope.cluster, version });
      }
      await this.#own.destroy(path, signal);
    });
  }

  /** The consumers' entry is removed first; until then the pointer says that there is one. */
  async removeAll(scope: CredentialScope, signal: AbortSignal): Promise<void> {
    await this.#write(scope, signal, async () => {
      await this.#publisher.withdraw(scope, signal);
      await this.#own.destroy(pointerPath(scope), signal);
      for (const name of await this.#own.list(scopePath(scope), signal)) {
        await this.#own.destroy(`${scopePath(scope)}/${name}`, signal);
      }
      await this.#publisher.publish(scope.cluster, signal); // another registration of the name may be active
    });
  }

  async list(signal: AbortSignal, cluster?: string): Promise<readonly StoredVersion[]> {
    signal.throwIfAborted();
    this.#assertOpen();
    const clusters = cluster === undefined ? await this.#folders(OWN_ROOT, signal) : [cluster];
    const versions: StoredVersion[] = [];
    for (let start = 0; start < clusters.length; start += LIST_CONCURRENCY) {
      const batch = clusters
        .slice(start, start + LIST_CONCURRENCY)
        .filter((name) => clusterNameProblem(name) === undefined);
      versions.push(...(await Promise.all(batch.map((name) => this.#versionsOfCluster(name, signal)))).flat());
    }
    return versions;
  }

  /** Whether anything is stored. */
  async isEmpty(signal: AbortSignal): Promise<boolean> {
    this.#assertOpen();
    return (await this.#own.list(OWN_ROOT, signal)).length === 0;
  }

  async derivedKeys(purpose: string, signal: AbortSignal): Promise<readonly Secret<Uint8Array>[]> {
    return [derivedKey(await this.#versionKey.open(signal), purpose)];
  }

  /** Checks that Vault is unsealed, has our engines, and that our policy suffices. Writes nothing. */
  async checkWritable(): Promise<void> {
    this.#assertOpen();
    const signal = AbortSignal.timeout(CHECK_MILLISECONDS);
    await this.#client.checkHealth(signal);
    await this.#own.check(signal);
    await this.#consumers.check(signal);
    await checkVaultRights(this.#client, this.#consumers.mount, this.#own.mount, signal);
  }

  /** Waits for running writes. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writes.idle();
  }

  /** One write of this process at a time for each cluster; between processes check-and-set decides. */
  #write<T>(scope: CredentialScope, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    return this.#writes.run(scope.cluster, async () => {
      this.#admit(scope, signal);
      return await task();
    });
  }

  #admit(scope: CredentialScope, signal: AbortSignal): void {
    const problem = scopeProblem(scope);
    if (problem !== undefined) throw new NautesError('CredentialScopeInvalid', { problem });
    signal.throwIfAborted();
    this.#assertOpen();
  }

  /** A failure to publish does not undo the activation: {@link publish} reports it. */
  async #tryToPublish({ cluster }: CredentialScope, signal: AbortSignal): Promise<void> {
    try {
      await this.#publisher.publish(cluster, signal);
    } catch (error) {
      if (!(error instanceof NautesError || signal.aborted)) throw error;
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new NautesError('Closing');
  }

  /**
   * Writes a version, also an existing one: that renews its time.
   * @param choose the content, given the existing readable one
   */
  async #putVersion(
    scope: CredentialScope,
    version: string,
    choose: (existing: string | undefined) => string,
    signal: AbortSignal,
  ): Promise<void> {
    const path = versionPath(scope, version);
    await retryingConflicts(async () => {
      const entry = await this.#own.read(path, signal);
      const content = choose(entry.data === undefined ? undefined : soundContent(scope, entry.data));
      await this.#own.write(path, { credential: content }, entry.version, signal);
    });
  }

  async #versionsOfCluster(cluster: string, signal: AbortSignal): Promise<readonly StoredVersion[]> {
    const found: StoredVersion[] = [];
    for (const incarnation of await this.#folders(clusterPath(cluster), signal)) {
      const scope = { cluster, incarnation };
      if (scopeProblem(scope) !== undefined) continue;
      const names = await this.#own.list(scopePath(scope), signal);
      const pointer = readVaultPointer(await this.#own.read(pointerPath(scope), signal));
      const active = pointer === undefined || pointer === 'damaged' ? undefined : pointer.version;
      for (const version of names.filter(isVersion)) {
        const metadata = await this.#own.metadata(versionPath(scope, version), signal);
        if (metadata === undefined) continue;
        found.push({ scope, version, active: version === active, storedAt: metadata.updatedAt });
      }
    }
    return found;
  }

  async #folders(path: string, signal: AbortSignal): Promise<readonly string[]> {
    const names = await this.#own.list(path, signal);
    return names.filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1));
  }
}

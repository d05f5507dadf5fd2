import { randomBytes } from 'node:crypto';
import { rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Secret } from '../../base/secret.ts';
import { NautesError } from '../../errors/errors.ts';
import {
  checkDirectoryWritable,
  createPrivateDirectory,
  makePrivateDirectory,
  replaceFile,
  syncDirectory,
  writeFileAtomically,
} from '../../base/files/files.ts';
import { KeyedMutex } from '../../base/async/keyed-mutex.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import { canonicalContent } from '../credential-codec.ts';
import {
  io,
  keyIdOfFirstEnvelope,
  POINTER_FILE,
  readPointer,
  readSealed,
  removeEmptyDirectory,
  scopesIn,
  sealedPath,
  storedAt,
  syncIfPresent,
  versionsIn,
} from './credential-files.ts';
import { derivedKey } from '../derived-key.ts';
import { isVersion, scopeProblem } from '../credential-names.ts';
import { EnvelopeError, openEnvelope, sealEnvelope } from './envelope.ts';
import { keyIdOf, openCredential, placeOf, sealCredential } from './sealed-credential.ts';
import type { SealingKeys } from './sealing-key.ts';
import type { ActivePointer, SecretStore, StoredVersion } from '../secret-store.ts';
import { message } from '../../messages/message.ts';

const REVISION_BYTES = 8;

/** Concurrency when all registrations are listed. */
const LIST_CONCURRENCY = 16;

export interface SealedFileSecretStoreOptions {
  /** Created when absent. No other process may write below it: see `lockDirectory`. */
  readonly directory: string;
  readonly keys: SealingKeys;
  /** Where the keys come from, for error messages. */
  readonly keySource: string;
  readonly clock?: Clock;
}

/**
 * Credentials as sealed files:
 *
 *     <directory>/<cluster>/<incarnation>/<version>.sealed
 *     <directory>/<cluster>/<incarnation>/active
 *
 * An envelope is sealed for its cluster, incarnation and version and holds server URL and CA with the credential:
 * moved elsewhere it does not open, and its content says where it may be presented.
 * Nothing is cached between calls.
 *
 * Not guaranteed: that removed files cannot be recovered from the disk. They are sealed.
 */
export class SealedFileSecretStore implements SecretStore {
  readonly #directory: string;
  readonly #keys: SealingKeys;
  readonly #clock: Clock;
  readonly #writes = new KeyedMutex();
  #closed = false;

  private constructor(options: SealedFileSecretStoreOptions) {
    this.#directory = options.directory;
    this.#keys = options.keys;
    this.#clock = options.clock ?? systemClock;
  }

  /** @throws NautesError `SealingKeyUnknown` when what is stored was sealed with other keys, `SecretStoreUnavailable` */
  static async open(options: SealedFileSecretStoreOptions): Promise<SealedFileSecretStore> {
    await io(() => makePrivateDirectory(options.directory));
    const needed = await io(() => keyIdOfFirstEnvelope(options.directory));
    if (needed !== undefined && !options.keys.some((key) => key.id === needed)) {
      throw new NautesError('SealingKeyUnknown', { directory: options.directory, needed, source: options.keySource });
    }
    return new SealedFileSecretStore(options);
  }

  stage(credential: StoredCredential, signal: AbortSignal): Promise<string> {
    return this.#write(credential.binding, signal, async (directory) => {
      const canonical = canonicalContent(credential);
      const existing = await this.#findStaged(credential.binding, directory, canonical);
      const version = existing ?? this.#keys[0].versionOf(canonical);
      await this.#store(version, credential, existing !== undefined);
      return version;
    });
  }

  restore(version: string, credential: StoredCredential, signal: AbortSignal): Promise<void> {
    return this.#write(credential.binding, signal, async () => {
      const { cluster } = credential.binding;
      if (!isVersion(version)) throw new NautesError('CredentialUnknown', { cluster, version });
      await this.#store(version, credential, false);
    });
  }

  async versionOf(credential: StoredCredential, signal: AbortSignal): Promise<string> {
    const directory = this.#scopeDirectory(credential.binding);
    signal.throwIfAborted();
    this.#assertOpen();
    const canonical = canonicalContent(credential);
    const existing = await io(() => this.#findStaged(credential.binding, directory, canonical));
    return existing ?? this.#keys[0].versionOf(canonical);
  }

  async read(scope: CredentialScope, version: string, signal: AbortSignal): Promise<StoredCredential> {
    const directory = this.#scopeDirectory(scope);
    signal.throwIfAborted();
    this.#assertOpen();
    const envelope = isVersion(version) ? await io(() => this.#readSealed(scope, directory, version)) : undefined;
    if (envelope === undefined) throw new NautesError('CredentialUnknown', { cluster: scope.cluster, version });
    return openCredential(this.#keys, scope, version, envelope);
  }

  async active(scope: CredentialScope, signal: AbortSignal): Promise<ActivePointer | undefined> {
    const directory = this.#scopeDirectory(scope);
    signal.throwIfAborted();
    this.#assertOpen();
    const pointer = await io(() => readPointer(directory));
    if (pointer === 'damaged') {
      throw new NautesError('CredentialUnreadable', {
        cluster: scope.cluster,
        problem: message('CredentialUnreadable.pointerFile'),
      });
    }
    return pointer;
  }

  activate(
    scope: CredentialScope,
    version: string,
    expectedRevision: string | undefined,
    signal: AbortSignal,
  ): Promise<ActivePointer> {
    return this.#write(scope, signal, async (directory) => {
      const current = await readPointer(directory);
      const revision = current === 'damaged' ? undefined : current?.revision;
      if (revision !== expectedRevision) throw new NautesError('CredentialConflict', { cluster: scope.cluster });
      if (!isVersion(version) || (await storedAt(sealedPath(directory, version))) === undefined) {
        throw new NautesError('CredentialUnknown', { cluster: scope.cluster, version });
      }
      const pointer = { version, revision: randomBytes(REVISION_BYTES).toString('hex') };
      await writeFileAtomically(join(directory, POINTER_FILE), `${JSON.stringify(pointer)}\n`);
      return pointer;
    });
  }

  /** No other program can open what is sealed here. */
  async publish(scope: CredentialScope, signal: AbortSignal): Promise<undefined> {
    this.#scopeDirectory(scope);
    signal.throwIfAborted();
    this.#assertOpen();
  }

  remove(scope: CredentialScope, version: string, signal: AbortSignal, storedAtThen?: string): Promise<void> {
    return this.#write(scope, signal, async (directory) => {
      if (!isVersion(version)) return;
      const path = sealedPath(directory, version);
      const found = await storedAt(path);
      if (found === undefined || (storedAtThen !== undefined && found !== storedAtThen)) return;
      const pointer = await readPointer(directory);
      if (pointer !== undefined && pointer !== 'damaged' && pointer.version === version) {
        throw new NautesError('CredentialActive', { cluster: scope.cluster, version });
      }
      await rm(path, { force: true });
      await syncDirectory(directory);
    });
  }

  removeAll(scope: CredentialScope, signal: AbortSignal): Promise<void> {
    return this.#write(scope, signal, async (directory) => {
      // First, so that nothing is active if this is interrupted.
      await rm(join(directory, POINTER_FILE), { force: true });
      await rm(directory, { recursive: true, force: true });
      await removeEmptyDirectory(this.#clusterDirectory(scope));
      await syncIfPresent(this.#clusterDirectory(scope));
      await syncDirectory(this.#directory);
    });
  }

  async list(signal: AbortSignal, cluster?: string): Promise<readonly StoredVersion[]> {
    this.#assertOpen();
    const all = await io(() => scopesIn(this.#directory));
    const scopes = cluster === undefined ? all : all.filter((scope) => scope.cluster === cluster);
    const versions: StoredVersion[] = [];
    for (let start = 0; start < scopes.length; start += LIST_CONCURRENCY) {
      signal.throwIfAborted();
      const batch = scopes.slice(start, start + LIST_CONCURRENCY);
      const found = await io(() => Promise.all(batch.map((scope) => versionsIn(this.#scopeDirectory(scope), scope))));
      versions.push(...found.flat());
    }
    return versions;
  }

  /**
   * Reseals with the first key everything that was sealed with another one, so that the others can be retired.
   * Versions keep their names. What does not open is not changed.
   * @returns how many were resealed
   */
  async reseal(signal: AbortSignal): Promise<number> {
    let resealed = 0;
    for (const { scope, version } of await this.list(signal)) {
      await this.#write(scope, signal, async (directory) => {
        const envelope = await this.#readSealed(scope, directory, version);
        if (envelope === undefined || keyIdOf(envelope) === this.#keys[0].id) return;
        const content = this.#tryOpenContent(scope, version, envelope);
        if (content === undefined) return;
        const path = sealedPath(directory, version);
        const { mtime } = await stat(path);
        await writeFileAtomically(path, sealEnvelope(this.#keys[0], content, placeOf(scope, version)));
        await utimes(path, mtime, mtime);
        content.fill(0);
        resealed += 1;
      });
    }
    return resealed;
  }

  derivedKeys(purpose: string, _signal: AbortSignal): Promise<readonly Secret<Uint8Array>[]> {
    return Promise.resolve(this.#keys.map(({ versionKey }) => derivedKey(versionKey, purpose)));
  }

  /** Writes and removes a file whose name cannot be a cluster's. */
  async checkWritable(): Promise<void> {
    this.#assertOpen();
    await io(() => checkDirectoryWritable(this.#directory));
  }

  /** Waits for running writes. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writes.idle();
  }

  /** One write at a time for each cluster; its directory must not be removed while another incarnation is added. */
  #write<T>(scope: CredentialScope, signal: AbortSignal, task: (directory: string) => Promise<T>): Promise<T> {
    return this.#writes.run(scope.cluster, async () => {
      const directory = this.#scopeDirectory(scope);
      signal.throwIfAborted();
      this.#assertOpen();
      return await io(() => task(directory));
    });
  }

  #assertOpen(): void {
    if (this.#closed) throw new NautesError('Closing');
  }

  #clusterDirectory(scope: CredentialScope): string {
    return join(this.#directory, scope.cluster);
  }

  /** The only place where names become paths. */
  #scopeDirectory(scope: CredentialScope): string {
    const problem = scopeProblem(scope);
    if (problem !== undefined) throw new NautesError('CredentialScopeInvalid', { problem });
    return join(this.#clusterDirectory(scope), scope.incarnation);
  }

  /** The version that holds the content, sealed with any key, when it exists and opens. */
  async #findStaged(scope: CredentialScope, directory: string, canonical: string): Promise<string | undefined> {
    for (const key of this.#keys) {
      const version = key.versionOf(canonical);
      try {
        const envelope = await this.#readSealed(scope, directory, version);
        if (envelope === undefined) continue;
        openCredential(this.#keys, scope, version, envelope);
        return version;
      } catch (error) {
        // A damaged one counts as absent: saving the same credential again repairs it.
        if (!(error instanceof NautesError && error.reason === 'CredentialUnreadable')) throw error;
      }
    }
    return undefined;
  }

  async #readSealed(scope: CredentialScope, directory: string, version: string): Promise<Buffer | undefined> {
    try {
      return await readSealed(directory, version);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const problem = message('CredentialUnreadable.tooLarge');
      throw new NautesError('CredentialUnreadable', { cluster: scope.cluster, problem });
    }
  }

  #tryOpenContent(scope: CredentialScope, version: string, envelope: Buffer): Buffer | undefined {
    try {
      return openEnvelope(this.#keys, envelope, placeOf(scope, version));
    } catch (error) {
      if (error instanceof EnvelopeError) return undefined;
      throw error;
    }
  }

  /** Seals the credential unless it exists already, and makes it durable. */
  async #store(version: string, credential: StoredCredential, isThere: boolean): Promise<void> {
    const { binding } = credential;
    const directory = this.#scopeDirectory(binding);
    const path = sealedPath(directory, version);
    if (!isThere) {
      const envelope = sealCredential(this.#keys, version, credential);
      await createPrivateDirectory(directory);
      await replaceFile(path, envelope);
    }
    // Also for an existing one: the process that wrote it may have been killed before the name was durable.
    await Promise.all([this.#touch(path), this.#syncPath(binding)]);
  }

  async #touch(path: string): Promise<void> {
    const now = new Date(this.#clock.now());
    await utimes(path, now, now);
  }

  /** Makes the directory entries of the registration and of its parents durable. */
  async #syncPath(scope: CredentialScope): Promise<void> {
    const directories = [this.#scopeDirectory(scope), this.#clusterDirectory(scope), this.#directory];
    await Promise.all(directories.map(syncDirectory));
  }
}

import { NautesError } from '../errors/errors.ts';
import type { CredentialScope, StoredCredential } from '../resources/credential.ts';
import type { ActivePointer, SecretStore } from '../secrets/index.ts';
import type { VersionedCredential } from './cluster-access.ts';
import { withSecrets } from './secret-store-unavailable.ts';

/** Finds the credentials of registrations in the secret store: the one place that looks for the active one. */
export class ClusterCredentials {
  readonly #secrets: SecretStore;

  constructor(secrets: SecretStore) {
    this.#secrets = secrets;
  }

  /** Which version is in use, without reading it. @throws NautesError `CredentialUnreadable` when the pointer is damaged */
  activePointer(scope: CredentialScope, signal: AbortSignal): Promise<ActivePointer | undefined> {
    return this.#secrets.active(scope, signal);
  }

  /**
   * The credential in use; `undefined` while there is none.
   * @throws NautesError `CredentialUnknown` or `CredentialUnreadable` when the pointer leads to nothing that opens
   */
  async active(scope: CredentialScope, signal: AbortSignal): Promise<VersionedCredential | undefined> {
    const pointer = await this.#secrets.active(scope, signal);
    if (pointer === undefined) return undefined;
    return { version: pointer.version, stored: await this.#secrets.read(scope, pointer.version, signal) };
  }

  /** @throws NautesError `CredentialUnknown`, `CredentialUnreadable` */
  read(scope: CredentialScope, version: string, signal: AbortSignal): Promise<StoredCredential> {
    return this.#secrets.read(scope, version, signal);
  }

  /** A version; `undefined` when it is not stored. @throws NautesError `CredentialUnreadable` */
  async find(scope: CredentialScope, version: string, signal: AbortSignal): Promise<VersionedCredential | undefined> {
    try {
      return { version, stored: await this.#secrets.read(scope, version, signal) };
    } catch (error) {
      if (error instanceof NautesError && error.reason === 'CredentialUnknown') return undefined;
      throw error;
    }
  }

  /**
   * Everything stored for a registration that can be read: the active credential first, then the newest.
   * @throws SecretStoreUnavailable
   */
  async readable(scope: CredentialScope, signal: AbortSignal): Promise<readonly VersionedCredential[]> {
    const versions = (await withSecrets(this.#secrets.list(signal, scope.cluster), signal))
      .filter((entry) => entry.scope.incarnation === scope.incarnation && entry.scope.cluster === scope.cluster)
      .sort((left, right) => Number(right.active) - Number(left.active) || right.storedAt.localeCompare(left.storedAt));
    const found: VersionedCredential[] = [];
    for (const { version } of versions) {
      const credential = await withSecrets(this.#findReadable(scope, version, signal), signal);
      if (credential !== undefined) found.push(credential);
    }
    return found;
  }

  /** One that is damaged, or was collected since it was listed, counts as absent. */
  async #findReadable(
    scope: CredentialScope,
    version: string,
    signal: AbortSignal,
  ): Promise<VersionedCredential | undefined> {
    try {
      return await this.find(scope, version, signal);
    } catch (error) {
      if (error instanceof NautesError && error.reason === 'CredentialUnreadable') return undefined;
      throw error;
    }
  }
}

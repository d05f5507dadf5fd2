import type { CredentialScope, StoredCredential } from '../resources/credential.ts';

export type {
  CredentialBinding,
  CredentialMaterial,
  CredentialScope,
  StoredCredential,
} from '../resources/credential.ts';

/** Which version is in use. */
export interface ActivePointer {
  readonly version: string;
  /** Changes with every activation; for compare-and-swap. */
  readonly revision: string;
}

/** Credentials of clusters: versions by content, and one pointer to the active version per registration. */
export interface SecretStore {
  /**
   * Stores a version apart from the live one. Equal material, binding and origin give the same version
   * (keyed hash), so that repeating a save changes nothing; then `issuedAt` and `expiresAt` of the first remain and
   * only its `storedAt` is renewed. One that no longer opens is replaced. Durable when it resolves.
   * @throws NautesError `CredentialScopeInvalid`, `CredentialTooLarge`
   */
  stage(credential: StoredCredential, signal: AbortSignal): Promise<string>;
  /**
   * Stores a version under the name that it has in another store; one that is there is replaced. Durable when it
   * resolves.
   * @throws NautesError `CredentialScopeInvalid`, `CredentialTooLarge`, `CredentialUnknown` for what is no name of a version
   */
  restore(version: string, credential: StoredCredential, signal: AbortSignal): Promise<void>;
  /** The version that {@link stage} would give; nothing is stored. @throws NautesError `CredentialScopeInvalid` */
  versionOf(credential: StoredCredential, signal: AbortSignal): Promise<string>;
  /** @throws NautesError `CredentialUnknown` when the scope has no such version, `CredentialUnreadable` when it does not open. */
  read(scope: CredentialScope, version: string, signal: AbortSignal): Promise<StoredCredential>;
  /** @throws NautesError `CredentialUnreadable` when the pointer is damaged; `activate` with no expected revision replaces it. */
  active(scope: CredentialScope, signal: AbortSignal): Promise<ActivePointer | undefined>;
  /**
   * Makes a stored version the active one when the pointer still has the expected revision (`undefined`: none yet).
   * Durable when it resolves.
   * @throws NautesError `CredentialConflict` when somebody else was faster, `CredentialUnknown`
   */
  activate(
    scope: CredentialScope,
    version: string,
    expectedRevision: string | undefined,
    signal: AbortSignal,
  ): Promise<ActivePointer>;
  /**
   * Makes sure that those outside who use the cluster find its active credential, and only that, where they look for it.
   * {@link activate} tries to, and {@link removeAll} does so too; this mends what was interrupted or changed by others.
   * @throws NautesError what keeps it from being so
   * @returns where they look; `undefined` for a store without such readers
   */
  publish(scope: CredentialScope, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Removes one version. Absent is fine.
   * @param storedAt remove it only while it still has this `storedAt`, that is, was not staged again since it was listed
   * @throws NautesError `CredentialActive` when it is the active one
   */
  remove(scope: CredentialScope, version: string, signal: AbortSignal, storedAt?: string): Promise<void>;
  /** Removes everything of a registration, for good. Absent is fine. */
  removeAll(scope: CredentialScope, signal: AbortSignal): Promise<void>;
  /**
   * All that is stored, for the collection of what nobody refers to.
   * @param cluster only what is stored for this name
   */
  list(signal: AbortSignal, cluster?: string): Promise<readonly StoredVersion[]>;
  /** Whether credentials can be stored now. @throws NautesError why not, such as `SecretStoreUnavailable`, `Closing` */
  checkWritable(): Promise<void>;
  close(): Promise<void>;
}

/** Stores and retires credentials. Which is in use, and what it is, is for `cluster-access` to find. */
export type CredentialWriter = Pick<
  SecretStore,
  'stage' | 'versionOf' | 'activate' | 'publish' | 'remove' | 'removeAll'
>;

export interface StoredVersion {
  readonly scope: CredentialScope;
  readonly version: string;
  readonly active: boolean;
  /** RFC 3339 with milliseconds: when it was staged last. */
  readonly storedAt: string;
}

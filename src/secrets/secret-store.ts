import type { Secret } from '../base/secret.ts';
import type { CredentialScope, StoredCredential } from '../resources/credential.ts';

export type {
  CredentialBinding,
  CredentialMaterial,
  CredentialScope,
  StoredCredential,
} from '../resources/credential.ts';

/** The active version. */
export interface ActivePointer {
  readonly version: string;
  /** Changes with every activation; for compare-and-swap. */
  readonly revision: string;
}

/** Credentials of clusters: versions by content, and one pointer to the active version per registration. */
export interface SecretStore {
  /**
   * Stores a version without activating it. Equal material, binding and origin give the same version (keyed hash), so
   * that repeating a save changes nothing; `issuedAt` and `expiresAt` of the first remain and only its `storedAt` is
   * renewed. A version that no longer opens is replaced. Durable when it resolves.
   * @throws NautesError `CredentialScopeInvalid`, `CredentialTooLarge`
   */
  stage(credential: StoredCredential, signal: AbortSignal): Promise<string>;
  /**
   * Stores a version under its name in another store; an existing one is replaced. Durable when it
   * resolves.
   * @throws NautesError `CredentialScopeInvalid`, `CredentialTooLarge`, `CredentialUnknown` for an invalid version name
   */
  restore(version: string, credential: StoredCredential, signal: AbortSignal): Promise<void>;
  /** The version that {@link stage} would return, without storing anything. @throws NautesError `CredentialScopeInvalid` */
  versionOf(credential: StoredCredential, signal: AbortSignal): Promise<string>;
  /** @throws NautesError `CredentialUnknown` when the scope has no such version, `CredentialUnreadable` when it does not open. */
  read(scope: CredentialScope, version: string, signal: AbortSignal): Promise<StoredCredential>;
  /** @throws NautesError `CredentialUnreadable` when the pointer is damaged; `activate` with no expected revision replaces it. */
  active(scope: CredentialScope, signal: AbortSignal): Promise<ActivePointer | undefined>;
  /**
   * Makes a stored version the active one when the pointer still has the expected revision (`undefined`: none yet).
   * Durable when it resolves.
   * @throws NautesError `CredentialConflict` when another writer was faster, `CredentialUnknown`
   */
  activate(
    scope: CredentialScope,
    version: string,
    expectedRevision: string | undefined,
    signal: AbortSignal,
  ): Promise<ActivePointer>;
  /**
   * Ensures that external consumers of the cluster find its active credential, and only that, where they read it.
   * {@link activate} and {@link removeAll} try to; this repairs what was interrupted or changed by others.
   * @throws NautesError when it cannot be published
   * @returns where consumers read it; `undefined` for a store without consumers
   */
  publish(scope: CredentialScope, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Removes one version. Absent is fine.
   * @param storedAt remove it only while it still has this `storedAt`, that is, was not staged again since it was listed
   * @throws NautesError `CredentialActive` when it is the active one
   */
  remove(scope: CredentialScope, version: string, signal: AbortSignal, storedAt?: string): Promise<void>;
  /** Removes everything of a registration permanently. Absent is fine. */
  removeAll(scope: CredentialScope, signal: AbortSignal): Promise<void>;
  /**
   * Everything that is stored, for garbage collection.
   * @param cluster only what is stored for this name
   */
  list(signal: AbortSignal, cluster?: string): Promise<readonly StoredVersion[]>;
  /**
   * Keys for a purpose outside the store, the same ones for all processes that share it; migrating keeps the first.
   * There are several when the store has several keys: the first is the one to use, the others were.
   * @throws NautesError when the store cannot be reached
   */
  derivedKeys(purpose: string, signal: AbortSignal): Promise<readonly Secret<Uint8Array>[]>;
  /** Whether credentials can be stored now. @throws NautesError with the reason, such as `SecretStoreUnavailable`, `Closing` */
  checkWritable(): Promise<void>;
  close(): Promise<void>;
}

/** Stores and retires credentials. Finding the active one is the task of `cluster-access`. */
export type CredentialWriter = Pick<
  SecretStore,
  'stage' | 'versionOf' | 'activate' | 'publish' | 'remove' | 'removeAll'
>;

export interface StoredVersion {
  readonly scope: CredentialScope;
  readonly version: string;
  readonly active: boolean;
  /** RFC 3339 with milliseconds: when it was last staged. */
  readonly storedAt: string;
}

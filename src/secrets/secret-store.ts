import type { CredentialScope, StoredCredential } from '../model/credential.ts';

export type { CredentialBinding, CredentialMaterial, CredentialScope, StoredCredential } from '../model/credential.ts';

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
   * (keyed hash), so that repeating a save changes nothing; then `issuedAt` and `expiresAt` of the first remain.
   */
  stage(credential: StoredCredential, signal: AbortSignal): Promise<string>;
  /** @throws NautesError `CredentialUnknown` when the scope has no such version, `CredentialUnreadable` when it does not open. */
  read(scope: CredentialScope, version: string, signal: AbortSignal): Promise<StoredCredential>;
  active(scope: CredentialScope, signal: AbortSignal): Promise<ActivePointer | undefined>;
  /**
   * Makes a stored version the active one when the pointer still has the expected revision (`undefined`: none yet).
   * @throws NautesError `CredentialConflict` when somebody else was faster.
   */
  activate(
    scope: CredentialScope,
    version: string,
    expectedRevision: string | undefined,
    signal: AbortSignal,
  ): Promise<ActivePointer>;
  /** Removes one version; the active one is refused. Absent is fine. */
  remove(scope: CredentialScope, version: string, signal: AbortSignal): Promise<void>;
  /** Removes everything of a registration, for good. Absent is fine. */
  removeAll(scope: CredentialScope, signal: AbortSignal): Promise<void>;
  /** All that is stored, for the collection of what nobody refers to. */
  list(signal: AbortSignal): Promise<readonly StoredVersion[]>;
  close(): Promise<void>;
}

export interface StoredVersion {
  readonly scope: CredentialScope;
  readonly version: string;
  readonly active: boolean;
  /** RFC 3339 time of storing. */
  readonly storedAt: string;
}

export { type Collectable, type CredentialRoots, collectable, collectCredentials } from './collect.ts';
export { MAXIMUM_CREDENTIAL_BYTES } from './credential-files.ts';
export { SealedFileSecretStore, type SealedFileSecretStoreOptions } from './sealed-file-secret-store.ts';
export { SealingKey, type SealingKeys } from './sealing-key.ts';
export {
  type OpenedSealingKeys,
  openSealingKeys,
  SEALING_KEY_VARIABLE,
  type SealingKeyOptions,
} from './sealing-key-source.ts';
export type { ActivePointer, SecretStore, StoredVersion } from './secret-store.ts';

export { type Collectable, type CredentialRoots, collectable, collectCredentials } from './collect.ts';
export { holdsSealedCredentials } from './sealed/credential-files.ts';
export { MAXIMUM_CREDENTIAL_BYTES } from './credential-names.ts';
export { type MigrationReport, migrateCredentials } from './migrate.ts';
export { SealedFileSecretStore, type SealedFileSecretStoreOptions } from './sealed/sealed-file-secret-store.ts';
export { SealingKey, type SealingKeys } from './sealed/sealing-key.ts';
export {
  combineKeyTexts,
  type OpenedSealingKeys,
  openSealingKeys,
  parseSealingKeys,
  SEALING_KEY_VARIABLE,
  type SealingKeyOptions,
} from './sealed/sealing-key-source.ts';
export { KubernetesSecretStore, type KubernetesSecretStoreOptions } from './kubernetes/kubernetes-secret-store.ts';
export {
  holdsSharedCredentials,
  openSharedSealingKeys,
  readSharedSealingKey,
  SEALING_KEY_SECRET,
  shareSealingKey,
} from './kubernetes/shared-sealing-key.ts';
export type { ActivePointer, CredentialWriter, SecretStore, StoredVersion } from './secret-store.ts';
export { DEFAULT_CONSUMER_MOUNT, DEFAULT_OWN_MOUNT } from './vault/layout.ts';
export { vaultStorePolicy } from './vault/rights.ts';
export { VaultSecretStore, type VaultSecretStoreOptions } from './vault/vault-secret-store.ts';

export { isLoopback, readVaultAddress, type VaultAddress } from './address.ts';
export { type VaultCall, VaultClient, type VaultClientOptions } from './client.ts';
export { KvEngine, type KvEntry, type KvMetadata } from './kv.ts';
export type { VaultAuth } from './login.ts';
export { type PolicyCapability, type PolicyRule, policyText } from './policy.ts';
export { isRecord, numberOf, recordAt, textOf, textsOf } from './values.ts';

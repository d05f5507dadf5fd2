export type { ClusterAccess, ClusterAction, VersionedCredential } from './cluster-access.ts';
export { ClusterCredentials } from './cluster-credentials.ts';
export { contact, isOtherCertificate, ProbeTimeout } from './contact.ts';
export { type AccessCaller, DirectAccess } from './direct.ts';
export { RecentKinds } from './recent-kinds.ts';
export { SecretStoreUnavailable, withSecrets } from './secret-store-unavailable.ts';
export { type AccessServices, useAccepted } from './use-accepted.ts';

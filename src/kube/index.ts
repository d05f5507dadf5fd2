export {
  ACCESS_NAMESPACE,
  accessObjects,
  type AccessRequest,
  endAccess,
  ensureAccess,
  type IssuedToken,
  issueToken,
  removeAccess,
  revokeOtherTokens,
  revokeToken,
  type TokenRequest,
} from './access.ts';
export {
  type AddressClass,
  type AddressPolicy,
  classifyAddress,
  defaultAddressPolicy,
  isOneOf,
  loopbackAddressPolicy,
  resolvedAddressProblem,
} from './address.ts';
export { applyComponent } from './apply.ts';
export { removeLeftWebhooks } from './blocking-webhooks.ts';
export {
  KubeClient,
  type ListOptions,
  type ObjectList,
  type ObjectName,
  type PatchKind,
  type RawRequest,
} from './client.ts';
export { type ClusterConnection, connectionOptions, openConnection } from './connection.ts';
export { findDependants } from './dependants.ts';
export type { Discovery } from './discovery.ts';
export { componentHealth } from './health.ts';
export { type ApiFailure, isNotFound, isTransient, KubeApiError, type StatusCause } from './kube-error.ts';
export { type KubeconfigCredential, type KubeconfigReading, readKubeconfig } from './kubeconfig.ts';
export { kubeconfigYaml } from './kubeconfig-writer.ts';
export { parseManifest, withDefaultNamespace } from './manifest.ts';
export { nodePortFindings } from './node-ports.ts';
export {
  COMPONENT_LABEL,
  describeReference,
  FIELD_MANAGER,
  INCARNATION_LABEL,
  isRecord,
  type KubeObject,
  MANAGED_BY_LABEL,
  objectKey,
  type ObjectHead,
  type ObjectMetadata,
  ownershipLabels,
  ownershipSelector,
  plainReference,
  referenceOf,
  textAt,
} from './objects.ts';
export {
  preflight,
  type PreflightReport,
  type PreflightRequest,
  type ProbeFacts,
  probe,
} from './preflight.ts';
export { OwnHeads } from './own-heads.ts';
export { removeObjects } from './removal.ts';
export { removalCommand } from './removal-command.ts';
export type {
  ApplyReport,
  ApplyRequest,
  Dependant,
  DependantsReport,
  ForeignObject,
  HealthProblem,
  HealthReport,
  ObjectFailure,
  ObjectRemark,
  RemovalReport,
  RemovalRequest,
  Repair,
  SharedField,
} from './reports.ts';
export { type ResourceType, wellKnown } from './resources.ts';
export { parseServerUrl } from './server-url.ts';
export { defaultTransportLimits, type TransportLimits, type TransportOptions } from './transport.ts';
export type { WatchEvent, WatchOptions } from './watch.ts';

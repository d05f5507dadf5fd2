export { accessObjects, type AccessRequest, ensureAccess, renewHolder } from './access/access.ts';
export {
  type BoundToken,
  checkTokenLife,
  type IssuedToken,
  issueToken,
  requestToken,
  revokeOtherTokens,
  revokeToken,
  type TokenRequest,
} from './access/tokens.ts';
export { endAccess, reasonToKeepNamespace, removeAccess, removeFormerAccount } from './access/access-removal.ts';
export { findHolders, type HolderFindings, makerOfNamespace } from './access/holder.ts';
export {
  type AddressPolicy,
  type AddressProxies,
  defaultAddressPolicy,
  loopbackAddressPolicy,
  type ResolvedAddress,
  resolveAddress,
  throughOwnProxy,
} from './transport/address.ts';
export { applyComponent } from './apply/apply.ts';
export { removeLeftWebhooks } from './apply/blocking-webhooks.ts';
export { KubeClient } from './client/client.ts';
export {
  type ApplyOptions,
  nameOf,
  type ListOptions,
  type ObjectName,
  type PatchKind,
  type RawRequest,
} from './client/object-requests.ts';
export { type ObjectList } from './client/object-replies.ts';
export { KnownKinds } from './client/discovery.ts';
export { type ClusterConnection, ConnectionMemory, connectionOptions, openConnection } from './client/connection.ts';
export { findDependants } from './apply/dependants.ts';
export {
  belongsToAny,
  type ComponentContent,
  findForeign,
  type ForeignComponent,
  type ForeignSearch,
} from './apply/foreign.ts';
export { adoptionOf, foreignError } from './apply/foreign-error.ts';
export type { Discovery } from './client/discovery.ts';
export { type ObjectChange, Reflector, type ReflectorOptions } from './client/reflector.ts';
export type { WatchEvent, WatchOptions } from './client/watch.ts';
export { componentHealth, isWorkload } from './health/health.ts';
export { SharedLooks } from './health/shared-looks.ts';
export { isConflict, isOutdated, retryingConflicts } from './client/conflicts.ts';
export { type ApiFailure, isNotFound, isTransient, KubeApiError, type StatusCause } from './client/kube-error.ts';
export {
  type KubeconfigCredential,
  type KubeconfigReading,
  type ProxyRules,
  readKubeconfig,
} from './kubeconfig/kubeconfig.ts';
export { kubeconfigYaml } from './kubeconfig/writer.ts';
export {
  DEFAULT_NODE_PORTS,
  nodePortFindings,
  type NodePorts,
  nodePortsOn,
  outsideRange,
} from './access/node-ports.ts';
export { NamespaceList } from './access/namespaces.ts';
export { isLetThrough, sampleToken } from './access/token-passage.ts';
export {
  preflight,
  type PreflightReport,
  type PreflightRequest,
  type ProbeFacts,
  probe,
  readIdentity,
  type VersionFacts,
} from './access/preflight.ts';
export {
  type ComponentClaim,
  type ObjectOwnership,
  objectOwnership,
  supersededEntries,
} from './apply/object-ownership.ts';
export { type KindState, OwnedObjectIndex } from './apply/owned-object-index.ts';
export { readUnchanged } from './apply/unchanged.ts';
export { takeOverObjects } from './apply/take-over.ts';
export { findLeftBehind } from './apply/left-behind.ts';
export { mostTelling, removeObjects } from './apply/removal.ts';
export { planRemoval, type RemovalPlan } from './apply/removal-plan.ts';
export type { ApplyReport, ForeignObject, ObjectFailure, ObjectRemark, Repair } from './apply/report.ts';
export type { ApplyRequest } from './apply/request.ts';
export { differences } from './apply/differences.ts';
export type { Dependant, DependantsReport } from './apply/dependants.ts';
export type { HealthProblem, HealthReport } from './health/health.ts';
export type { RemovalReport, RemovalRequest } from './apply/removal.ts';
export type { SharedField } from './apply/shared-fields.ts';
export { defaultTransportLimits, type TransportLimits, type TransportOptions } from './transport/options.ts';
export { AnswerBudget } from './transport/answer-budget.ts';

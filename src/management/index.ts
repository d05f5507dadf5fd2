export { openKubeconfigCluster } from './kubeconfig-source.ts';
export { describeRight, missingRights, type NeededRight, rightsTo } from './rights.ts';
export type { ManagementCluster } from './management-cluster.ts';
export { openServiceAccountCluster, type ServiceAccountOptions } from './service-account-source.ts';
export { CONTENT_LABEL, contentLabels, dataOf, secretText } from './own-objects.ts';
export { managementProblem } from './trouble.ts';
export {
  openSharedInstallation,
  placeOf,
  readSharedInstallation,
  repositoryOf,
  type SharedInstallation,
  writeSharedInstallation,
} from './shared-installation.ts';
export { openRegisteredCluster, type RegisteredClusterOptions } from './registered-cluster.ts';

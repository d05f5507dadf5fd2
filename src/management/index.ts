export { openKubeconfigCluster } from './kubeconfig-source.ts';
export type { ManagementCluster } from './management-cluster.ts';
export { openServiceAccountCluster, type ServiceAccountOptions } from './service-account-source.ts';

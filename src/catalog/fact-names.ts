/**
 * Facts that every cluster has. Besides these there are `additions.<name>` (settings of the component itself) and
 * `gateway.<name>` (settings of the gateway in front of the cluster; for a virtual cluster that of its host).
 */
export const clusterFactNames = [
  'cluster.name',
  'cluster.apiServer',
  'cluster.host',
  'cluster.primaryDomain',
  'cluster.usage',
  'cluster.type',
  'cluster.workerType',
  'cluster.hostCluster',
  'cluster.namespaces',
  'virtualCluster.nodePort',
  'component.name',
  'component.namespace',
  'vault.address',
  'vault.authPath',
  'oauth.issuer',
  'oauth.clientId',
  'oauth.clientSecret',
  'oauth.cookieSecret',
] as const;

export type ClusterFactName = (typeof clusterFactNames)[number];

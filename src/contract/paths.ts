/** Paths of the API, variables in braces. Servers route by them, clients fill them in. */
export const paths = {
  clusters: '/api/v1/clusters',
  cluster: '/api/v1/clusters/{cluster_name}',
  clusterPlan: '/api/v1/clusters/{cluster_name}/plan',
  clusterRotate: '/api/v1/clusters/{cluster_name}/rotate',
  clusterPause: '/api/v1/clusters/{cluster_name}/pause',
  clusterResume: '/api/v1/clusters/{cluster_name}/resume',
  clusterSync: '/api/v1/clusters/{cluster_name}/sync',
  clusterStatus: '/api/v1/clusters/{cluster_name}/status',
  clusterCommit: '/api/v1/clusters/{cluster_name}/commit',
  clusterHistory: '/api/v1/clusters/{cluster_name}/history',
  clusterChange: '/api/v1/clusters/{cluster_name}/history/{commit}',
  clusterNodePorts: '/api/v1/clusters/{cluster_name}/node-ports',
  clusterFile: '/api/v1/clusters/{cluster_name}/file',
  clusterObjects: '/api/v1/clusters/{cluster_name}/objects',
  clusterRepairs: '/api/v1/clusters/{cluster_name}/repairs',
  clusterReceipts: '/api/v1/clusters/{cluster_name}/receipts',
  clusterReceipt: '/api/v1/clusters/{cluster_name}/receipt',
  clusterEvents: '/api/v1/clusters/{cluster_name}/events',
  fleet: '/api/v1/fleet',
  fleetSummary: '/api/v1/fleet/summary',
  fleetComponents: '/api/v1/fleet/components',
  receipts: '/api/v1/receipts',
  statuses: '/api/v1/statuses',
  events: '/api/v1/events',
  session: '/api/v1/session',
  sessionLinks: '/api/v1/session/links',
  oauthStart: '/api/v1/session/oauth/start',
  oauthCallback: '/api/v1/session/oauth/callback',
  server: '/api/v1/server',
  tokens: '/api/v1/tokens',
  token: '/api/v1/tokens/{token_name}',
  caller: '/api/v1/caller',
  catalog: '/api/v1/catalog',
  gitLabHook: '/api/v1/webhooks/gitlab',
  giteaHook: '/api/v1/webhooks/gitea',
  metrics: '/metrics',
  health: '/healthz',
  readiness: '/readyz',
  openApi: '/openapi.json',
  docs: '/docs',
} as const;

/** The names of a path's variables. */
export type PathVariables<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathVariables<Rest>
  : never;

/** The path with its variables filled in, each as one percent-encoded segment. */
export function fillPath<Path extends string>(
  path: Path,
  values: Readonly<Record<PathVariables<Path>, string>>,
): string {
  const named: Readonly<Record<string, string>> = values;
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent((named[name] ?? '').toWellFormed()));
}

/** The paths of one cluster. */
export type ClusterPath = Exclude<
  Extract<(typeof paths)[keyof typeof paths], `${string}{cluster_name}${string}`>,
  typeof paths.clusterChange
>;

export function clusterPath(path: ClusterPath, name: string): string {
  return fillPath(path, { cluster_name: name });
}

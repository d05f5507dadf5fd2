import type { WorkloadCluster, WorkloadRole } from './workload-auth.ts';

/** Parameters of a role of the Kubernetes auth method, as Nautes writes them. */
export function roleParameters({ accounts, policy }: WorkloadRole): Readonly<Record<string, string>> {
  const unique = (values: readonly string[]): string => [...new Set(values)].toSorted().join(',');
  return {
    bound_service_account_names: unique(accounts.map(({ name }) => name)),
    bound_service_account_namespaces: unique(accounts.map(({ namespace }) => namespace)),
    token_policies: policy,
    token_ttl: String(TOKEN_SECONDS),
  };
}

/** Workloads log in again by themselves. */
export const TOKEN_SECONDS = 3600;

/** What an operator runs instead of the server. The cluster's CA is in a file, as it has many lines. */
export function setupCommands({ cluster, server, roles }: WorkloadCluster): readonly string[] {
  const file = `${cluster}-ca.crt`;
  const isProxied = new URL(server).pathname !== '/'; // its certificate is not from the cluster's own authority then
  return [
    `vault auth enable -path=${cluster} kubernetes`,
    isProxied
      ? `kubectl config view --raw --minify --flatten -o 'jsonpath={.clusters[0].cluster.certificate-authority-data}' | base64 -d > ${file}`
      : `kubectl get configmap kube-root-ca.crt -n default -o 'jsonpath={.data.ca\\.crt}' > ${file}`,
    `vault write auth/${cluster}/config kubernetes_host=${server} kubernetes_ca_cert=@${file} disable_local_ca_jwt=true`,
    ...roles.map((role) => `vault write auth/${cluster}/role/${role.name} ${assignments(roleParameters(role))}`),
  ];
}

export function removalCommand(cluster: string): string {
  return `vault auth disable ${cluster}/`;
}

function assignments(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value.includes('*') ? `'${value}'` : value}`)
    .join(' ');
}

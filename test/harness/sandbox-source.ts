import { join } from 'node:path';
import { connectionOptions, loopbackAddressPolicy, openConnection, readKubeconfig } from '../../src/kube/index.ts';
import { Secret } from '../../src/base/secret.ts';
import { type RequestObserver, type Sandbox, startSandbox } from '../../sandbox/index.ts';
import type { TargetCluster, TargetClusterSource, TargetOptions } from './target-cluster.ts';

/** A request function that presents the kubeconfig's credential. */
export function adminRequest(server: string, kubeconfig: string): TargetCluster['request'] {
  const { credential } = readKubeconfig(new Secret(kubeconfig));
  if (credential === undefined) throw new Error('the kubeconfig of the test cluster cannot be used');
  const binding = {
    cluster: 'test',
    incarnation: 'test',
    server,
    certificateAuthority: credential.certificateAuthority,
  };
  const { client } = openConnection(
    connectionOptions({ binding, material: credential.material }, loopbackAddressPolicy),
  );
  return async (method, path, body, contentType) => {
    const request = { method: method as 'GET', path, ...(body === undefined ? {} : { body }) };
    const reply = await client.raw(
      { ...request, ...(contentType === undefined ? {} : { contentType }) },
      AbortSignal.timeout(120_000),
    );
    return {
      status: reply.status,
      body: reply.body.startsWith('{') ? (JSON.parse(reply.body) as unknown) : reply.body,
    };
  };
}

/** Simulated clusters with the small stand-ins as components. */
export async function sandboxSource(
  count: number,
  options: TargetOptions = {},
): Promise<TargetClusterSource & { readonly sandbox: Sandbox }> {
  const refused = new Map<number, number>();
  const applied = new Map<number, number>();
  const observe: RequestObserver = (index, { request, response }) => {
    if (request.method === 'PATCH' && request.url?.includes('dryRun=') !== true)
      applied.set(index, (applied.get(index) ?? 0) + 1);
    response.on('close', () => {
      if ([401, 403].includes(response.statusCode)) refused.set(index, (refused.get(index) ?? 0) + 1);
    });
  };
  const sandbox = await startSandbox({ clusters: count, basePort: 0, observe, ...options });
  let next = 0;
  const create = (): Promise<TargetCluster> => {
    const cluster = sandbox.clusters[next];
    next += 1;
    if (cluster === undefined) throw new Error('the sandbox has no more clusters');
    let kubeconfig = cluster.kubeconfig();
    let request = adminRequest(cluster.server, kubeconfig);
    const target: TargetCluster = {
      server: cluster.server,
      get kubeconfig() {
        return kubeconfig;
      },
      request: (...args) => request(...args),
      setReachable: (reachable: boolean) => {
        cluster.faults.set(reachable ? [] : [{ kind: 'unreachable' }]);
        return cluster.settled();
      },
      replaceServerCertificate: () => Promise.resolve(cluster.replaceServerCertificate()),
      replaceAuthority() {
        cluster.replaceAuthority();
        kubeconfig = cluster.kubeconfig();
        request = adminRequest(cluster.server, kubeconfig);
        return Promise.resolve();
      },
      applyRequests: () => Promise.resolve(applied.get(cluster.index) ?? 0),
      refusedRequests: () => Promise.resolve(refused.get(cluster.index) ?? 0),
    };
    return Promise.resolve(target);
  };
  return {
    name: 'sandbox',
    enforcesPolicies: false,
    unavailable: undefined,
    sandbox,
    catalogFiles: [join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml')],
    create,
    createHost: create, // it plays vCluster itself
    close: () => sandbox.close(),
  };
}

import {
  CONTROL_PLANE_NOT_BUILT,
  type ControlPlane,
  controlPlaneBinaries,
  type Etcd,
  startControlPlane,
  startEtcd,
} from '../../tools/controlplane/control-plane.ts';
import { adminRequest } from './sandbox-source.ts';
import type { TargetCluster, TargetClusterSource, TargetOptions } from './target-cluster.ts';
import { upstreamCatalog } from './upstream-catalog.ts';
import { VclusterOperator } from './vcluster-operator.ts';

/** Real control planes with the published manifests as components. */
export async function realSource(options: TargetOptions = {}): Promise<TargetClusterSource> {
  const catalog = await upstreamCatalog();
  const planes: ControlPlane[] = [];
  const operators: VclusterOperator[] = [];
  let etcd: Etcd | undefined;
  const create = async (): Promise<TargetCluster> => {
    const plane = await startControlPlane(options);
    planes.push(plane);
    let kubeconfig = plane.adminKubeconfig;
    let request = adminRequest(plane.server, kubeconfig);
    return {
      server: plane.server,
      get kubeconfig() {
        return kubeconfig;
      },
      request: (...args) => request(...args),
      setReachable: (reachable: boolean) => (reachable ? plane.restartApiServer() : plane.killApiServer()),
      replaceServerCertificate: () => plane.replaceServerCertificate(),
      async replaceAuthority() {
        await plane.replaceAuthority();
        kubeconfig = plane.adminKubeconfig;
        request = adminRequest(plane.server, kubeconfig);
      },
      applyRequests: () => sumOf(plane, APPLIES),
      refusedRequests: () => sumOf(plane, REFUSALS),
    };
  };
  return {
    name: 'real control plane',
    enforcesPolicies: true,
    unavailable: (await unavailableReason()) ?? catalog.unavailable,
    catalogFiles: [catalog.file],
    create,
    async createHost() {
      const host = await create();
      etcd ??= await startEtcd();
      operators.push(new VclusterOperator(host, etcd));
      return host;
    },
    async close() {
      await Promise.all(operators.map((operator) => operator[Symbol.asyncDispose]()));
      await Promise.all([...planes.map((plane) => plane.stop()), etcd?.[Symbol.asyncDispose]()]);
      await catalog.remove();
    },
  };
}

async function unavailableReason(): Promise<string | undefined> {
  if (process.env['NAUTES_TEST_REAL'] === 'skip') return 'left to make test-real';
  return (await controlPlaneBinaries()) === undefined ? CONTROL_PLANE_NOT_BUILT : undefined;
}

const APPLIES = /^apiserver_request_total\{[^}]*dry_run=""[^}]*verb="APPLY"[^}]*\} (\S+)$/gm;
const REFUSALS =
  /^(?:apiserver_request_total\{[^}]*code="403"[^}]*\}|authentication_attempts\{result="(?:failure|error)"\}) (\S+)$/gm;

/** From the API server's own metrics. */
async function sumOf(plane: ControlPlane, lines: RegExp): Promise<number> {
  const { status, text } = await plane.request('GET', '/metrics');
  if (status !== 200) throw new Error(`no metrics: ${status}`);
  return [...text.matchAll(lines)].reduce((sum, [, count]) => sum + Number(count), 0);
}

import { startSandbox } from '../../../sandbox/index.ts';
import {
  CONTROL_PLANE_NOT_BUILT,
  controlPlaneBinaries,
  startControlPlane,
} from '../../../tools/controlplane/control-plane.ts';
import { adminRequest } from '../sandbox-source.ts';

/** A cluster for replicas to share, of whatever kind. */
export interface ManagementPlace extends AsyncDisposable {
  readonly server: string;
  readonly kubeconfig: string;
  /** A request as administrator, past Nautes. */
  request(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Takes the API server away, or brings it back. */
  setReachable(reachable: boolean): Promise<void>;
  /** Keeps everything that is stored, and brings it back; absent where that is not possible. */
  readonly backup?: { keep(): Promise<void>; restore(milliseconds: number): Promise<void> };
}

export interface ManagementSource {
  readonly name: string;
  /** Why there is none, or `undefined`. */
  readonly unavailable: string | undefined;
  readonly open: () => Promise<ManagementPlace>;
}

export const simulatedManagement: ManagementSource = {
  name: 'a simulated management cluster',
  unavailable: undefined,
  async open() {
    const sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    const [cluster] = sandbox.clusters;
    if (cluster === undefined) throw new Error('the sandbox has no cluster');
    const kubeconfig = cluster.kubeconfig();
    return {
      server: cluster.server,
      kubeconfig,
      request: adminRequest(cluster.server, kubeconfig),
      setReachable(reachable) {
        cluster.faults.set(reachable ? [] : [{ kind: 'unreachable' }]);
        return cluster.settled();
      },
      [Symbol.asyncDispose]: () => sandbox.close(),
    };
  },
};

export async function realManagement(): Promise<ManagementSource> {
  return {
    name: 'a real management cluster',
    unavailable: await reasonAgainstReal(),
    async open() {
      const plane = await startControlPlane({ controllerManager: false, scheduler: false, kwok: false });
      return {
        server: plane.server,
        kubeconfig: plane.adminKubeconfig,
        request: adminRequest(plane.server, plane.adminKubeconfig),
        setReachable: (reachable) => (reachable ? plane.restartApiServer() : plane.killApiServer()),
        backup: { keep: () => plane.backup(), restore: (milliseconds) => plane.restore(milliseconds) },
        [Symbol.asyncDispose]: () => plane.stop(),
      };
    },
  };
}

async function reasonAgainstReal(): Promise<string | undefined> {
  if (process.env['NAUTES_TEST_REAL'] === 'skip') return 'left to make test-real';
  return (await controlPlaneBinaries()) === undefined ? CONTROL_PLANE_NOT_BUILT : undefined;
}

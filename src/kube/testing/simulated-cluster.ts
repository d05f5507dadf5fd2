import { type Sandbox, type SandboxCluster, startSandbox } from '../../../sandbox/index.ts';
import { Secret } from '../../base/secret.ts';
import { type ClusterConnection, openConnection } from '../client/connection.ts';
import { readKubeconfig } from '../kubeconfig/kubeconfig.ts';
import { loopbackAddressPolicy } from '../transport/address.ts';

/** One simulated cluster, whose faults a test sets, and an administrator's connection to it. */
export class SimulatedCluster {
  readonly cluster: SandboxCluster;
  readonly connection: ClusterConnection;
  readonly #sandbox: Sandbox;

  static async start(): Promise<SimulatedCluster> {
    const sandbox = await startSandbox({ clusters: 1, basePort: 0, namespaceDelayMilliseconds: 20 });
    const [cluster] = sandbox.clusters;
    if (cluster === undefined) throw new Error('the sandbox has no cluster');
    return new SimulatedCluster(sandbox, cluster);
  }

  private constructor(sandbox: Sandbox, cluster: SandboxCluster) {
    this.#sandbox = sandbox;
    this.cluster = cluster;
    const { credential, findings } = readKubeconfig(new Secret(cluster.kubeconfig()));
    if (credential === undefined) throw findings[0] ?? new Error('no credential');
    this.connection = openConnection({ server: cluster.server, ...credential, addresses: loopbackAddressPolicy });
  }

  async close(): Promise<void> {
    this.connection.close();
    await this.#sandbox.close();
  }
}

import { kubeconfig } from '../../../sandbox/kubeconfig.ts';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../../sandbox/index.ts';
import { Behind } from '../behind.ts';
import { HttpPeer } from '../http-peer.ts';
import type { Lie } from '../lie.ts';
import type { HostilePeer } from '../peer.ts';

/** A cluster that lies: a simulated one with a door of its own in front. */
export interface HostileCluster extends HostilePeer {
  readonly name: string;
  /** What it is when it is honest. */
  readonly honest: SandboxCluster;
  /** For its own door, with the token of an administrator. */
  kubeconfig(): string;
}

export interface HostileClusterOptions {
  /** The simulated cluster behind it; default: a new one, which is closed with it. */
  readonly honest?: SandboxCluster;
}

/** Starts one; honest until it is told otherwise. */
export async function startHostileCluster({ honest }: HostileClusterOptions = {}): Promise<HostileCluster> {
  const sandbox =
    honest === undefined ? await startSandbox({ clusters: 1, basePort: 0, workloadDelayMilliseconds: 20 }) : undefined;
  const behind = honest ?? sandbox?.clusters[0];
  if (behind === undefined) throw new Error('no simulated cluster was started');
  return await RunningHostileCluster.start(behind, sandbox);
}

class RunningHostileCluster implements HostileCluster {
  readonly honest: SandboxCluster;
  readonly #sandbox: Sandbox | undefined;
  readonly #behind: Behind;
  readonly #peer: HttpPeer;

  private constructor(honest: SandboxCluster, sandbox: Sandbox | undefined, behind: Behind, peer: HttpPeer) {
    this.honest = honest;
    this.#sandbox = sandbox;
    this.#behind = behind;
    this.#peer = peer;
  }

  static async start(honest: SandboxCluster, sandbox: Sandbox | undefined): Promise<RunningHostileCluster> {
    const { server: url, certificateAuthority } = honest;
    const behind = new Behind({ url, certificateAuthority, target: withoutInventedToken });
    const { hostname: address } = new URL(url);
    const peer = await HttpPeer.start({ honesty: behind, address });
    return new RunningHostileCluster(honest, sandbox, behind, peer);
  }

  get name(): string {
    return `hostile-${this.honest.name}`;
  }

  get url(): string {
    return this.#peer.url;
  }

  get certificateAuthority(): string {
    return this.#peer.certificateAuthority;
  }

  get requests(): HostilePeer['requests'] {
    return this.#peer.requests;
  }

  misbehave(...lies: readonly Lie[]): void {
    this.#peer.misbehave(...lies);
  }

  kubeconfig(): string {
    const { name, url: server, certificateAuthority } = this;
    return kubeconfig({ name, server, certificateAuthority, credential: { token: this.honest.adminToken } });
  }

  async close(): Promise<void> {
    await this.#peer.close();
    this.#behind.close();
    await this.#sandbox?.close();
  }
}

/** A page that a lie has announced is the first one again. */
function withoutInventedToken(target: string): string {
  const url = new URL(target, 'https://cluster.invalid');
  if (url.searchParams.get('continue')?.startsWith('invented-') !== true) return target;
  url.searchParams.delete('continue');
  return `${url.pathname}${url.search}`;
}

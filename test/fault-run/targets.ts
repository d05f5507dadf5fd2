import { freeNodePorts } from '../../tools/net/ports.ts';
import type { SandboxCluster } from '../../sandbox/index.ts';
import type { World } from './world.ts';

export type SaveBody = Readonly<Record<string, unknown>> & { readonly api_server: string };

/** A cluster that a run plays with, or that it leaves alone to compare others with. */
export interface Target {
  /** Under which it is registered, usually. */
  readonly name: string;
  /** Under which it is saved now and then, too. */
  readonly alias: string;
  /** Where it can be, the usual place first: a virtual cluster can stand on either of the hosts. */
  readonly bodies: readonly SaveBody[];
  /** The simulated cluster that a kubeconfig is for; virtual clusters come without. */
  readonly cluster: SandboxCluster | undefined;
}

export interface Targets {
  /** In the order in which they are registered: hosts before what stands on them. */
  readonly played: readonly Target[];
  /** Never disturbed: what the others should be like in the end. */
  readonly references: readonly Target[];
}

export interface TargetCounts {
  readonly workers: number;
  /** Virtual clusters; with any, there are two hosts. */
  readonly virtual: number;
}

/** How many simulated clusters {@link makeTargets} needs. */
export function clustersFor({ workers, virtual }: TargetCounts): number {
  return workers + 1 + (virtual === 0 ? 0 : 3);
}

/** The cluster at `workers` is the reference, then come the hosts and the reference of hosts and virtual clusters. */
export async function makeTargets(world: World, { workers, virtual }: TargetCounts): Promise<Targets> {
  const worker = (index: number, name: string): Target => physical(world.cluster(index), name, `other-${index}`);
  const played = Array.from({ length: workers }, (_, index) => worker(index, `worker-${index}`));
  const references = [worker(workers, 'reference')];
  if (virtual === 0) return { played, references };
  const hosts = [1, 2].map((number) => host(world.cluster(workers + number), `host-${number}`));
  const referenceHost = host(world.cluster(workers + 3), 'reference-host');
  const port = await freeNodePorts(2 * virtual + 1);
  const virtuals = Array.from({ length: virtual }, (_, index) => {
    const order = index % 2 === 0 ? hosts : hosts.toReversed();
    const bodies = order.map((at, place) => virtualBody(at, port + 1 + 2 * index + place));
    return { name: `virtual-${index}`, alias: `other-virtual-${index}`, bodies, cluster: undefined };
  });
  const reference = virtualBody(referenceHost, port);
  return {
    played: [...hosts, ...played, ...virtuals],
    references: [
      ...references,
      referenceHost,
      { name: 'reference-virtual', alias: '', bodies: [reference], cluster: undefined },
    ],
  };
}

function physical(cluster: SandboxCluster, name: string, alias: string, usage = 'worker'): Target {
  const body = {
    api_server: cluster.server,
    cluster_kind: 'kubernetes',
    cluster_type: 'physical',
    usage,
    kubeconfig: cluster.kubeconfig('token'),
  };
  return { name, alias, bodies: [body], cluster };
}

/** Always under its own name: the virtual clusters on it name it. */
function host(cluster: SandboxCluster, name: string): Target {
  return physical(cluster, name, name, 'host');
}

function virtualBody({ name, cluster }: Target, port: number): SaveBody {
  return {
    api_server: `https://${new URL(cluster?.server ?? '').hostname}:${port}`,
    cluster_kind: 'kubernetes',
    cluster_type: 'virtual',
    usage: 'worker',
    host_cluster: name,
  };
}

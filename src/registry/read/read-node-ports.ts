import { withDeadline } from '../../base/async/timing.ts';
import { asNautesError, NautesError } from '../../errors/errors.ts';
import { type NodePorts, nodePortsOn } from '../../kube/index.ts';
import { message } from '../../messages/message.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { gatewayPorts } from '../rules.ts';
import type { UseCase } from '../services.ts';
import { getCluster } from './read-clusters.ts';

/** A cluster that has not answered by then is not asked any further. */
const LOOK_TIMEOUT_MILLISECONDS = 10_000;

/**
 * Which node ports a cluster has: it is asked. Ports that the registration and its virtual clusters are to have count as
 * taken, also those that are not there yet.
 * @throws NautesError `ClusterNotFound`, `HostNotReady`, or why it cannot be asked
 */
export async function nodePortsOfCluster(useCase: UseCase, name: string, count: number): Promise<NodePorts> {
  const { services, signal } = useCase;
  const { cluster } = await getCluster(useCase, name);
  const credential = await services.credentials.active({ cluster: name, incarnation: cluster.incarnation }, signal);
  if (credential === undefined) throw new NautesError('HostNotReady', { host: name });
  const planned = plannedPorts(useCase, name);
  const request = { count, reserved: new Set(planned.map(({ port }) => port)) };
  const deadline = withDeadline(signal, LOOK_TIMEOUT_MILLISECONDS);
  try {
    const found = await services.access.use(
      credential.stored,
      (connection) => nodePortsOn(connection, request, deadline),
      deadline,
    );
    const there = new Set(found.taken.map(({ port }) => port));
    const missing = planned.filter(({ port }) => !there.has(port));
    return { ...found, taken: [...found.taken, ...missing].toSorted((left, right) => left.port - right.port) };
  } catch (error) {
    throw asNautesError(error);
  }
}

function plannedPorts({ services }: UseCase, name: string): NodePorts['taken'] {
  const clusters = services.repo.snapshot().of(clusterFiles);
  const own = clusters.get(name)?.resource;
  const gateway = own === undefined ? [] : gatewayPorts(own);
  const virtual = clusters.namesBy('hostCluster', name).flatMap((cluster) => {
    const port = clusters.get(cluster)?.resource?.spec.vclusterNodePort;
    return port === undefined ? [] : [{ port, holder: message('HostPortTaken.virtualCluster', { cluster }) }];
  });
  return [...gateway.map((port) => ({ port, holder: message('HostPortTaken.gateway') })), ...virtual];
}

import { asNautesError, NautesError } from '../../errors/errors.ts';
import { withDeadline } from '../../base/async/timing.ts';
import { nodePortFindings } from '../../kube/index.ts';
import { readApiServer } from '../../resources/cluster/api-server.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import { type PreflightFindings, preflightFailed, type PreflightResult } from './preflight.ts';
import type { RegistryServices } from '../services.ts';

/** A host that has not answered by then is asked later: by the controllers, which wait for it. */
const HOST_TIMEOUT_MILLISECONDS = 10_000;

/**
 * Checks a virtual cluster before it is registered, by asking its host. A host that is not ready is no obstacle: the
 * virtual cluster waits for it, visibly.
 * @throws NautesError `PreflightFailed` with everything that was found
 */
export async function preflightVirtualCluster(
  services: RegistryServices,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<PreflightResult> {
  const { problems, ...result } = await examineVirtualCluster(services, cluster, signal);
  if (problems.length > 0) throw preflightFailed(cluster.name, problems);
  return result;
}

/** {@link preflightVirtualCluster} with its findings as data; nothing on the host is changed. */
export async function examineVirtualCluster(
  services: RegistryServices,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<PreflightFindings> {
  const host = services.repo.snapshot().clusters.get(cluster.spec.hostCluster ?? '')?.cluster;
  if (host === undefined) return { uid: undefined, problems: [], warnings: [] }; // the rules have said so
  const warnings = addressWarnings(cluster, host);
  try {
    return { uid: undefined, warnings, problems: await portProblems(services, cluster, host, signal) };
  } catch (error) {
    signal.throwIfAborted();
    const { message } = error instanceof NautesError ? error : new NautesError('HostNotReady', { host: host.name });
    warnings.push(`the host cluster ${host.name} cannot be asked now (${message}); the virtual cluster waits for it`);
    return { uid: undefined, warnings, problems: [] };
  }
}

/** A host may be reached under several names; whether this is one of them shows when the virtual cluster is there. */
function addressWarnings({ spec }: Cluster, host: Cluster): string[] {
  const [own, hosts] = [readApiServer(spec.apiServer), readApiServer(host.spec.apiServer)];
  if (typeof own === 'string' || typeof hosts === 'string' || own.host === hosts.host) return [];
  return [
    `api_server names ${own.host}, the host cluster ${host.name} is at ${hosts.host}: node ports have to answer there`,
  ];
}

/** @throws NautesError when the host cannot be asked */
async function portProblems(
  { access, credentials, status }: RegistryServices,
  cluster: Cluster,
  host: Cluster,
  signal: AbortSignal,
): Promise<readonly NautesError[]> {
  const port = cluster.spec.vclusterNodePort;
  if (port === undefined) return [];
  const scope = { cluster: host.name, incarnation: host.incarnation };
  const credential = await credentials.active(scope, signal);
  if (credential === undefined) throw new NautesError('HostNotReady', { host: host.name });
  const leaving = (await status.offboardings())
    .filter((record) => record.cluster === cluster.name)
    .map(({ incarnation }) => incarnation);
  const own = [cluster.incarnation, ...leaving];
  const deadline = withDeadline(signal, HOST_TIMEOUT_MILLISECONDS);
  try {
    return await access.use(
      credential.stored,
      (connection) => nodePortFindings(connection, [port], own, deadline),
      deadline,
    );
  } catch (error) {
    throw asNautesError(error);
  }
}

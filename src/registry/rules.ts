import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import type { RegisteredClusters } from '../resources/cluster/cluster-files.ts';
import { areCopies } from '../resources/cluster/clone.ts';
import type { Cluster } from '../resources/cluster/cluster.ts';
import { readNodePort } from '../resources/cluster/node-port.ts';

/**
 * What a cluster must fulfil in the company of the others: a rule that is broken at a time. The one place of these
 * rules: they run before the preflight on what is known, and decide again in the commit on the tree left by the request
 * before it.
 */
export function* problemsWithOthers(cluster: Cluster, clusters: RegisteredClusters): Generator<NautesError, void> {
  const before = clusters.get(cluster.name)?.resource;
  if (before !== undefined) yield* profileProblems(before, cluster, clusters);
  yield* hostProblems(cluster, clusters);
  yield* portProblems(cluster, clusters);
  for (const other of registeredUnder(cluster, clusters)) yield new NautesError('ClusterRegisteredTwice', { other });
}

/** @throws NautesError of the first rule that is broken */
export function checkAgainstOthers(cluster: Cluster, clusters: RegisteredClusters): void {
  for (const problem of problemsWithOthers(cluster, clusters)) throw problem;
}

/** The other names under which the same Kubernetes cluster is registered; it may have one name only. */
export function registeredUnder(cluster: Cluster, clusters: RegisteredClusters): readonly string[] {
  const { name, kubernetesUid, spec } = cluster;
  const isCopy = (other: string): boolean => {
    const resource = clusters.get(other)?.resource;
    return resource !== undefined && areCopies(cluster, resource);
  };
  const sameUid = kubernetesUid === undefined ? [] : clusters.namesBy('kubernetesUid', kubernetesUid);
  const withUid = sameUid.filter((other) => !isCopy(other));
  return [...new Set([...withUid, ...clusters.namesBy('apiServer', spec.apiServer)])].filter((other) => other !== name);
}

/** A virtual cluster stands on a cluster that is registered as a host. */
function* hostProblems(
  { spec: { hostCluster: host } }: Cluster,
  clusters: RegisteredClusters,
): Generator<NautesError, void> {
  if (host === undefined) return;
  const entry = clusters.get(host);
  if (entry === undefined) yield new NautesError('HostUnknown', { host });
  else if (entry.problem !== undefined) yield entry.problem;
  else if (entry.resource?.spec.usage !== 'host') yield new NautesError('HostIsWorker', { host });
}

/** Node ports of one host: those of its gateway and of the virtual clusters on it. */
function* portProblems(cluster: Cluster, clusters: RegisteredClusters): Generator<NautesError, void> {
  const { name, spec } = cluster;
  const host = spec.usage === 'host' ? name : spec.hostCluster;
  if (host === undefined) return;
  const own = spec.usage === 'host' ? gatewayPorts(cluster) : [spec.vclusterNodePort];
  for (const neighbour of [host, ...clusters.namesBy('hostCluster', host)]) {
    const other = clusters.get(neighbour)?.resource;
    if (other === undefined || other.name === name) continue;
    const ports = other.name === host ? gatewayPorts(other) : [other.spec.vclusterNodePort];
    for (const port of ports) {
      if (port === undefined || !own.includes(port)) continue;
      const holder =
        other.name === host
          ? message('HostPortTaken.gateway')
          : message('HostPortTaken.virtualCluster', { cluster: other.name });
      yield new NautesError('HostPortTaken', { port, host, holder });
    }
  }
}

/** The node ports that the cluster's own gateway has. */
export function gatewayPorts({ spec: { components } }: Pick<Cluster, 'spec'>): readonly number[] {
  const { httpNodePort = '', httpsNodePort = '' } = components.gateway?.additions ?? {};
  return [httpNodePort, httpsNodePort].flatMap((text) => readNodePort(text) ?? []);
}

/** A host that carries virtual clusters stays a physical host. */
function* profileProblems(before: Cluster, after: Cluster, clusters: RegisteredClusters): Generator<NautesError, void> {
  if (clusters.namesBy('hostCluster', before.name).length === 0) return;
  for (const field of ['usage', 'clusterType'] as const) {
    if (before.spec[field] !== after.spec[field]) {
      yield new NautesError('VarietyLocked', { field, cluster: before.name });
    }
  }
}

/** @throws NautesError `ClusterIsHost` */
export function checkMayBeDeleted(name: string, clusters: RegisteredClusters): void {
  const others = clusters.namesBy('hostCluster', name);
  if (others.length > 0) throw new NautesError('ClusterIsHost', { cluster: name, others: others.join(', ') });
}

import type { PublishedCluster } from './publication.ts';

/** The facts that consumers select clusters by. */
export function factLabels({ spec }: Pick<PublishedCluster, 'spec'>): Readonly<Record<string, string>> {
  const { usage, clusterType, workerType, hostCluster } = spec;
  return {
    'cluster.nautes.io/usage': usage,
    'cluster.nautes.io/type': clusterType,
    ...(workerType === undefined ? {} : { 'cluster.nautes.io/worker-type': workerType }),
    ...(hostCluster === undefined ? {} : { 'cluster.nautes.io/host': hostCluster }),
  };
}

/** Facts that are no labels: texts of any form. */
export function factAnnotations({
  spec,
  status,
}: Pick<PublishedCluster, 'spec' | 'status'>): Readonly<Record<string, string>> {
  const facts = {
    'cluster.nautes.io/kubernetes-version': status.kubernetes.version,
    'cluster.nautes.io/entry-points': status.entryPoints.join(','),
    'cluster.nautes.io/domain': spec.primaryDomain,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ''));
}

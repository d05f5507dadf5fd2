import { NautesError } from '../../errors/errors.ts';
import type { FileLayout, ResourceEntry, ResourceSet } from '../repository-layout.ts';
import { type KeptFields, resourceFiles } from '../resource-file.ts';
import { inCategoryOrder } from './category-list-field.ts';
import type { Cluster } from './cluster.ts';
import { type ComponentCategory, type ComponentChoice, type ComponentsList, NO_COMPONENT } from './components.ts';
import { clusterKind } from './cluster-kind.ts';
import { clusterNameProblem } from './names.ts';

/** The indexes of clusters besides their names. */
export type ClusterIndex = (typeof clusterKind)['indexes'][number];

/** The file of a cluster at some commit. */
export type ClusterEntry = ResourceEntry<Cluster>;

/** The clusters of a commit. */
export type RegisteredClusters = ResourceSet<Cluster, ClusterIndex>;

/** From the root of the repository. */
const DIRECTORY = 'nautes/overlays/production/clusters';

/** The files of clusters in the tenant configuration repository. */
export const clusterFiles: FileLayout<Cluster, ClusterIndex, KeptFields> = resourceFiles<Cluster, ClusterIndex>(
  clusterKind,
  {
    directory: DIRECTORY,
    kustomization: 'kustomization.yaml',
    nameProblem: clusterNameProblem,
    invalid: (name, problem) =>
      new NautesError('ClusterFileInvalid', { name, file: `${DIRECTORY}/${name}.yaml`, problem }),
    settle: (cluster, isOfOriginal) => withoutNone(isOfOriginal ? withOriginalNodePort(cluster) : cluster),
  },
);

/** A file may say of a category that it has none: it is left out then. */
function withoutNone(cluster: Cluster): Cluster {
  const { spec } = cluster;
  const chosen = Object.entries(spec.components) as [ComponentCategory, ComponentChoice][];
  const none = chosen.filter(([, { name }]) => name === NO_COMPONENT).map(([category]) => category);
  if (none.length === 0) return cluster;
  const components: ComponentsList = Object.fromEntries(chosen.filter(([category]) => !none.includes(category)));
  const withoutComponents = inCategoryOrder([...(spec.withoutComponents ?? []), ...none]);
  return { ...cluster, spec: { ...spec, components, withoutComponents } };
}

/** The original stored the port of a virtual cluster only in its address. */
function withOriginalNodePort(cluster: Cluster): Cluster {
  const { spec } = cluster;
  if (spec.clusterType !== 'virtual' || spec.vclusterNodePort !== undefined) return cluster;
  const { port } = new URL(spec.apiServer);
  return port === '' ? cluster : { ...cluster, spec: { ...spec, vclusterNodePort: Number(port) } };
}

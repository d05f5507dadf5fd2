import { NautesError } from '../../errors/errors.ts';
import type { FileLayout } from '../repository-layout.ts';
import type { Cluster } from './cluster.ts';
import { clusterToFile, type KeptFields, MAXIMUM_CLUSTER_FILE_BYTES, readClusterFile } from './cluster-file.ts';
import { CLUSTERS_DIRECTORY } from './layout.ts';
import { clusterNameProblem } from './names.ts';

/** By what clusters are found besides their names. */
export type ClusterIndex = 'apiServer' | 'kubernetesUid' | 'hostCluster';

const SUFFIX = '.yaml';

/** The files of clusters in the tenant configuration repository. */
export const clusterLayout: FileLayout<Cluster, ClusterIndex, KeptFields> = {
  kind: 'Cluster',
  directory: CLUSTERS_DIRECTORY,
  kustomization: 'kustomization.yaml',
  maximumBytes: MAXIMUM_CLUSTER_FILE_BYTES,
  nameProblem: clusterNameProblem,
  fileOf: (name) => `${name}${SUFFIX}`,
  nameOf: (file) => {
    const name = file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : '';
    return clusterNameProblem(name) === undefined ? name : undefined;
  },
  encode: (cluster, { namespace, kept }) => clusterToFile(cluster, namespace, kept),
  decode: (name, text) => {
    const { cluster: resource, kept } = readClusterFile(name, text);
    return { resource, kept };
  },
  invalid: (name, problem) => new NautesError('ClusterFileInvalid', { name, problem }),
  indexKeys: ({ kubernetesUid, spec: { apiServer, hostCluster } }) => ({
    apiServer,
    ...(kubernetesUid === undefined ? {} : { kubernetesUid }),
    ...(hostCluster === undefined ? {} : { hostCluster }),
  }),
};

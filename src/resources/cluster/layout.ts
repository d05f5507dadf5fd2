/** Where clusters stand in the tenant configuration repository. */
export const CLUSTERS_DIRECTORY = 'nautes/overlays/production/clusters';

/** The kustomization that lists every cluster file. */
export const CLUSTERS_KUSTOMIZATION = `${CLUSTERS_DIRECTORY}/kustomization.yaml`;

/** Path of a cluster's file; the name must have passed `clusterNameProblem`. */
export function clusterFilePath(name: string): string {
  return `${CLUSTERS_DIRECTORY}/${name}.yaml`;
}

/** The cluster a path is the file of, or `undefined` for every other path. */
export function clusterNameOfPath(path: string): string | undefined {
  const prefix = `${CLUSTERS_DIRECTORY}/`;
  if (!path.startsWith(prefix) || !path.endsWith('.yaml') || path === CLUSTERS_KUSTOMIZATION) return undefined;
  const name = path.slice(prefix.length, -'.yaml'.length);
  return name.includes('/') ? undefined : name;
}

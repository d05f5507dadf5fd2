import { arrayAt, objectAt, stringAt } from '../base/json.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';

const API_SERVICES = 'apiservices.apiregistration.k8s.io';

/** An aggregated API that another server would serve. */
export interface AggregatedGroupVersion {
  readonly group: string;
  readonly version: string;
  readonly available: boolean;
}

/** The APIs that other servers would serve, by the APIService objects of the cluster. */
export function aggregatedGroupVersions(cluster: ClusterState): AggregatedGroupVersion[] {
  return cluster.store.list(API_SERVICES).flatMap((object) => {
    const spec = objectAt(object.body.value, 'spec');
    if (objectAt(spec, 'service') === undefined) return [];
    const available = arrayAt(object.status?.value, 'conditions').find((one) => stringAt(one, 'type') === 'Available');
    return [
      {
        group: stringAt(spec, 'group') ?? '',
        version: stringAt(spec, 'version') ?? '',
        available: stringAt(available, 'status') === 'True',
      },
    ];
  });
}

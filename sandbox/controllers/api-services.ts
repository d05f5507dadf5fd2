import type { AggregatedGroupVersion } from '../api/discovery.ts';
import type { Cluster } from '../cluster.ts';
import { arrayAt, objectAt, stringAt } from '../json.ts';

const QUALIFIED = 'apiservices.apiregistration.k8s.io';

/** The APIs that other servers would serve, by the APIService objects of the cluster. */
export function aggregatedGroupVersions(cluster: Cluster): AggregatedGroupVersion[] {
  return cluster.store.list(QUALIFIED).flatMap((object) => {
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

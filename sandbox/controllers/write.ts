import type { Cluster } from '../cluster.ts';
import type { JsonObject } from '../json.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';

/** Writes the status of an object, as a controller does. Nothing happens when it is unchanged or the object gone. */
export function updateStatus(
  cluster: Cluster,
  resource: ResourceDefinition,
  namespace: string,
  name: string,
  manager: string,
  change: (object: JsonObject) => JsonObject,
): void {
  if (cluster.objects.find(resource, namespace, name) === undefined) return;
  cluster.objects.modify(resource, namespace, name, (object) => ({ ...object, status: change(object) }), {
    manager,
    subresource: 'status',
  });
}

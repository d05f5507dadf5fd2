import type { ClusterState } from '../cluster/cluster-state.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../base/json.ts';
import { FOREGROUND_FINALIZER } from '../objects/object-deletion.ts';
import { isBeingDeleted } from '../store/stored-object.ts';
import { type ObjectLocation, ownerReferences } from '../store/owner-index.ts';
import { CONTROLLER_MANAGER } from './write.ts';

/** How long an object may exist before its owners must. */
const ABSENT_OWNER_MILLISECONDS = 200;

/** Deletes objects without a living owner, and completes foreground deletions. */
export function startGarbageCollector(cluster: ClusterState): void {
  cluster.store.listen((change) => {
    const { object, resource, type } = change;
    const location = { resource, namespace: object.namespace, name: object.name };
    if (type === 'DELETED') {
      for (const dependent of cluster.owners.dependentsOf(object.uid)) {
        cluster.timers.schedule(0, () => collect(cluster, dependent));
      }
      for (const owner of ownerReferences(object))
        cluster.timers.schedule(0, () => finishForeground(cluster, owner.uid));
    } else if (type === 'ADDED' && ownerReferences(object).some(({ uid }) => !cluster.owners.exists(uid))) {
      cluster.timers.schedule(ABSENT_OWNER_MILLISECONDS, () => collect(cluster, location));
    } else if (type === 'MODIFIED' && isBeingDeleted(object) && object.metadata.text.includes(FOREGROUND_FINALIZER)) {
      cluster.timers.schedule(0, () => deleteInForeground(cluster, location, object.uid));
    }
  });
}

/** Deletes an object without owners, or removes the references to deleted ones. */
function collect(cluster: ClusterState, location: ObjectLocation): void {
  const stored = cluster.store.get(location.resource, location.namespace, location.name);
  const resource = cluster.registry.findQualified(location.resource);
  if (stored === undefined || resource === undefined) return;
  const owners = ownerReferences(stored);
  const left = owners.filter(({ uid }) => cluster.owners.exists(uid));
  if (left.length === owners.length || isBeingDeleted(stored)) return;
  if (left.length === 0) {
    cluster.objects.delete(resource, location.namespace, location.name, { propagationPolicy: 'Background' });
    return;
  }
  const keep = (object: JsonObject) =>
    arrayAt(object, 'metadata', 'ownerReferences').filter(
      (owner) => isObject(owner) && cluster.owners.exists(stringAt(owner, 'uid') ?? ''),
    );
  cluster.objects.modify(
    resource,
    location.namespace,
    location.name,
    (object) => ({ ...object, metadata: { ...objectAt(object, 'metadata'), ownerReferences: keep(object) } }),
    { manager: CONTROLLER_MANAGER },
  );
}

function deleteInForeground(cluster: ClusterState, location: ObjectLocation, uid: string): void {
  for (const dependent of cluster.owners.dependentsOf(uid)) {
    const resource = cluster.registry.findQualified(dependent.resource);
    const stored = cluster.store.get(dependent.resource, dependent.namespace, dependent.name);
    if (resource === undefined || stored === undefined || isBeingDeleted(stored)) continue;
    cluster.objects.delete(resource, dependent.namespace, dependent.name, { propagationPolicy: 'Foreground' });
  }
  releaseForeground(cluster, location, uid);
}

function finishForeground(cluster: ClusterState, uid: string): void {
  const location = cluster.owners.locationOf(uid);
  if (location !== undefined) releaseForeground(cluster, location, uid);
}

function releaseForeground(cluster: ClusterState, location: ObjectLocation, uid: string): void {
  const stored = cluster.store.get(location.resource, location.namespace, location.name);
  const resource = cluster.registry.findQualified(location.resource);
  if (stored === undefined || resource === undefined || !stored.metadata.text.includes(FOREGROUND_FINALIZER)) return;
  if (cluster.owners.dependentsOf(uid).length > 0) return;
  const finalizers = (object: JsonObject) =>
    arrayAt(object, 'metadata', 'finalizers').filter((one) => one !== FOREGROUND_FINALIZER);
  cluster.objects.modify(
    resource,
    location.namespace,
    location.name,
    (object) => ({ ...object, metadata: { ...objectAt(object, 'metadata'), finalizers: finalizers(object) } }),
    { manager: CONTROLLER_MANAGER },
  );
}

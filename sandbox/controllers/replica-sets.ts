import type { ClusterState } from '../cluster/cluster-state.ts';
import { type JsonObject, numberAt, objectAt } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { isBeingDeleted, type StoredObject } from '../store/stored-object.ts';
import { condition } from './conditions.ts';
import { controllerOf, createPod, deletePod, ownedBy, podCreationProblem, podsOf, podSuffix } from './pod-sets.ts';
import { isPodReady } from './pods.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';

const REPLICA_SETS = builtinResource('apps', 'replicasets');
const QUALIFIED = 'replicasets.apps';

/** Maintains the desired number of Pods of a ReplicaSet. */
export function startReplicaSetController(cluster: ClusterState): void {
  const sets = new Writer(cluster, REPLICA_SETS);
  const reconciler = new Reconciler(cluster, (name) => reconcile(cluster, sets, name));
  cluster.store.listen(({ resource, type, object, previous }) => {
    if (resource === QUALIFIED && type !== 'DELETED' && object.body !== previous?.body) {
      reconciler.enqueue(object.namespace, object.name);
    } else if (resource === 'pods') {
      const owner = controllerOf(object, 'ReplicaSet');
      if (owner !== undefined) reconciler.enqueue(object.namespace, owner);
    } else if (resource === 'serviceaccounts' && type === 'ADDED') {
      for (const set of sets.list(object.namespace)) reconciler.enqueue(set.namespace, set.name);
    }
  });
}

function reconcile(cluster: ClusterState, sets: Writer, name: ObjectName): void {
  const stored = sets.find(name);
  if (stored === undefined || isBeingDeleted(stored)) return;
  const set = stored.body.value;
  const wanted = numberAt(set, 'spec', 'replicas') ?? 1;
  const template = objectAt(set, 'spec', 'template');
  const existing = podsOf(cluster, stored);
  const problem =
    existing.length < wanted ? podCreationProblem(cluster, name.namespace, name.name, template) : undefined;
  if (problem === undefined) scale(cluster, stored, existing, wanted, template);
  const pods = podsOf(cluster, stored);
  const ready = pods.filter(isPodReady).length;
  sets.status(name, (object) => ({
    replicas: pods.length,
    fullyLabeledReplicas: pods.length,
    observedGeneration: stored.generation,
    ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
    ...(problem === undefined ? {} : { conditions: [failure(object, problem)] }),
  }));
}

function failure(object: JsonObject, message: string): JsonObject {
  return condition(object, { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message });
}

function scale(
  cluster: ClusterState,
  set: StoredObject,
  existing: readonly StoredObject[],
  wanted: number,
  template: JsonObject | undefined,
): void {
  for (const pod of existing.slice(wanted)) deletePod(cluster, pod);
  const names = new Set(existing.map((pod) => pod.name));
  const owner = ownedBy('ReplicaSet', 'apps/v1', set);
  for (let index = 0, missing = wanted - existing.length; missing > 0; index++) {
    const name = `${set.name}-${podSuffix(set.name, index)}`;
    if (names.has(name)) continue;
    createPod(cluster, { owner, namespace: set.namespace, name, template, labels: {} });
    missing--;
  }
}

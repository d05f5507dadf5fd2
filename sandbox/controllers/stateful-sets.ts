import type { ClusterState } from '../cluster/cluster-state.ts';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { isBeingDeleted, labelsOf, type StoredObject } from '../store/stored-object.ts';
import { controllerOf, createPod, deletePod, ownedBy, podCreationProblem, podsOf, templateHash } from './pod-sets.ts';
import { isPodReady } from './pods.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';

const STATEFUL_SETS = builtinResource('apps', 'statefulsets');
const DAEMON_SETS = builtinResource('apps', 'daemonsets');
const CLAIMS = builtinResource('', 'persistentvolumeclaims');
const REVISION_LABEL = 'controller-revision-hash';

/** A workload whose Pods have fixed names. */
interface NamedPods {
  readonly kind: 'StatefulSet' | 'DaemonSet';
  readonly resource: string;
  readonly writer: Writer;
  readonly podNames: (set: StoredObject, spec: JsonObject) => string[];
  readonly status: (counts: Counts, generation: number) => JsonObject;
}

interface Counts {
  readonly wanted: number;
  readonly pods: number;
  readonly updated: number;
  readonly ready: number;
  readonly revision: string;
}

/** Maintains the Pods of StatefulSets and DaemonSets; the one node of a cluster gets one Pod of each DaemonSet. */
export function startNamedPodControllers(cluster: ClusterState): void {
  start(cluster, {
    kind: 'StatefulSet',
    resource: 'statefulsets.apps',
    writer: new Writer(cluster, STATEFUL_SETS),
    podNames: (set, spec) => {
      const count = numberAt(spec, 'replicas') ?? 1;
      return Array.from({ length: count }, (_, index) => `${set.name}-${index}`);
    },
    status: ({ pods, updated, ready, revision }, generation) => ({
      observedGeneration: generation,
      replicas: pods,
      readyReplicas: ready,
      availableReplicas: ready,
      currentReplicas: updated,
      updatedReplicas: updated,
      currentRevision: revision,
      updateRevision: revision,
      collisionCount: 0,
    }),
  });
  start(cluster, {
    kind: 'DaemonSet',
    resource: 'daemonsets.apps',
    writer: new Writer(cluster, DAEMON_SETS),
    podNames: (set) => [`${set.name}-${templateHash({ name: set.name }).slice(0, 5)}`],
    status: ({ wanted, pods, updated, ready }, generation) => ({
      observedGeneration: generation,
      desiredNumberScheduled: wanted,
      currentNumberScheduled: pods,
      updatedNumberScheduled: updated,
      numberMisscheduled: 0,
      numberReady: ready,
      ...(ready === 0 ? {} : { numberAvailable: ready }),
      ...(ready === wanted ? {} : { numberUnavailable: wanted - ready }),
    }),
  });
}

function start(cluster: ClusterState, sets: NamedPods): void {
  const reconciler = new Reconciler(cluster, (name) => reconcile(cluster, sets, name));
  cluster.store.listen(({ resource, type, object, previous }) => {
    if (resource === sets.resource && type !== 'DELETED' && object.body !== previous?.body) {
      reconciler.enqueue(object.namespace, object.name);
    } else if (resource === 'pods') {
      const owner = controllerOf(object, sets.kind);
      if (owner !== undefined) reconciler.enqueue(object.namespace, owner);
    } else if (resource === 'serviceaccounts' && type === 'ADDED') {
      for (const set of sets.writer.list(object.namespace)) reconciler.enqueue(set.namespace, set.name);
    }
  });
}

function reconcile(cluster: ClusterState, sets: NamedPods, name: ObjectName): void {
  const set = sets.writer.find(name);
  if (set === undefined || isBeingDeleted(set)) return;
  const spec = objectAt(set.body.value, 'spec') ?? {};
  const template = objectAt(spec, 'template') ?? {};
  const revision = `${set.name}-${templateHash(template)}`;
  const names = sets.podNames(set, spec);
  for (const pod of podsOf(cluster, set)) {
    // An outdated Pod is replaced when its deletion is seen.
    if (!names.includes(pod.name) || !hasRevision(pod, revision)) deletePod(cluster, pod);
  }
  if (podCreationProblem(cluster, name.namespace, name.name, template) === undefined) {
    for (const podName of names) createNamedPod(cluster, sets, set, podName, revision);
  }
  const pods = podsOf(cluster, set);
  const counts = {
    wanted: names.length,
    pods: pods.length,
    updated: pods.filter((pod) => hasRevision(pod, revision)).length,
    ready: pods.filter(isPodReady).length,
    revision,
  };
  sets.writer.status(name, () => sets.status(counts, set.generation));
}

function hasRevision(pod: StoredObject, revision: string): boolean {
  return labelsOf(pod)[REVISION_LABEL] === revision;
}

function createNamedPod(
  cluster: ClusterState,
  sets: NamedPods,
  set: StoredObject,
  name: string,
  revision: string,
): void {
  if (cluster.store.get('pods', set.namespace, name) !== undefined) return;
  const spec = objectAt(set.body.value, 'spec') ?? {};
  const templates = arrayAt(spec, 'volumeClaimTemplates').filter(isObject);
  const volumes = templates.map((template) => createClaim(cluster, set.namespace, name, template));
  const ordinal: Record<string, string> =
    sets.kind === 'StatefulSet' ? { 'statefulset.kubernetes.io/pod-name': name } : {};
  createPod(cluster, {
    owner: ownedBy(sets.kind, 'apps/v1', set),
    namespace: set.namespace,
    name,
    template: objectAt(spec, 'template'),
    labels: { ...ordinal, [REVISION_LABEL]: revision },
    volumes,
  });
}

/** The claim of a Pod, which outlives it; answers the volume that uses it. */
function createClaim(cluster: ClusterState, namespace: string, pod: string, template: JsonObject): JsonObject {
  const volume = stringAt(template, 'metadata', 'name') ?? '';
  const name = `${volume}-${pod}`;
  const claims = new Writer(cluster, CLAIMS);
  if (claims.find({ namespace, name }) === undefined) {
    claims.create(namespace, { metadata: { ...objectAt(template, 'metadata'), name }, spec: template['spec'] });
  }
  return { name: volume, persistentVolumeClaim: { claimName: name } };
}

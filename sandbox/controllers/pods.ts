import { createHash } from 'node:crypto';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { NODE_NAME } from '../cluster/seed.ts';
import { isBeingDeleted, type StoredObject } from '../store/stored-object.ts';
import { condition } from './conditions.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';
import { currentTimestamp } from '../base/time.ts';

const PODS = builtinResource('', 'pods');
const KUBELET = 'kubelet';

/** Plays scheduler and kubelet: Pods run and are ready after a while, or show why not. */
export function startPodController(cluster: ClusterState): void {
  const pods = new Writer(cluster, PODS, KUBELET);
  const reconciler = new Reconciler(cluster, (name) => reconcile(cluster, pods, name));
  cluster.store.listen(({ resource, type, object }) => {
    if (resource === 'pods' && type === 'ADDED') {
      reconciler.enqueue(object.namespace, object.name, cluster.behaviour.workloadDelayMilliseconds);
    } else if (resource === 'persistentvolumeclaims' && type !== 'DELETED') {
      for (const pod of pods.list(object.namespace)) if (!isPodReady(pod)) reconciler.enqueue(pod.namespace, pod.name);
    }
  });
  cluster.faults.onChange(() => {
    for (const pod of pods.list('')) if (!isPodReady(pod)) reconciler.enqueue(pod.namespace, pod.name);
  });
}

function reconcile(cluster: ClusterState, pods: Writer, name: ObjectName): void {
  const stored = pods.find(name);
  if (stored === undefined || isBeingDeleted(stored) || isFinished(stored)) return;
  const spec = objectAt(stored.body.value, 'spec') ?? {};
  const unbound = unboundClaim(cluster, name.namespace, spec);
  if (unbound !== undefined) {
    pods.status(name, (pod) => unscheduled(pod, unbound));
    return;
  }
  if (stringAt(spec, 'nodeName') === undefined) {
    pods.modify(name, (pod) => ({ ...pod, spec: { ...objectAt(pod, 'spec'), nodeName: NODE_NAME } }));
  }
  const reason = cluster.faults.neverReadyReason(name.namespace, name.name);
  const endsByItself = stringAt(spec, 'restartPolicy') !== 'Always';
  pods.status(name, (pod) => {
    if (reason !== undefined) return waiting(pod, reason);
    return endsByItself ? succeeded(pod) : running(pod);
  });
}

function isFinished(pod: StoredObject): boolean {
  const phase = stringAt(pod.status?.value, 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
}

export function hasSucceeded(pod: StoredObject): boolean {
  return stringAt(pod.status?.value, 'phase') === 'Succeeded';
}

export function isPodReady(pod: StoredObject): boolean {
  if (isBeingDeleted(pod)) return false;
  const ready = arrayAt(pod.status?.value, 'conditions').find((one) => stringAt(one, 'type') === 'Ready');
  return stringAt(ready, 'status') === 'True';
}

/** A claim of the Pod that is not bound; a missing one counts as such. */
function unboundClaim(cluster: ClusterState, namespace: string, spec: JsonObject): string | undefined {
  return arrayAt(spec, 'volumes')
    .flatMap((volume) => stringAt(volume, 'persistentVolumeClaim', 'claimName') ?? [])
    .find((claim) => {
      const found = cluster.store.get('persistentvolumeclaims', namespace, claim);
      return stringAt(found?.status?.value, 'phase') !== 'Bound';
    });
}

function unscheduled(pod: JsonObject, _claim: string): JsonObject {
  const message = '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found';
  return {
    phase: 'Pending',
    qosClass: 'BestEffort',
    conditions: [condition(pod, { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message })],
  };
}

/** The same Pod has the same address in every cluster, so that its content can be shared. */
function podAddress(pod: JsonObject): string {
  const name = `${stringAt(pod, 'metadata', 'namespace')}/${stringAt(pod, 'metadata', 'name')}`;
  const [second = 0, third = 0] = createHash('sha256').update(name).digest();
  return `10.244.${second}.${third}`;
}

function podStatus(pod: JsonObject, phase: string, ready: boolean, statuses: readonly JsonValue[]): JsonObject {
  const because = ready ? {} : { reason: 'ContainersNotReady', message: 'containers with unready status' };
  const state = (type: string, value: boolean): JsonObject => {
    const { reason, message, ...rest } = condition(pod, {
      type,
      status: value ? 'True' : 'False',
      reason: '',
      message: '',
    });
    return value
      ? rest
      : { ...rest, ...because, ...(reason === '' ? {} : { reason }), ...(message === '' ? {} : { message }) };
  };
  const address = podAddress(pod);
  return {
    phase,
    conditions: [
      state('Initialized', true),
      state('Ready', ready),
      state('ContainersReady', ready),
      state('PodScheduled', true),
    ],
    containerStatuses: statuses,
    hostIP: '127.0.0.1',
    podIP: address,
    podIPs: [{ ip: address }],
    qosClass: 'BestEffort',
    startTime: stringAt(pod, 'status', 'startTime') ?? currentTimestamp(),
  };
}

function containers(pod: JsonObject, state: JsonObject, ready: boolean): JsonValue[] {
  return arrayAt(pod, 'spec', 'containers')
    .filter(isObject)
    .map((container) => ({
      name: container['name'],
      image: container['image'],
      imageID: '',
      ready,
      started: ready,
      restartCount: 0,
      state,
    }));
}

function running(pod: JsonObject): JsonObject {
  const startedAt = stringAt(pod, 'status', 'startTime') ?? currentTimestamp();
  return podStatus(pod, 'Running', true, containers(pod, { running: { startedAt } }, true));
}

function waiting(pod: JsonObject, reason: string): JsonObject {
  const state = { waiting: { reason, message: `the sandbox was told that this Pod does not become ready: ${reason}` } };
  return podStatus(pod, 'Pending', false, containers(pod, state, false));
}

function succeeded(pod: JsonObject): JsonObject {
  const now = currentTimestamp();
  const state = { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } };
  return podStatus(pod, 'Succeeded', false, containers(pod, state, false));
}

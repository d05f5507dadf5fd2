import { namespaceHold } from '../client/namespace-hold.ts';
import { peerText } from '../client/peer-text.ts';
import { message } from '../../messages/message.ts';
import { CURRENT, failed, inProgress, type ObjectState } from './object-state.ts';
import { switchedOff } from './switched-off.ts';
import { isRecord, type KubeObject, listAt, numberAt, textAt } from '../../kube-objects/kube-object.ts';

/** A workload whose pods are refused has this time to get over it: its account may come a moment later. */
const REPLICA_FAILURE_GRACE_MILLISECONDS = 15_000;

/**
 * The state of an object by the rules of kstatus (sigs.k8s.io/cli-utils), sharpened where a status lags behind: right
 * after an apply the old `Available=True` is still there, so the generation observed counts first.
 */
export function stateOf(object: KubeObject, now = Date.now()): ObjectState {
  if (object.metadata.deletionTimestamp !== undefined) {
    const { message: what } = namespaceHold(object);
    return inProgress('Terminating', object.kind === 'Namespace' ? what : message('Terminating'));
  }
  const observed = numberAt(object, 'status', 'observedGeneration');
  const generation = object.metadata.generation;
  if (observed !== undefined && generation !== undefined && observed < generation) {
    return inProgress('Unobserved', message('Unobserved.change'));
  }
  const off = switchedOff(object);
  if (off !== undefined) return off;
  const rule = RULES[object.kind];
  return rule === undefined ? generalState(object) : rule(object, now);
}

type Rule = (object: KubeObject, now: number) => ObjectState;

const RULES: Readonly<Record<string, Rule>> = {
  Deployment: deploymentState,
  ReplicaSet: replicaSetState,
  StatefulSet: statefulSetState,
  DaemonSet: daemonSetState,
  Job: jobState,
  Pod: podState,
  PersistentVolumeClaim: (object) =>
    textAt(object, 'status', 'phase') === 'Bound' ? CURRENT : inProgress('NotBound', message('NotBound')),
  Namespace: () => CURRENT,
  APIService: apiServiceState,
  CustomResourceDefinition: definitionState,
  Service: () => CURRENT, // an external address that never comes must not hold anything up
};

function deploymentState(object: KubeObject, now: number): ObjectState {
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const progressing = condition(object, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return failed(progressing.reason, peerText(progressing.message));
  const failure = replicaFailure(object, now);
  if (failure !== undefined) return failure;
  if (numberAt(object, 'status', 'observedGeneration') === undefined) {
    return inProgress('Unobserved', message('Unobserved'));
  }
  return replicasState(object, wanted, { updated: 'updatedReplicas', available: 'availableReplicas' });
}

/** Pods are refused, as by a quota or by Pod security. */
function replicaFailure(object: KubeObject, now: number): ObjectState | undefined {
  const failure = condition(object, 'ReplicaFailure');
  if (failure?.status !== 'True') return undefined;
  const age = now - Date.parse(failure.lastTransitionTime);
  const state = age > REPLICA_FAILURE_GRACE_MILLISECONDS ? failed : inProgress;
  return state(failure.reason, peerText(failure.message));
}

interface ReplicaFields {
  readonly updated: string;
  readonly available: string;
}

/** All replicas are of the latest template, none of an older one is left, and all are available. */
function replicasState(object: KubeObject, wanted: number, fields: ReplicaFields): ObjectState {
  const count = (field: string) => numberAt(object, 'status', field) ?? 0;
  const updated = count(fields.updated);
  if (updated < wanted) return inProgress('Updating', message('Updating.replicas', { ready: updated, total: wanted }));
  if (count('replicas') > updated) {
    return inProgress('Updating', message('Updating.former', { count: count('replicas') - updated }));
  }
  const available = count(fields.available);
  if (available < wanted)
    return inProgress('Unavailable', message('Unavailable.replicas', { ready: available, total: wanted }));
  return CURRENT;
}

function replicaSetState(object: KubeObject, now: number): ObjectState {
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const failure = replicaFailure(object, now);
  if (failure !== undefined) return failure;
  const available = numberAt(object, 'status', 'availableReplicas') ?? 0;
  return available >= wanted
    ? CURRENT
    : inProgress('Unavailable', message('Unavailable.replicas', { ready: available, total: wanted }));
}

function statefulSetState(object: KubeObject): ObjectState {
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    const ready = numberAt(object, 'status', 'readyReplicas') ?? 0;
    return ready >= wanted
      ? CURRENT
      : inProgress('Unavailable', message('Unavailable.ready', { ready, total: wanted }));
  }
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const ready = numberAt(object, 'status', 'readyReplicas') ?? 0;
  if (ready < wanted) return inProgress('Unavailable', message('Unavailable.ready', { ready, total: wanted }));
  const updated = numberAt(object, 'status', 'updatedReplicas') ?? 0;
  const toUpdate = Math.max(0, wanted - partition);
  return updated >= toUpdate
    ? CURRENT
    : inProgress('Updating', message('Updating.replicas', { ready: updated, total: toUpdate }));
}

function daemonSetState(object: KubeObject): ObjectState {
  if (numberAt(object, 'status', 'observedGeneration') === undefined) {
    return inProgress('Unobserved', message('Unobserved'));
  }
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled') ?? 0;
  const updated = numberAt(object, 'status', 'updatedNumberScheduled') ?? 0;
  const onDelete = textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  if (!onDelete && updated < wanted)
    return inProgress('Updating', message('Updating.pods', { ready: updated, total: wanted }));
  const available = numberAt(object, 'status', 'numberAvailable') ?? 0;
  return available >= wanted
    ? CURRENT
    : inProgress('Unavailable', message('Unavailable.pods', { ready: available, total: wanted }));
}

function jobState(object: KubeObject): ObjectState {
  const failure = condition(object, 'Failed');
  if (failure?.status === 'True') return failed(failure.reason || 'JobFailed', peerText(failure.message));
  if (condition(object, 'Complete')?.status === 'True') return CURRENT;
  return inProgress('Running', message('Running'));
}

function podState(object: KubeObject): ObjectState {
  const phase = textAt(object, 'status', 'phase');
  if (phase === 'Succeeded') return CURRENT;
  if (phase === 'Failed') {
    const said = textAt(object, 'status', 'message');
    return failed('PodFailed', said === '' ? message('PodFailed') : peerText(said));
  }
  return condition(object, 'Ready')?.status === 'True' ? CURRENT : inProgress('NotReady', message('NotReady.pod'));
}

function apiServiceState(object: KubeObject): ObjectState {
  const available = condition(object, 'Available');
  if (available?.status === 'True') return CURRENT;
  if (available === undefined) return inProgress('Unobserved', message('Unobserved'));
  return inProgress(available.reason, peerText(available.message));
}

function definitionState(object: KubeObject): ObjectState {
  const names = condition(object, 'NamesAccepted');
  if (names?.status === 'False') return failed(names.reason, peerText(names.message));
  if (condition(object, 'Established')?.status === 'True') return CURRENT;
  return inProgress('NotEstablished', message('NotEstablished'));
}

/** For kinds without a rule: the conditions that the Kubernetes API conventions and kstatus name. */
function generalState(object: KubeObject): ObjectState {
  const stalled = condition(object, 'Stalled');
  if (stalled?.status === 'True') return failed(stalled.reason || 'Stalled', peerText(stalled.message));
  const reconciling = condition(object, 'Reconciling');
  if (reconciling?.status === 'True')
    return inProgress(reconciling.reason || 'Reconciling', peerText(reconciling.message));
  const ready = condition(object, 'Ready');
  if (ready !== undefined && ready.status !== 'True')
    return inProgress(ready.reason || 'NotReady', peerText(ready.message));
  return CURRENT;
}

export interface ObjectCondition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** RFC 3339; empty when it does not say. */
  readonly lastTransitionTime: string;
}

/** The condition of a type in the status of an object. */
export function condition(object: KubeObject, type: string): ObjectCondition | undefined {
  const found = listAt(object, 'status', 'conditions').find((item) => textAt(item, 'type') === type);
  if (!isRecord(found)) return undefined;
  return {
    status: textAt(found, 'status'),
    reason: textAt(found, 'reason'),
    message: textAt(found, 'message'),
    lastTransitionTime: textAt(found, 'lastTransitionTime'),
  };
}

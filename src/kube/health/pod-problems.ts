import { peerText } from '../client/peer-text.ts';
import { message } from '../../messages/message.ts';
import { condition } from './health-rules.ts';
import type { ObjectState } from './object-state.ts';
import { type KubeObject, listAt, numberAt, textAt } from '../../kube-objects/kube-object.ts';

/** Reasons of a waiting container that do not go away by waiting. */
const FAILED_WAITS = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImageNeverPull',
  'ErrImagePull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RunContainerError',
]);
/** A pod that cannot be placed is given this time before it counts as failed: nodes may be on their way. */
const UNSCHEDULABLE_GRACE_MILLISECONDS = 15_000;

/** Why the pods of a workload are not ready: the most telling of their problems, `undefined` when they have none. */
export function podProblem(pods: readonly KubeObject[], now = Date.now()): ObjectState | undefined {
  const states = pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((pod) => problemOf(pod, now))
    .filter((state) => state !== undefined);
  return states.find(({ state }) => state === 'Failed') ?? states[0];
}

function problemOf(pod: KubeObject, now: number): ObjectState | undefined {
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const age = now - Date.parse(pod.metadata.creationTimestamp ?? '');
    const state = age > UNSCHEDULABLE_GRACE_MILLISECONDS ? 'Failed' : 'InProgress';
    return { state, reason: scheduled.reason || 'Unschedulable', message: peerText(scheduled.message) };
  }
  const containers = ['initContainerStatuses', 'containerStatuses'].flatMap((field) => listAt(pod, 'status', field));
  return containers.map(containerProblem).find((state) => state !== undefined);
}

function containerProblem(status: unknown): ObjectState | undefined {
  const name = textAt(status, 'name');
  const reason = textAt(status, 'state', 'waiting', 'reason');
  if (reason !== '' && reason !== 'PodInitializing' && reason !== 'ContainerCreating') {
    const text = textAt(status, 'state', 'waiting', 'message') || reason;
    return {
      state: FAILED_WAITS.has(reason) ? 'Failed' : 'InProgress',
      reason,
      message: message('Container.waiting', { name, what: peerText(text) }),
    };
  }
  const code = numberAt(status, 'state', 'terminated', 'exitCode');
  if (code === undefined || code === 0) return undefined;
  const cause = textAt(status, 'state', 'terminated', 'reason') || 'Error';
  return { state: 'InProgress', reason: cause, message: message('Container.ended', { name, code }) };
}

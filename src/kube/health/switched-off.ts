import { type FieldPath, parseFieldPath } from '../../kube-objects/field-path.ts';
import { type KubeObject, numberAt } from '../../kube-objects/kube-object.ts';
import { isDeclaredElsewhere, isFieldApplied, ownersOfField } from '../../kube-objects/managed-fields.ts';
import { message } from '../../messages/message.ts';
import { failed, type ObjectState } from './object-state.ts';

const REPLICAS = parseFieldPath('spec.replicas');
const NODE_SELECTOR = parseFieldPath('spec.template.spec.nodeSelector');
const SCALED_KINDS: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'StatefulSet']);

/**
 * A workload that runs no pods because of a change that was not declared: zero of zero is not what was wanted.
 * `undefined` for every other object.
 */
export function switchedOff(object: KubeObject): ObjectState | undefined {
  if (SCALED_KINDS.has(object.kind) && numberAt(object, 'spec', 'replicas') === 0) {
    const manager = changedByHand(object, REPLICAS);
    return manager === undefined ? undefined : failed('ScaledToZero', message('ScaledToZero', { manager }));
  }
  if (object.kind === 'DaemonSet' && numberAt(object, 'status', 'desiredNumberScheduled') === 0) {
    const manager = changedByHand(object, NODE_SELECTOR);
    return manager === undefined ? undefined : failed('ScheduledNowhere', message('ScheduledNowhere', { manager }));
  }
  return undefined;
}

/** Who has set the field, unless we have applied it or something else has been declared to decide on it. */
function changedByHand(object: KubeObject, path: FieldPath): string | undefined {
  if (isFieldApplied(object, path) || isDeclaredElsewhere(object, path)) return undefined;
  return ownersOfField(object, path)[0];
}

import { expandPath, type FieldPath, parseFieldPath, type PathStep, valueAtPath } from './field-path.ts';
import { groupOf, isRecord, type KubeObject, textAt } from './kube-object.ts';

/** A field that the API server sets when a manifest leaves it out, and that is therefore wanted at that value. */
export interface DefaultedField {
  /** Where the field is; every object on the way to it has to be there. */
  readonly path: string;
  readonly value: unknown;
  /** Whether the field has this default beside what the object around it says. */
  readonly when?: (parent: Readonly<Record<string, unknown>>) => boolean;
}

const isRolling = (parent: Readonly<Record<string, unknown>>): boolean => parent['type'] === 'RollingUpdate';

/** What autoscalers set. */
const REPLICAS: DefaultedField = { path: 'spec.replicas', value: 1 };
const MINIMUM_READY: DefaultedField = { path: 'spec.minReadySeconds', value: 0 };

/** Twenty-five percent more, and less, than wanted at a time. */
const DEPLOYMENT_PACE = { maxSurge: '25%', maxUnavailable: '25%' };
const STATEFUL_PACE = { partition: 0 };
const DAEMON_PACE = { maxUnavailable: 1, maxSurge: 0 };

/**
 * By kind and group. A field is here when changing it keeps a component from running, from being rolled out, or exposes
 * it; `docs/concepts/drift.md` says of each field why it is here or not.
 */
export const DEFAULTED_FIELDS: Readonly<Record<string, readonly DefaultedField[]>> = {
  'Deployment.apps': [
    REPLICAS,
    MINIMUM_READY,
    { path: 'spec.paused', value: false },
    { path: 'spec.progressDeadlineSeconds', value: 600 },
    { path: 'spec.strategy', value: { type: 'RollingUpdate', rollingUpdate: DEPLOYMENT_PACE } },
    { path: 'spec.strategy.rollingUpdate', value: DEPLOYMENT_PACE, when: isRolling },
  ],
  'StatefulSet.apps': [
    REPLICAS,
    MINIMUM_READY,
    { path: 'spec.updateStrategy', value: { type: 'RollingUpdate', rollingUpdate: STATEFUL_PACE } },
    { path: 'spec.updateStrategy.rollingUpdate', value: STATEFUL_PACE, when: isRolling },
  ],
  'ReplicaSet.apps': [REPLICAS, MINIMUM_READY],
  'DaemonSet.apps': [
    MINIMUM_READY,
    { path: 'spec.updateStrategy', value: { type: 'RollingUpdate', rollingUpdate: DAEMON_PACE } },
    { path: 'spec.updateStrategy.rollingUpdate', value: DAEMON_PACE, when: isRolling },
  ],
  'Job.batch': [
    { path: 'spec.suspend', value: false },
    // Without completions a Job that has a parallelism takes its work from a queue.
    { path: 'spec.completions', value: 1, when: ({ parallelism }) => isLeftOut(parallelism) },
    { path: 'spec.parallelism', value: 1, when: ({ completions }) => !isLeftOut(completions) },
  ],
  'CronJob.batch': [
    { path: 'spec.suspend', value: false },
    { path: 'spec.jobTemplate.spec.suspend', value: false },
  ],
  'HorizontalPodAutoscaler.autoscaling': [{ path: 'spec.minReplicas', value: 1 }],
  'Service.': [{ path: 'spec.type', value: 'ClusterIP' }],
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': [{ path: 'webhooks[*].failurePolicy', value: 'Fail' }],
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': [{ path: 'webhooks[*].failurePolicy', value: 'Fail' }],
};

/** An object with the defaults that are wanted. */
export interface CompletedObject {
  readonly object: KubeObject;
  /** The fields that were filled in. */
  readonly filled: readonly FieldPath[];
}

/**
 * Fills in the defaults of Kubernetes that are wanted, where the object leaves the field out. What it says stays as it
 * is, zero and false too.
 * @param isScaled something else decides on the replicas
 */
export function withDefaults(object: KubeObject, isScaled = false): CompletedObject {
  let result = object;
  const filled: FieldPath[] = [];
  for (const field of DEFAULTED_FIELDS[`${object.kind}.${groupOf(object.apiVersion)}`] ?? []) {
    if (isScaled && field === REPLICAS) continue;
    for (const path of absentPlaces(result, field)) {
      result = withValue(result, path, field.value) as KubeObject;
      filled.push(path);
    }
  }
  return { object: result, filled };
}

/** Where the field is left out of the object. */
function absentPlaces(object: KubeObject, { path, when }: DefaultedField): FieldPath[] {
  const pattern = parseFieldPath(path);
  const last = pattern.at(-1);
  if (last?.kind !== 'member') return [];
  return expandPath(object, pattern.slice(0, -1)).flatMap((place) => {
    const parent = valueAtPath(object, place);
    const isAbsent = isRecord(parent) && isLeftOut(parent[last.name]) && (when?.(parent) ?? true);
    return isAbsent ? [[...place, last]] : [];
  });
}

/** Templates print `replicas:` for a value that is not set. */
function isLeftOut(value: unknown): boolean {
  return value === undefined || value === null || (isRecord(value) && Object.keys(value).length === 0);
}

function withValue(value: unknown, [step, ...rest]: readonly PathStep[], filled: unknown): unknown {
  if (step === undefined) return filled;
  if (step.kind === 'member') {
    const members = isRecord(value) ? value : {};
    return { ...members, [step.name]: withValue(members[step.name], rest, filled) };
  }
  if (!Array.isArray(value)) return value;
  const place = valueAtPath(value, [step]);
  return value.map((item: unknown) => (item === place ? withValue(item, rest, filled) : item));
}

/** Names of the workloads whose replicas an autoscaler among the objects sets, as `kind/namespace/name`. */
export function scaledWorkloads(objects: readonly KubeObject[]): ReadonlySet<string> {
  const targets = objects.filter(({ kind }) => AUTOSCALER_KINDS.has(kind));
  return new Set(
    targets.map((object) => {
      const kind = textAt(object, 'spec', 'scaleTargetRef', 'kind') || 'Deployment';
      return scaledName(kind, object.metadata.namespace, textAt(object, 'spec', 'scaleTargetRef', 'name'));
    }),
  );
}

const AUTOSCALER_KINDS: ReadonlySet<string> = new Set(['HorizontalPodAutoscaler', 'ScaledObject']);

/** True when one of the {@link scaledWorkloads} is this object. */
export function isScaledWorkload({ kind, metadata }: KubeObject, scaled: ReadonlySet<string>): boolean {
  return scaled.has(scaledName(kind, metadata.namespace, metadata.name));
}

function scaledName(kind: string, namespace = '', name = ''): string {
  return `${kind}/${namespace}/${name}`;
}

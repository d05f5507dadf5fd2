import type { ClusterState } from '../cluster/cluster-state.ts';
import { type JsonObject, numberAt, objectAt, stringAt, withValue } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { isBeingDeleted, type StoredObject } from '../store/stored-object.ts';
import { condition, findCondition } from './conditions.ts';
import { controllerOf, ownedBy, templateHash } from './pod-sets.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';
import { currentTimestamp } from '../base/time.ts';

const DEPLOYMENTS = builtinResource('apps', 'deployments');
const REPLICA_SETS = builtinResource('apps', 'replicasets');
const REVISION = 'deployment.kubernetes.io/revision';
const TEMPLATE_HASH = 'pod-template-hash';
const DEFAULT_DEADLINE_SECONDS = 600;

/** Rolls out a Deployment: one ReplicaSet a template, the old ones scaled down when the new one is ready. */
export function startDeploymentController(cluster: ClusterState): void {
  const controller = new DeploymentController(cluster);
  cluster.store.listen(({ resource, type, object, previous }) => {
    if (resource === 'deployments.apps' && type !== 'DELETED' && object.body !== previous?.body) {
      controller.reconciler.enqueue(object.namespace, object.name);
    } else if (resource === 'replicasets.apps') {
      const owner = controllerOf(object, 'Deployment');
      if (owner !== undefined) controller.reconciler.enqueue(object.namespace, owner);
    }
  });
}

class DeploymentController {
  readonly reconciler: Reconciler;
  readonly #cluster: ClusterState;
  readonly #deployments: Writer;
  readonly #sets: Writer;

  constructor(cluster: ClusterState) {
    this.#cluster = cluster;
    this.#deployments = new Writer(cluster, DEPLOYMENTS);
    this.#sets = new Writer(cluster, REPLICA_SETS);
    this.reconciler = new Reconciler(cluster, (name) => this.#reconcile(name));
  }

  #reconcile(name: ObjectName): void {
    const stored = this.#deployments.find(name);
    if (stored === undefined || isBeingDeleted(stored)) return;
    const spec = objectAt(stored.body.value, 'spec') ?? {};
    const wanted = numberAt(spec, 'replicas') ?? 1;
    const current = this.#currentSet(stored, spec, wanted);
    if (current === undefined) return;
    const old = this.#setsOf(stored).filter((set) => set.uid !== current.uid);
    this.#scale(current, wanted);
    if (ready(current) >= wanted) for (const set of old) this.#scale(set, 0);
    const revision = stringAt(current.metadata.value, 'annotations', REVISION) ?? '1';
    this.#deployments.modify(name, (object) => withValue(object, ['metadata', 'annotations', REVISION], revision));
    this.#writeStatus(name, stored.generation, current, old);
  }

  #setsOf(deployment: StoredObject): StoredObject[] {
    return this.#cluster.owners.dependentsOf(deployment.uid).flatMap(({ resource, namespace, name }) => {
      const set = resource === 'replicasets.apps' ? this.#sets.find({ namespace, name }) : undefined;
      return set === undefined ? [] : [set];
    });
  }

  /** The ReplicaSet of the present template. */
  #currentSet(deployment: StoredObject, spec: JsonObject, wanted: number): StoredObject | undefined {
    const template = objectAt(spec, 'template') ?? {};
    const hash = templateHash(template);
    const name = `${deployment.name}-${hash}`;
    const found = this.#sets.find({ namespace: deployment.namespace, name });
    if (found !== undefined) return found;
    const labelled = withValue(template, ['metadata', 'labels', TEMPLATE_HASH], hash);
    const revisions = this.#setsOf(deployment).map((set) =>
      Number(stringAt(set.metadata.value, 'annotations', REVISION)),
    );
    return this.#sets.create(deployment.namespace, {
      metadata: {
        name,
        labels: objectAt(labelled, 'metadata', 'labels'),
        annotations: { [REVISION]: String(Math.max(0, ...revisions) + 1) },
        ownerReferences: [ownedBy('Deployment', 'apps/v1', deployment)],
      },
      spec: {
        replicas: wanted,
        selector: withValue(objectAt(spec, 'selector') ?? {}, ['matchLabels', TEMPLATE_HASH], hash),
        template: labelled,
      },
    });
  }

  #scale(set: StoredObject, wanted: number): void {
    if (numberAt(set.body.value, 'spec', 'replicas') === wanted) return;
    this.#sets.modify(set, (object) => withValue(object, ['spec', 'replicas'], wanted));
  }

  #writeStatus(name: ObjectName, generation: number, current: StoredObject, old: readonly StoredObject[]): void {
    this.#deployments.status(name, (object) => {
      const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
      const total = [current, ...old].reduce((sum, set) => sum + replicas(set), 0);
      const available = [current, ...old].reduce((sum, set) => sum + ready(set), 0);
      const unavailable = Math.max(0, Math.max(wanted, total) - available);
      return {
        observedGeneration: generation,
        ...counted('replicas', total),
        ...counted('updatedReplicas', replicas(current)),
        ...counted('readyReplicas', available),
        ...counted('availableReplicas', available),
        ...counted('unavailableReplicas', unavailable),
        conditions: this.#conditions(object, name, current, available >= wanted),
      };
    });
  }

  #conditions(object: JsonObject, name: ObjectName, current: StoredObject, available: boolean): JsonObject[] {
    const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
    const complete = ready(current) >= wanted && replicas(current) === wanted;
    const failure = findCondition({ status: current.status?.value ?? {} }, 'ReplicaFailure');
    return [
      condition(object, {
        type: 'Available',
        status: available ? 'True' : 'False',
        reason: available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        message: `Deployment ${available ? 'has' : 'does not have'} minimum availability.`,
      }),
      this.#progressing(object, name, current.name, complete),
      ...(failure === undefined ? [] : [failure]),
    ];
  }

  /** Progress after the deadline counts as failed. */
  #progressing(object: JsonObject, name: ObjectName, set: string, complete: boolean): JsonObject {
    const quoted = `ReplicaSet ${JSON.stringify(set)}`;
    const before = findCondition(object, 'Progressing');
    const inProgress = `${quoted} is progressing.`;
    if (complete) {
      const message = `${quoted} has successfully progressed.`;
      const state = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message } as const;
      return updated(condition(object, state), before);
    }
    const isSame =
      stringAt(before, 'message')?.startsWith(quoted) === true &&
      stringAt(before, 'reason') !== 'NewReplicaSetAvailable';
    const since = (isSame ? stringAt(before, 'lastUpdateTime') : undefined) ?? currentTimestamp();
    const deadline = (numberAt(object, 'spec', 'progressDeadlineSeconds') ?? DEFAULT_DEADLINE_SECONDS) * 1000;
    const left = Date.parse(since) + deadline - Date.now();
    if (left > 0) this.reconciler.enqueue(name.namespace, name.name, left);
    const state: Parameters<typeof condition>[1] =
      left > 0
        ? { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: inProgress }
        : {
            type: 'Progressing',
            status: 'False',
            reason: 'ProgressDeadlineExceeded',
            message: `${quoted} has timed out progressing.`,
          };
    return { ...condition(object, state), lastUpdateTime: since };
  }
}

/** The time of the last update is kept while the condition is unchanged. */
function updated(next: JsonObject, before: JsonObject | undefined): JsonObject {
  const same = stringAt(before, 'message') === stringAt(next, 'message');
  const since = same ? stringAt(before, 'lastUpdateTime') : undefined;
  return { ...next, lastUpdateTime: since ?? currentTimestamp() };
}

/** Zero is not written. */
function counted(key: string, count: number): JsonObject {
  return count === 0 ? {} : { [key]: count };
}

function replicas(set: StoredObject): number {
  return numberAt(set.status?.value, 'replicas') ?? 0;
}

function ready(set: StoredObject): number {
  return numberAt(set.status?.value, 'readyReplicas') ?? 0;
}

import type { ClusterState } from '../cluster/cluster-state.ts';
import { type JsonObject, numberAt, objectAt, stringAt } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { isBeingDeleted } from '../store/stored-object.ts';
import { condition, findCondition } from './conditions.ts';
import { controllerOf, createPod, ownedBy, podCreationProblem, podsOf, podSuffix } from './pod-sets.ts';
import { hasSucceeded } from './pods.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';
import { currentTimestamp } from '../base/time.ts';

const JOBS = builtinResource('batch', 'jobs');

/** Runs Jobs: their Pods succeed after a while. CronJobs start nothing. */
export function startJobController(cluster: ClusterState): void {
  const jobs = new Writer(cluster, JOBS);
  const reconciler = new Reconciler(cluster, (name) => reconcile(cluster, jobs, name));
  cluster.store.listen(({ resource, type, object }) => {
    if (resource === 'jobs.batch' && type === 'ADDED') reconciler.enqueue(object.namespace, object.name);
    if (resource === 'pods') {
      const owner = controllerOf(object, 'Job');
      if (owner !== undefined) reconciler.enqueue(object.namespace, owner);
    } else if (resource === 'serviceaccounts' && type === 'ADDED') {
      for (const job of jobs.list(object.namespace)) reconciler.enqueue(job.namespace, job.name);
    }
  });
}

function reconcile(cluster: ClusterState, jobs: Writer, name: ObjectName): void {
  const job = jobs.find(name);
  if (job === undefined || isBeingDeleted(job)) return;
  const before = jobs.read(job);
  if (stringAt(findCondition(before, 'Complete'), 'status') === 'True') return;
  const spec = objectAt(job.body.value, 'spec') ?? {};
  const wanted = numberAt(spec, 'completions') ?? 1;
  const template = objectAt(spec, 'template');
  if (podCreationProblem(cluster, name.namespace, name.name, template) === undefined) {
    const labels = { 'job-name': job.name, 'batch.kubernetes.io/job-name': job.name };
    const owner = ownedBy('Job', 'batch/v1', job);
    for (let index = podsOf(cluster, job).length; index < wanted; index++) {
      const pod = `${job.name}-${podSuffix(job.name, index)}`;
      createPod(cluster, { owner, namespace: job.namespace, name: pod, template, labels });
    }
  }
  const pods = podsOf(cluster, job);
  const succeeded = pods.filter(hasSucceeded).length;
  jobs.status(name, (object) => status(object, pods.length - succeeded, succeeded, wanted));
}

function status(object: JsonObject, active: number, succeeded: number, wanted: number): JsonObject {
  const now = currentTimestamp();
  const complete = succeeded >= wanted;
  const message = 'Reached expected number of succeeded pods';
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) =>
    condition(object, { type, status: 'True', reason: 'CompletionsReached', message }),
  );
  return {
    startTime: stringAt(object, 'status', 'startTime') ?? now,
    ...(active === 0 ? {} : { active }),
    ...(succeeded === 0 ? {} : { succeeded }),
    ready: 0,
    ...(complete ? { completionTime: now, conditions } : {}),
  };
}

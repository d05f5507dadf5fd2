import { createHash } from 'node:crypto';
import { canonicalJson } from '../../src/base/hash.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { type JsonObject, objectAt, stringAt, withValue } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { NODE_NAME } from '../cluster/seed.ts';
import type { StoredObject } from '../store/stored-object.ts';
import { ownerReferences } from '../store/owner-index.ts';
import { Writer } from './write.ts';

/** Shared by the controllers of workloads: Pods created from a template and owned by the workload. */

const PODS = builtinResource('', 'pods');
const HASH_LENGTH = 10;

const hashes = new WeakMap<JsonObject, string>();

/** A short name for a Pod template: the same template gives the same name in every cluster. */
export function templateHash(template: JsonObject): string {
  const known = hashes.get(template);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(canonicalJson(template)).digest('hex').slice(0, HASH_LENGTH);
  hashes.set(template, hash);
  return hash;
}

export function ownedBy(kind: string, apiVersion: string, owner: StoredObject): JsonObject {
  return { apiVersion, kind, name: owner.name, uid: owner.uid, controller: true, blockOwnerDeletion: true };
}

/** Pods whose controller is the object. */
export function podsOf(cluster: ClusterState, owner: StoredObject): StoredObject[] {
  return cluster.owners.dependentsOf(owner.uid).flatMap(({ resource, namespace, name }) => {
    const pod = resource === 'pods' ? cluster.store.get(resource, namespace, name) : undefined;
    return pod === undefined ? [] : [pod];
  });
}

/** The objects of a kind that control an object. */
export function controllerOf(object: StoredObject, kind: string): string | undefined {
  return ownerReferences(object).find((owner) => owner.controller && owner.kind === kind)?.name;
}

/** Why Pods of a template cannot be created, in the API server's words; undefined when they can. */
export function podCreationProblem(
  cluster: ClusterState,
  namespace: string,
  podPrefix: string,
  template: JsonObject | undefined,
): string | undefined {
  const account = stringAt(template, 'spec', 'serviceAccountName') ?? 'default';
  if (cluster.store.get('serviceaccounts', namespace, account) !== undefined) return undefined;
  const problem = `error looking up service account ${namespace}/${account}: serviceaccount ${JSON.stringify(account)} not found`;
  return `pods ${JSON.stringify(`${podPrefix}-`)} is forbidden: ${problem}`;
}

export interface PodToCreate {
  readonly owner: JsonObject;
  readonly namespace: string;
  readonly name: string;
  readonly template: JsonObject | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Volumes that the template does not have, such as claims of a StatefulSet. */
  readonly volumes?: readonly JsonObject[];
}

export function createPod(cluster: ClusterState, pod: PodToCreate): void {
  const { template } = pod;
  const labels = { ...objectAt(template, 'metadata', 'labels'), ...pod.labels };
  const annotations = objectAt(template, 'metadata', 'annotations');
  const metadata = {
    name: pod.name,
    labels,
    ...(annotations === undefined ? {} : { annotations }),
    ownerReferences: [pod.owner],
  };
  const spec = objectAt(template, 'spec') ?? {};
  const account = stringAt(spec, 'serviceAccountName') ?? 'default';
  const own = pod.volumes ?? [];
  const volumes = [...own, ...(Array.isArray(spec['volumes']) ? spec['volumes'] : [])];
  const isBound = !JSON.stringify(volumes).includes('"persistentVolumeClaim"');
  // Without claims there is nothing that scheduling could wait for.
  const node = isBound ? { nodeName: NODE_NAME } : {};
  const complete = { ...spec, serviceAccountName: account, serviceAccount: account, ...node };
  new Writer(cluster, PODS).create(pod.namespace, {
    metadata,
    spec: volumes.length === 0 ? complete : withValue(complete, ['volumes'], volumes),
  });
}

export function deletePod(cluster: ClusterState, pod: StoredObject): void {
  new Writer(cluster, PODS).delete(pod);
}

/** The end of a Pod's name: the same Pod has the same name in every cluster. */
export function podSuffix(set: string, index: number): string {
  return createHash('sha256').update(`${set}/${index}`).digest('hex').slice(0, 5);
}

import type { SandboxCluster } from '../../sandbox/index.ts';
import type { JsonObject } from '../../sandbox/base/json.ts';
import type { Cluster } from '../../src/resources/cluster/cluster.ts';
import type { ObjectReference } from '../../src/resources/object-reference.ts';

const INCARNATION_LABEL = 'cluster.nautes.io/incarnation';

/** Everything that components, and our own access, consist of. */
const KINDS: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['v1', 'Namespace'],
  ['v1', 'ServiceAccount'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['networking.k8s.io/v1', 'IngressClass'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['apiregistration.k8s.io/v1', 'APIService'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
];

export interface OwnedObject extends ObjectReference {
  readonly incarnation: string;
}

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string }[];
}

/** What is on a cluster with our label and of our making: controllers copy labels to what they derive. */
export function ownedObjects(cluster: SandboxCluster): OwnedObject[] {
  return KINDS.flatMap(([apiVersion, kind]) =>
    cluster.list(apiVersion, kind).flatMap((object: JsonObject) => {
      const { name = '', namespace = '', labels, managedFields } = object['metadata'] as Metadata;
      const incarnation = labels?.[INCARNATION_LABEL];
      const isOurs = (managedFields ?? []).some((f) => f.manager === 'nautes' && f.operation === 'Apply');
      return incarnation === undefined || !isOurs ? [] : [{ apiVersion, kind, namespace, name, incarnation }];
    }),
  );
}

function isToken({ kind, namespace }: ObjectReference): boolean {
  return kind === 'Secret' && namespace === 'nautes-system';
}

export function keyOf({ apiVersion, kind, namespace, name }: ObjectReference): string {
  return `${apiVersion} ${kind} ${namespace}/${name}`;
}

/**
 * What a registration has, to compare with another's: Secrets of tokens are named anew each time, and the namespace of a
 * virtual cluster on its host is named after it.
 */
export function fingerprint(objects: readonly OwnedObject[], { name, incarnation }: Cluster): string[] {
  return objects
    .filter((object) => object.incarnation === incarnation && !isToken(object))
    .map((object) => keyOf(object).replaceAll(`vcluster-${name}`, 'vcluster-*'))
    .sort();
}

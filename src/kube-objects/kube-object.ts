import type { ObjectReference } from '../resources/object-reference.ts';

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Who set which fields of an object (Kubernetes API concepts, server-side apply). */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/** An object of the Kubernetes API as data; fields of its kind are whatever the manifest or the server says. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

/** What a metadata-only read returns; `apiVersion` and `kind` are those of the object, not of the envelope. */
export interface ObjectHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
}

/** Our name in managedFields and the value of the label `app.kubernetes.io/managed-by`. */
export const FIELD_MANAGER = 'nautes';

export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const COMPONENT_LABEL = 'cluster.nautes.io/component';
/** Says which registration an object belongs to: without it an object is not ours. */
export const INCARNATION_LABEL = 'cluster.nautes.io/incarnation';
/** Says which installation an object belongs to; objects of earlier releases have no such label. */
export const INSTALLATION_LABEL = 'cluster.nautes.io/installation';
/** Marks an object that existed before us and was taken over: it is never deleted, whatever is remembered of it. */
export const ADOPTED_ANNOTATION = 'cluster.nautes.io/adopted';
/** The name under which the installation has the cluster. */
export const CLUSTER_NAME_LABEL = 'cluster.nautes.io/name';

/** Whose objects are: the installation, and the registration of a cluster for which it makes them. */
export interface ObjectOwner {
  readonly installation: string;
  readonly cluster: string;
  readonly incarnation: string;
}

/** The Namespace on every target that holds our account; it owns what is cluster-scoped of it. */
export const ACCESS_NAMESPACE = 'nautes-system';

/** The labels that every object of a component carries. */
export function ownershipLabels(owner: ObjectOwner, component: string): Record<string, string> {
  return {
    [MANAGED_BY_LABEL]: FIELD_MANAGER,
    [COMPONENT_LABEL]: component,
    [INSTALLATION_LABEL]: owner.installation,
    [CLUSTER_NAME_LABEL]: owner.cluster,
    [INCARNATION_LABEL]: owner.incarnation,
  };
}

/** Label selector for what a registration may have; {@link belongsTo} tells what it has. */
export function ownershipSelector({ incarnation }: Pick<ObjectOwner, 'incarnation'>): string {
  return `${INCARNATION_LABEL}=${incarnation}`;
}

/** True when the object carries the labels of the registration and of no other installation. */
export function belongsTo(object: ObjectHead, owner: Pick<ObjectOwner, 'installation' | 'incarnation'>): boolean {
  return object.metadata.labels?.[INCARNATION_LABEL] === owner.incarnation && !isOfOther(object, owner.installation);
}

/** True when the object says that another installation made it. */
export function isOfOther({ metadata }: ObjectHead, installation: string): boolean {
  const label = metadata.labels?.[INSTALLATION_LABEL];
  return label !== undefined && label !== installation;
}

/** True for an object of a former holder: of that installation, or of that registration of an earlier release. */
export function isOfFormer({ metadata }: ObjectHead, former: string): boolean {
  const { [INSTALLATION_LABEL]: installation, [INCARNATION_LABEL]: incarnation } = metadata.labels ?? {};
  return (installation ?? incarnation) === former;
}

/** The registrations of this installation whose objects on a cluster are ours. */
export interface OwnRegistrations {
  readonly owner: Pick<ObjectOwner, 'installation' | 'incarnation'>;
  /** Whether a registration is neither there nor on its way out; absent where that is not known of any. */
  readonly isOver?: (incarnation: string) => boolean;
}

/** True when the object is of the registration, or was left by one of this installation that is over. */
export function isOurs(object: ObjectHead, { owner, isOver }: OwnRegistrations): boolean {
  return belongsTo(object, owner) || (isOver !== undefined && isLeftBy(object, owner.installation, isOver));
}

function isLeftBy({ metadata }: ObjectHead, installation: string, isOver: (incarnation: string) => boolean): boolean {
  const labels = metadata.labels ?? {};
  const { [INCARNATION_LABEL]: incarnation = '' } = labels;
  const isMade = labels[MANAGED_BY_LABEL] === FIELD_MANAGER && labels[INSTALLATION_LABEL] === installation;
  return isMade && incarnation !== '' && isOver(incarnation);
}

/** True when the object existed before us, as it says itself. */
export function isAdopted({ metadata }: ObjectHead): boolean {
  return metadata.annotations?.[ADOPTED_ANNOTATION] !== undefined;
}

/** True when managedFields name us with operation Apply: labels alone are copied to derived objects. */
export function isAppliedByUs(object: ObjectHead): boolean {
  return (object.metadata.managedFields ?? []).some(
    (entry) => entry.manager === FIELD_MANAGER && entry.operation === 'Apply',
  );
}

/** The API group, empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The object's identity; versions of a group are different views of the same object and do not count. */
export function objectKey(reference: ObjectReference): string {
  return `${groupOf(reference.apiVersion)}/${reference.kind}/${reference.namespace}/${reference.name}`;
}

export function referenceOf(object: ObjectHead): ObjectReference {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

/** The reference alone, without what an inventory entry or report adds to it. */
export function plainReference(reference: ObjectReference): ObjectReference {
  const { apiVersion, kind, namespace, name } = reference;
  return { apiVersion, kind, namespace, name };
}

/** `Deployment argocd/argocd-server`, for messages. */
export function describeReference(reference: ObjectReference): string {
  const { kind, namespace, name } = reference;
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** `metadata.generation`, or `resourceVersion` for kinds without one. */
export function revisionOf(metadata: ObjectMetadata): string {
  return metadata.generation === undefined ? (metadata.resourceVersion ?? '') : String(metadata.generation);
}

/** The value without members that are null, at any depth: an applied null changes a Deployment once (seen on 1.36). */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of member names, `undefined` where there is none. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const name of path) {
    if (!isRecord(current) || !Object.hasOwn(current, name)) return undefined;
    current = current[name];
  }
  return current;
}

/** The text at a path, empty where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

import { createHash } from 'node:crypto';
import { MANAGED_BY_LABEL, FIELD_MANAGER, isRecord, type KubeObject } from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';
import type { Registration, ResourceKey } from '../../resources/resource-key.ts';

/** The kind that `deploy/definitions/clusterstates.yaml` defines. */
export const clusterStateType: ResourceType = {
  apiVersion: 'state.nautes.io/v1alpha1',
  kind: 'ClusterState',
  plural: 'clusterstates',
  namespaced: true,
  listable: true,
};

/** What a ConfigMap of the state has: `inventory` or `events`. */
export const CONTENT_LABEL = 'state.nautes.io/content';

export const configMapType: ResourceType = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  listable: true,
};

/** What the definition of the kind has as `spec`; its descriptions say what each field is. Absent texts are none. */
export interface ClusterStateSpec {
  readonly kind: string;
  readonly name: string;
  readonly incarnation: string;
  readonly epoch: number;
  readonly round: number;
  readonly phase?: string;
  readonly hasInventory?: boolean;
  readonly status?: string;
  readonly statusOrder?: number;
  readonly offboarding?: string;
  readonly offboardingOrder?: number;
  readonly receipt?: string;
  readonly receiptOrder?: number;
}

/** One object as it was seen last. */
export interface StateObject {
  readonly objectName: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly spec: ClusterStateSpec;
}

/** Hexadecimal digits of hashes in names of objects: 96 bits. */
const HASH_LENGTH = 24;
/** Of the resource's name at the beginning of an object's name, for people. */
const READABLE_LENGTH = 40;

/** A name for what belongs to the parts, which may be any text. */
export function hashedName(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, HASH_LENGTH);
}

/** The name of a registration's object: incarnations and names can be any text, names of objects cannot. */
export function stateName({ kind, name, incarnation }: Registration): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, READABLE_LENGTH);
  return `${readable.replace(/^-+|-+$/g, '') || 'unnamed'}-${hashedName(kind, name, incarnation)}`;
}

/** Of a registration that nothing is stored of. */
export function emptySpec({ kind, name, incarnation }: Registration): ClusterStateSpec {
  return { kind, name, incarnation, epoch: 0, round: 0 };
}

/** True when the object would say nothing but whom it is about. */
export function isEmptySpec({ hasInventory, status, offboarding, receipt }: ClusterStateSpec): boolean {
  return hasInventory !== true && status === undefined && offboarding === undefined && receipt === undefined;
}

export function keyId({ kind, name }: ResourceKey): string {
  return `${kind}/${name}`;
}

/** The object for a write; `seen` gives it the version that it replaces. */
export function stateObjectOf(namespace: string, spec: ClusterStateSpec, seen: StateObject | undefined): KubeObject {
  const version = seen === undefined ? {} : { resourceVersion: seen.resourceVersion, uid: seen.uid };
  return {
    apiVersion: clusterStateType.apiVersion,
    kind: clusterStateType.kind,
    metadata: { name: stateName(spec), namespace, labels: { [MANAGED_BY_LABEL]: FIELD_MANAGER }, ...version },
    spec,
  };
}

/** What an object of the kind says; `undefined` when it is not of the form that we write. */
export function readStateObject({ metadata, ...object }: KubeObject): StateObject | undefined {
  const { name: objectName, uid = '', resourceVersion = '' } = metadata;
  const spec = isRecord(object['spec']) ? readSpec(object['spec']) : undefined;
  if (spec === undefined || stateName(spec) !== objectName) return undefined;
  return { objectName, uid, resourceVersion, spec };
}

function readSpec(spec: Readonly<Record<string, unknown>>): ClusterStateSpec | undefined {
  const { kind, name, incarnation, epoch, round } = spec;
  if (typeof kind !== 'string' || typeof name !== 'string' || typeof incarnation !== 'string') return undefined;
  if (typeof epoch !== 'number' || typeof round !== 'number') return undefined;
  return {
    kind,
    name,
    incarnation,
    epoch,
    round,
    ...(spec['hasInventory'] === true ? { hasInventory: true } : {}),
    ...textsOf(spec, ['phase', 'status', 'offboarding', 'receipt']),
    ...numbersOf(spec, ['statusOrder', 'offboardingOrder', 'receiptOrder']),
  };
}

function textsOf(spec: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = spec[field];
      return typeof value === 'string' ? [[field, value]] : [];
    }),
  );
}

function numbersOf(spec: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = spec[field];
      return typeof value === 'number' ? [[field, value]] : [];
    }),
  );
}

import { decodeManagedFields, encodeManagedFields, type ManagedFieldsEntry } from '../apply/server-side-apply.ts';
import { isObject, type JsonObject, type JsonValue, numberAt, objectAt, stringAt } from '../json.ts';
import type { InternedJson, JsonPool } from './interning.ts';

/** One version of an object. Parts that objects of many clusters have in common are shared. */
export interface StoredObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: number;
  /** 0 for kinds that do not count generations. */
  readonly generation: number;
  readonly creationTimestamp: string;
  /** Labels, annotations, finalizers, owners and marks of deletion. */
  readonly metadata: InternedJson;
  readonly managed: readonly StoredManager[];
  /** Everything beside type, metadata and status. */
  readonly body: InternedJson;
  readonly status: InternedJson | undefined;
}

interface StoredManager {
  readonly entry: Omit<ManagedFieldsEntry, 'fields'>;
  readonly fields: InternedJson;
}

/** Splits an object that has its identity and version into its stored parts. */
export function storeObject(pool: JsonPool, object: JsonObject): StoredObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata, status, ...body } = object;
  const {
    name: _name,
    namespace: _namespace,
    uid: _uid,
    resourceVersion,
    generation: _generation,
    creationTimestamp: _creationTimestamp,
    managedFields,
    selfLink: _selfLink,
    ...rest
  } = isObject(metadata) ? metadata : {};
  return {
    namespace: stringAt(metadata, 'namespace') ?? '',
    name: stringAt(metadata, 'name') ?? '',
    uid: stringAt(metadata, 'uid') ?? '',
    resourceVersion: Number(resourceVersion),
    generation: numberAt(metadata, 'generation') ?? 0,
    creationTimestamp: stringAt(metadata, 'creationTimestamp') ?? '',
    metadata: pool.intern(rest),
    managed: decodeManagedFields(managedFields).map(({ fields, ...entry }) => ({
      entry: { ...entry, manager: pool.internName(entry.manager) },
      fields: pool.intern(fields),
    })),
    body: pool.intern(body),
    status: isObject(status) ? pool.intern(status) : undefined,
  };
}

export interface TypeOfObject {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The object as data. */
export function readObject(stored: StoredObject, type: TypeOfObject): JsonObject {
  return {
    apiVersion: type.apiVersion,
    kind: type.kind,
    metadata: readMetadata(stored),
    ...stored.body.value,
    ...(stored.status === undefined ? {} : { status: stored.status.value }),
  };
}

export function managersOf(stored: StoredObject): ManagedFieldsEntry[] {
  return stored.managed.map(({ entry, fields }) => ({
    ...entry,
    fields: fields.value as ManagedFieldsEntry['fields'],
  }));
}

export function readMetadata(stored: StoredObject): JsonObject {
  return {
    ...identityOf(stored),
    ...stored.metadata.value,
    ...(stored.managed.length === 0 ? {} : { managedFields: encodeManagedFields(managersOf(stored)) }),
  };
}

function identityOf(stored: StoredObject): Record<string, JsonValue> {
  return {
    name: stored.name,
    ...(stored.namespace === '' ? {} : { namespace: stored.namespace }),
    uid: stored.uid,
    resourceVersion: String(stored.resourceVersion),
    ...(stored.generation === 0 ? {} : { generation: stored.generation }),
    creationTimestamp: stored.creationTimestamp,
  };
}

/** The metadata as JSON text, put together from the shared texts. */
export function metadataText(stored: StoredObject): string {
  const identity = JSON.stringify(identityOf(stored)).slice(0, -1);
  const rest = stored.metadata.text === '{}' ? '' : `,${stored.metadata.text.slice(1, -1)}`;
  if (stored.managed.length === 0) return `${identity}${rest}}`;
  const managers = stored.managed.map(({ entry, fields }) => {
    const { subresource, ...own } = entry;
    const head = JSON.stringify({ ...own, fieldsType: 'FieldsV1', ...(subresource === '' ? {} : { subresource }) });
    return `${head.slice(0, -1)},"fieldsV1":${fields.text}}`;
  });
  return `${identity}${rest},"managedFields":[${managers.join(',')}]}`;
}

/** The object as JSON text, put together from the shared texts without parsing them; without a type in lists. */
export function objectText(stored: StoredObject, type: TypeOfObject | undefined): string {
  const head =
    type === undefined ? '{' : `{"kind":${JSON.stringify(type.kind)},"apiVersion":${JSON.stringify(type.apiVersion)},`;
  const body = stored.body.text === '{}' ? '' : `,${stored.body.text.slice(1, -1)}`;
  const status = stored.status === undefined ? '' : `,"status":${stored.status.text}`;
  return `${head}"metadata":${metadataText(stored)}${body}${status}}`;
}

export function labelsOf(stored: StoredObject): JsonObject {
  return stored.metadata.text.includes('"labels"') ? (objectAt(stored.metadata.value, 'labels') ?? {}) : {};
}

export function isBeingDeleted(stored: StoredObject): boolean {
  return stored.metadata.text.includes('"deletionTimestamp"') && 'deletionTimestamp' in stored.metadata.value;
}

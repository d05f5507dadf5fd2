import type { FieldSet } from '../apply/field-set.ts';
import { encodeManagedFields, type ManagedFieldsEntry } from '../apply/server-side-apply.ts';
import { isObject, type JsonObject, type JsonValue, numberAt, objectAt, stringAt } from '../base/json.ts';
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
  /** The fields of the metadata: with the uids of owners in them they are seldom shared. */
  readonly metadata: InternedJson | undefined;
  readonly others: InternedJson;
}

const METADATA_ELEMENT = 'f:metadata';

function storeManager(pool: JsonPool, { fields, ...entry }: ManagedFieldsEntry): StoredManager {
  const { [METADATA_ELEMENT]: metadata, ...others } = fields;
  return {
    entry: { ...entry, manager: pool.internName(entry.manager) },
    metadata: metadata === undefined ? undefined : pool.intern(metadata),
    others: pool.intern(others),
  };
}

function fieldsOf({ metadata, others }: StoredManager): FieldSet {
  const rest = others.value as FieldSet;
  return metadata === undefined ? rest : { [METADATA_ELEMENT]: metadata.value as FieldSet, ...rest };
}

function fieldsText({ metadata, others }: StoredManager): string {
  if (metadata === undefined) return others.text;
  const rest = others.text === '{}' ? '' : `,${others.text.slice(1, -1)}`;
  return `{"${METADATA_ELEMENT}":${metadata.text}${rest}}`;
}

/**
 * Splits an object that has its identity and version into its stored parts. Parts that are those of the version
 * before are taken from it.
 */
export function storeObject(
  pool: JsonPool,
  object: JsonObject,
  managed: readonly ManagedFieldsEntry[],
  previous?: StoredObject,
): StoredObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata, status, ...body } = object;
  const {
    name: _name,
    namespace: _namespace,
    uid: _uid,
    resourceVersion,
    generation: _generation,
    creationTimestamp: _creationTimestamp,
    managedFields: _managedFields,
    selfLink: _selfLink,
    ...rest
  } = isObject(metadata) ? metadata : {};
  const sameBody = previous !== undefined && sameMembers(body, previous.body.value);
  return {
    namespace: stringAt(metadata, 'namespace') ?? '',
    name: stringAt(metadata, 'name') ?? '',
    uid: stringAt(metadata, 'uid') ?? '',
    resourceVersion: Number(resourceVersion),
    generation: numberAt(metadata, 'generation') ?? 0,
    creationTimestamp: stringAt(metadata, 'creationTimestamp') ?? '',
    metadata: pool.intern(rest),
    managed: managed.map((entry) => storeManager(pool, entry)),
    body: sameBody ? previous.body : pool.intern(body),
    status: isObject(status) ? pool.intern(status) : undefined,
  };
}

/** Whether both have the very same members: cheap, and true for what a write did not touch. */
function sameMembers(left: JsonObject, right: JsonObject): boolean {
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
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
  return stored.managed.map((manager) => ({ ...manager.entry, fields: fieldsOf(manager) }));
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
  const managers = stored.managed.map((manager) => {
    const { subresource, ...own } = manager.entry;
    const head = JSON.stringify({ ...own, fieldsType: 'FieldsV1', ...(subresource === '' ? {} : { subresource }) });
    return `${head.slice(0, -1)},"fieldsV1":${fieldsText(manager)}}`;
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

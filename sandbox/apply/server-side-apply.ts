import { isArray, isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import {
  differenceFields,
  EMPTY_FIELD_SET,
  type FieldSet,
  fieldPaths,
  fieldSetOf,
  intersectFields,
  isEmptyFieldSet,
  sameFields,
  unionFields,
} from './field-set.ts';
import type { MergeSchema } from './schema.ts';
import { checkTyped, compareTyped, fieldsOf, mergeTyped, removeUnowned } from './typed-value.ts';

/**
 * Server-side apply and the tracking of who manages which field, as specified in the Kubernetes documentation
 * ("Server-Side Apply"). Pure: objects in, objects out. Not simulated: conversion of field sets between versions.
 */

export type ManagedOperation = 'Apply' | 'Update';

/** The acting manager: entries of `managedFields` are identified by manager, operation and subresource. */
export interface FieldManager {
  readonly manager: string;
  readonly operation: ManagedOperation;
  readonly apiVersion: string;
  /** Empty for the resource itself. */
  readonly subresource: string;
}

export interface ManagedFieldsEntry extends FieldManager {
  /** RFC 3339 with seconds. */
  readonly time: string;
  readonly fields: FieldSet;
}

export interface ApplyConflict {
  readonly manager: FieldManager;
  /** As in `.spec.containers[name="a"].image`. */
  readonly path: string;
}

/** Fields in the manifest that others manage with another value. */
export class ApplyConflictError extends Error {
  readonly conflicts: readonly ApplyConflict[];

  constructor(conflicts: readonly ApplyConflict[]) {
    super(conflictMessage(conflicts));
    this.name = 'ApplyConflictError';
    this.conflicts = conflicts;
  }
}

export interface ApplyOptions {
  /** The object as it is; undefined when it does not exist. */
  readonly live: JsonObject | undefined;
  /** The manifest. Server-set metadata in it is ignored. */
  readonly applied: JsonObject;
  readonly schema: MergeSchema;
  readonly manager: FieldManager;
  /** Take over fields that others manage instead of refusing. */
  readonly force: boolean;
  /** RFC 3339 with seconds. */
  readonly now: string;
  /** The entry of the manager before, when the object exists. */
  readonly managed: readonly ManagedFieldsEntry[];
}

export interface ManagedObject {
  readonly object: JsonObject;
  readonly managed: readonly ManagedFieldsEntry[];
}

/** The manager that gets all fields of an object that had no managers when it was first applied. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

/** Metadata that the server sets and that has no manager. */
const UNMANAGED_METADATA = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
] as const;

/**
 * The object after the manifest was applied, before defaults and admission.
 * @throws ApplyConflictError when others manage fields with other values and `force` is not set
 * @throws TypedValueError when the manifest does not fit the schema
 */
export function applyServerSide(options: ApplyOptions): ManagedObject {
  const { schema, manager, now } = options;
  checkTyped(options.applied, schema);
  const applied = withoutUnmanaged(options.applied);
  const live = options.live ?? {};
  const before = ownersBefore(options);
  const last = before.find((entry) => sameManager(entry, manager))?.fields ?? EMPTY_FIELD_SET;
  const fields = fieldsOf(applied, schema);
  const merged = mergeTyped(live, withIdentity(applied, options.applied, options.live), schema);

  const { changed } = compareTyped(withoutUnmanaged(live), withoutUnmanaged(merged), schema);
  const others = before.filter((entry) => !sameManager(entry, manager));
  const conflicts = conflictsOf(others, changed);
  if (conflicts.length > 0 && !options.force) throw new ApplyConflictError(conflicts);

  const remaining = others.map((entry) => ({ ...entry, fields: differenceFields(entry.fields, changed) }));
  const owned = remaining.reduce((set, entry) => unionFields(set, entry.fields), fields);
  const object = removeUnowned(merged, last, owned, schema);
  const { removed } = compareTyped(withoutUnmanaged(merged), withoutUnmanaged(object), schema);
  const kept = remaining.map((entry) => ({ ...entry, fields: differenceFields(entry.fields, removed) }));
  const own: ManagedFieldsEntry = { ...manager, time: now, fields };
  return { object, managed: sortedEntries([...kept, own]) };
}

export interface UpdateOptions {
  readonly live: JsonObject | undefined;
  /** The object after the update, with its defaults. */
  readonly next: JsonObject;
  readonly schema: MergeSchema;
  readonly manager: FieldManager;
  readonly now: string;
  readonly managed: readonly ManagedFieldsEntry[];
}

/** The managers after a create, update or patch: a change takes over the ownership of its fields. */
export function trackUpdate(options: UpdateOptions): readonly ManagedFieldsEntry[] {
  const { schema, manager, now } = options;
  const live = withoutUnmanaged(options.live ?? {});
  const next = withoutUnmanaged(options.next);
  const { changed, removed } = compareTyped(live, next, schema);
  if (isEmptyFieldSet(changed) && isEmptyFieldSet(removed)) return options.managed;
  const others = options.managed
    .filter((entry) => !sameManager(entry, manager))
    .map((entry) => ({ ...entry, fields: differenceFields(differenceFields(entry.fields, changed), removed) }));
  const own = options.managed.find((entry) => sameManager(entry, manager));
  const fields = differenceFields(unionFields(own?.fields ?? EMPTY_FIELD_SET, changed), removed);
  return sortedEntries([...others, { ...manager, time: now, fields }]);
}

/** An object without managers that is applied for the first time: its fields belong to {@link BEFORE_FIRST_APPLY}. */
function ownersBefore(options: ApplyOptions): readonly ManagedFieldsEntry[] {
  if (options.live === undefined || options.managed.length > 0) return options.managed;
  return [
    {
      manager: BEFORE_FIRST_APPLY,
      operation: 'Update',
      apiVersion: options.manager.apiVersion,
      subresource: '',
      time: options.now,
      fields: fieldsOf(withoutUnmanaged(options.live), options.schema),
    },
  ];
}

function conflictsOf(others: readonly ManagedFieldsEntry[], changed: FieldSet): ApplyConflict[] {
  return others.flatMap((entry) =>
    fieldPaths(intersectFields(entry.fields, changed)).map((path) => ({ manager: entry, path })),
  );
}

/** Entries without fields are removed. Apply entries come first, each kind in the order of time. */
function sortedEntries(entries: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
  return entries
    .filter((entry) => !isEmptyFieldSet(entry.fields))
    .toSorted(
      (left, right) =>
        compareText(left.operation, right.operation) ||
        compareText(left.time, right.time) ||
        compareText(left.manager, right.manager),
    );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function sameManager(left: FieldManager, right: FieldManager): boolean {
  return left.manager === right.manager && left.operation === right.operation && left.subresource === right.subresource;
}

/** Equality of the entries apart from their times. */
export function sameManagedFields(left: readonly ManagedFieldsEntry[], right: readonly ManagedFieldsEntry[]): boolean {
  if (left === right) return true;
  return (
    left.length === right.length &&
    left.every((entry) => {
      const other = right.find((candidate) => sameManager(entry, candidate));
      return other !== undefined && entry.apiVersion === other.apiVersion && sameFields(entry.fields, other.fields);
    })
  );
}

/** The object without its type and the metadata that has no manager. */
export function withoutUnmanaged(object: JsonObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  if (!isObject(metadata)) return rest;
  const managed: Record<string, JsonValue | undefined> = { ...metadata };
  for (const key of UNMANAGED_METADATA) delete managed[key];
  return Object.keys(managed).length === 0 ? rest : { metadata: managed, ...rest };
}

/** A new object gets its name from the manifest; an existing one keeps what it has. */
function withIdentity(stripped: JsonObject, applied: JsonObject, live: JsonObject | undefined): JsonObject {
  const metadata = isObject(applied['metadata']) ? applied['metadata'] : {};
  const { name, namespace } = metadata;
  const identity = live === undefined ? { name, ...(namespace === undefined ? {} : { namespace }) } : {};
  const managed = isObject(stripped['metadata']) ? stripped['metadata'] : {};
  return {
    apiVersion: applied['apiVersion'],
    kind: applied['kind'],
    ...stripped,
    metadata: { ...identity, ...managed },
  };
}

/** The wording of the API server. */
function conflictMessage(conflicts: readonly ApplyConflict[]): string {
  const [only] = conflicts;
  if (only !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: ${conflictText(only)}: ${only.path}`;
  }
  const paths = new Map<string, string[]>();
  for (const conflict of conflicts) {
    const name = printManager(conflict.manager);
    paths.set(name, [...(paths.get(name) ?? []), conflict.path]);
  }
  const parts = [...paths].toSorted(([left], [right]) => compareText(left, right));
  const lines = parts.flatMap(([name, fields]) => [`conflicts with ${name}:`, ...fields.map((field) => `- ${field}`)]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

export function conflictText(conflict: ApplyConflict): string {
  return `conflict with ${printManager(conflict.manager)}`;
}

function printManager(manager: FieldManager): string {
  const subresource = manager.subresource === '' ? '' : ` with subresource ${JSON.stringify(manager.subresource)}`;
  const version = manager.operation === 'Update' ? ` using ${manager.apiVersion}` : '';
  return `${JSON.stringify(manager.manager)}${subresource}${version}`;
}

/** `metadata.managedFields` on the wire. */
export function encodeManagedFields(managed: readonly ManagedFieldsEntry[]): JsonValue[] {
  return managed.map((entry) => ({
    manager: entry.manager,
    operation: entry.operation,
    apiVersion: entry.apiVersion,
    time: entry.time,
    fieldsType: 'FieldsV1',
    fieldsV1: entry.fields,
    ...(entry.subresource === '' ? {} : { subresource: entry.subresource }),
  }));
}

/** The entries of `metadata.managedFields`; malformed ones are left out. */
export function decodeManagedFields(value: JsonValue | undefined): ManagedFieldsEntry[] {
  if (!isArray(value)) return [];
  return value.flatMap((entry) => {
    if (!isObject(entry) || typeof entry['manager'] !== 'string') return [];
    return [
      {
        manager: entry['manager'],
        operation: entry['operation'] === 'Apply' ? ('Apply' as const) : ('Update' as const),
        apiVersion: typeof entry['apiVersion'] === 'string' ? entry['apiVersion'] : '',
        subresource: typeof entry['subresource'] === 'string' ? entry['subresource'] : '',
        time: typeof entry['time'] === 'string' ? entry['time'] : '',
        fields: fieldSetOf(entry['fieldsV1']),
      },
    ];
  });
}

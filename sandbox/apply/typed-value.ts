import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue, sameJson } from '../base/json.ts';
import { FIELD_LEAF, type FieldSet, fieldNode } from './field-set.ts';
import { fieldSchema, itemElement, type MergeSchema } from './schema.ts';

/** A manifest that does not fit its schema. The API server answers it with 500 and no reason. */
export class TypedValueError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TypedValueError';
  }
}

function isGranularMap(schema: MergeSchema, value: JsonValue | undefined): value is JsonObject {
  return (schema.type === 'map' || schema.type === 'deduced') && isObject(value);
}

function isGranularList(schema: MergeSchema, value: JsonValue | undefined): value is JsonArray {
  return (schema.type === 'list' || schema.type === 'set') && isArray(value);
}

/** Items by path element, in their order; an item without its keys is left out. */
function itemsByElement(schema: MergeSchema, items: JsonArray): Map<string, JsonValue> {
  const found = new Map<string, JsonValue>();
  for (const item of items) {
    const element = itemElement(schema, item);
    if (element !== undefined) found.set(element, item);
  }
  return found;
}

function itemSchema(schema: MergeSchema): MergeSchema {
  return schema.type === 'list' ? schema.items : { type: 'atomic' };
}

/** @throws TypedValueError for an undeclared field, a list item without its keys, or one that occurs twice */
export function checkTyped(value: JsonValue | undefined, schema: MergeSchema, path = ''): void {
  if (isGranularMap(schema, value)) {
    for (const [key, member] of Object.entries(value)) {
      if (schema.type === 'map' && schema.closed === true && schema.fields[key] === undefined) {
        throw new TypedValueError(`${path}.${key}: field not declared in schema`);
      }
      checkTyped(member, fieldSchema(schema, key), `${path}.${key}`);
    }
  } else if (isGranularList(schema, value)) {
    checkItems(value, schema, path);
  } else if (schema.type === 'list' && value !== undefined && value !== null) {
    throw new TypedValueError(`${path}: expected list, got ${JSON.stringify(value).slice(0, 40)}`);
  }
}

function checkItems(items: JsonArray, schema: MergeSchema, path: string): void {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const element = itemElement(schema, item);
    if (element === undefined) {
      const keys = schema.type === 'list' ? schema.keys.join(', ') : '';
      throw new TypedValueError(
        `${path}: element ${index}: associative list with keys has an element that omits key field "${keys}"`,
      );
    }
    if (seen.has(element)) throw new TypedValueError(`${path}: duplicate entries for key ${printKey(element)}`);
    seen.add(element);
    checkTyped(item, itemSchema(schema), path + printKey(element));
  }
}

function printKey(element: string): string {
  if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
  const key = JSON.parse(element.slice(2)) as JsonObject;
  return `[${Object.entries(key)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}]`;
}

/** The fields that a value sets. */
export function fieldsOf(value: JsonObject, schema: MergeSchema): FieldSet {
  return mapFields(value, schema);
}

function mapFields(value: JsonObject, schema: MergeSchema): Record<string, FieldSet> {
  const children: Record<string, FieldSet> = {};
  for (const key in value) {
    const member = value[key];
    if (member === undefined) continue;
    const node = valueFields(member, fieldSchema(schema, key));
    if (node !== undefined) children[`f:${key}`] = node;
  }
  return children;
}

/** The node of a value: undefined for an empty associative list, which sets nothing. */
function valueFields(value: JsonValue, schema: MergeSchema): FieldSet | undefined {
  if (isGranularMap(schema, value)) return fieldNode(mapFields(value, schema), isEmptyObject(value));
  if (!isGranularList(schema, value)) return FIELD_LEAF;
  const children: Record<string, FieldSet> = {};
  for (const [element, item] of itemsByElement(schema, value)) children[element] = itemFields(item, schema);
  return fieldNode(children, false);
}

function itemFields(item: JsonValue, schema: MergeSchema): FieldSet {
  const inner = itemSchema(schema);
  if (!isGranularMap(inner, item)) return FIELD_LEAF;
  return fieldNode(mapFields(item, inner), true) ?? FIELD_LEAF;
}

function isEmptyObject(value: JsonObject): boolean {
  for (const _ in value) return false;
  return true;
}

/** What changed from one value to another. */
export interface Comparison {
  /** Fields that were added or modified. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** A comparison under construction: the children of one node. */
interface ComparisonNodes {
  readonly changed: Record<string, FieldSet>;
  readonly removed: Record<string, FieldSet>;
}

export function compareTyped(before: JsonObject, after: JsonObject, schema: MergeSchema): Comparison {
  const nodes: ComparisonNodes = { changed: {}, removed: {} };
  if (before === after) return nodes;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    compareMember(nodes, `f:${key}`, fieldSchema(schema, key), { before: before[key], after: after[key] });
  }
  return nodes;
}

interface ValuePair {
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

function compareMember(nodes: ComparisonNodes, element: string, schema: MergeSchema, values: ValuePair): void {
  const { before, after } = values;
  if (before === after) return;
  if (before === undefined && after !== undefined) {
    setNode(nodes.changed, element, memberFields(element, after, schema));
  } else if (after === undefined && before !== undefined) {
    setNode(nodes.removed, element, memberFields(element, before, schema));
  } else if (before !== undefined && after !== undefined) {
    const inner = compareValues(before, after, schema);
    setNode(nodes.changed, element, inner.changed);
    setNode(nodes.removed, element, inner.removed);
  }
}

/** The node of a whole field or list item; an item is always a member itself. */
function memberFields(element: string, value: JsonValue, schema: MergeSchema): FieldSet | undefined {
  const node = valueFields(value, schema);
  return element.startsWith('f:') || node === undefined ? node : { '.': FIELD_LEAF, ...node };
}

function setNode(target: Record<string, FieldSet>, element: string, node: FieldSet | undefined): void {
  if (node !== undefined) target[element] = node;
}

interface NodeComparison {
  readonly changed?: FieldSet | undefined;
  readonly removed?: FieldSet | undefined;
}

function compareValues(before: JsonValue, after: JsonValue, schema: MergeSchema): NodeComparison {
  if (isGranularMap(schema, before) && isGranularMap(schema, after)) {
    const { changed, removed } = compareTyped(before, after, schema);
    // A map that became empty is then set itself, like any empty map.
    const emptied = isEmptyObject(after) && !isEmptyObject(before);
    return { changed: fieldNode({ ...changed }, emptied), removed: fieldNode({ ...removed }, false) };
  }
  if (!isGranularList(schema, before) || !isGranularList(schema, after)) {
    return sameJson(before, after) ? {} : { changed: FIELD_LEAF };
  }
  const [old, next] = [itemsByElement(schema, before), itemsByElement(schema, after)];
  const nodes: ComparisonNodes = { changed: {}, removed: {} };
  for (const element of new Set([...old.keys(), ...next.keys()])) {
    compareMember(nodes, element, itemSchema(schema), { before: old.get(element), after: next.get(element) });
  }
  return { changed: fieldNode(nodes.changed, false), removed: fieldNode(nodes.removed, false) };
}

/** The live value with the configuration laid over it. */
export function mergeTyped(live: JsonObject, configuration: JsonObject, schema: MergeSchema): JsonObject {
  const merged: Record<string, JsonValue | undefined> = { ...live };
  for (const key in configuration) {
    merged[key] = mergeValues(live[key], configuration[key], fieldSchema(schema, key));
  }
  return merged;
}

function mergeValues(
  live: JsonValue | undefined,
  configuration: JsonValue | undefined,
  schema: MergeSchema,
): JsonValue | undefined {
  if (live === undefined || live === configuration) return configuration;
  if (isGranularMap(schema, live) && isGranularMap(schema, configuration)) {
    return mergeTyped(live, configuration, schema);
  }
  if (isGranularList(schema, live) && isGranularList(schema, configuration)) {
    return mergeLists(live, configuration, schema);
  }
  return configuration;
}

/** Items that only the live list has keep their position; all others follow the order of the configuration. */
function mergeLists(live: JsonArray, configuration: JsonArray, schema: MergeSchema): JsonArray {
  const current = itemsByElement(schema, live);
  const wanted = itemsByElement(schema, configuration);
  const foreign = [...current].map(([element, item]) => (wanted.has(element) ? undefined : item));
  const positions = new Map([...current.keys()].map((element, index) => [element, index]));
  const result: JsonValue[] = [];
  let taken = 0;
  const takeForeign = (end: number): void => {
    for (; taken < end; taken++) {
      const item = foreign[taken];
      if (item !== undefined) result.push(item);
    }
  };
  const firstShared = foreign.indexOf(undefined);
  takeForeign(firstShared === -1 ? foreign.length : firstShared);
  for (const [element, item] of wanted) {
    takeForeign(positions.get(element) ?? 0);
    const merged = mergeValues(current.get(element), item, itemSchema(schema));
    if (merged !== undefined) result.push(merged);
  }
  takeForeign(foreign.length);
  return result;
}

/**
 * The value without the fields of `last` that are not in `owned`. A field of which nothing is owned goes as a
 * whole, with everything below it that has no manager (defaults).
 */
export function removeUnowned(value: JsonObject, last: FieldSet, owned: FieldSet, schema: MergeSchema): JsonObject {
  let result: Record<string, JsonValue | undefined> | undefined;
  for (const [element, node] of Object.entries(last)) {
    const key = element.slice(2);
    const member = value[key];
    if (element === '.' || member === undefined) continue;
    const keep = owned[element];
    const next = keep === undefined ? undefined : removeBelow(member, node, keep, fieldSchema(schema, key));
    if (next === member) continue;
    result ??= { ...value };
    if (next === undefined) delete result[key];
    else result[key] = next;
  }
  return result ?? value;
}

function removeBelow(value: JsonValue, last: FieldSet, owned: FieldSet, schema: MergeSchema): JsonValue {
  if (isGranularMap(schema, value)) return removeUnowned(value, last, owned, schema);
  if (!isGranularList(schema, value)) return value;
  const inner = itemSchema(schema);
  let removedAny = false;
  const result: JsonValue[] = [];
  for (const item of value) {
    const element = itemElement(schema, item);
    const node = element === undefined ? undefined : last[element];
    const keep = element === undefined ? undefined : owned[element];
    const next =
      node === undefined ? item : keep === undefined ? undefined : removeItemFields(item, node, keep, schema, inner);
    if (next !== item) removedAny = true;
    if (next !== undefined) result.push(next);
  }
  return removedAny ? result : value;
}

/** Key fields stay as long as the item does. */
function removeItemFields(
  item: JsonValue,
  last: FieldSet,
  owned: FieldSet,
  schema: MergeSchema,
  inner: MergeSchema,
): JsonValue {
  if (!isGranularMap(inner, item)) return item;
  const pruned = removeUnowned(item, last, owned, inner);
  if (pruned === item || schema.type !== 'list') return pruned;
  const keys: Record<string, JsonValue | undefined> = {};
  for (const key of schema.keys) if (item[key] !== undefined) keys[key] = item[key];
  return { ...keys, ...pruned };
}

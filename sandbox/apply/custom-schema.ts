import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../base/json.ts';
import { METADATA } from './builtin-schemas.ts';
import { ATOMIC, DEDUCED, list, map, type MergeSchema, SET } from './schema.ts';

/** Deeper schemas are deduced. */
const MAXIMUM_SCHEMA_DEPTH = 40;

const cache = new WeakMap<JsonObject, MergeSchema>();

/** The merge schema that an `openAPIV3Schema` of a CustomResourceDefinition declares. */
export function customSchema(openApiSchema: JsonObject): MergeSchema {
  const known = cache.get(openApiSchema);
  if (known !== undefined) return known;
  const root = convert(openApiSchema, 0);
  const fields = root.type === 'map' ? root.fields : {};
  const schema = map({ ...fields, metadata: METADATA });
  cache.set(openApiSchema, schema);
  return schema;
}

function convert(schema: JsonObject, depth: number): MergeSchema {
  if (depth > MAXIMUM_SCHEMA_DEPTH) return DEDUCED;
  if (stringAt(schema, 'type') === 'array') return convertList(schema, depth);
  if (stringAt(schema, 'x-kubernetes-map-type') === 'atomic') return ATOMIC;
  const properties = objectAt(schema, 'properties');
  if (properties === undefined) return DEDUCED;
  const fields: Record<string, MergeSchema> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    const converted = convert(property, depth + 1);
    if (converted !== DEDUCED) fields[name] = converted;
  }
  return Object.keys(fields).length === 0 ? DEDUCED : map(fields);
}

function convertList(schema: JsonObject, depth: number): MergeSchema {
  const type = stringAt(schema, 'x-kubernetes-list-type');
  if (type === 'set') return SET;
  if (type !== 'map') return ATOMIC;
  const keys = arrayAt(schema, 'x-kubernetes-list-map-keys').filter((key) => typeof key === 'string');
  const items = objectAt(schema, 'items') ?? {};
  const defaults: Record<string, JsonValue> = {};
  for (const key of keys) {
    const value = objectAt(items, 'properties', key)?.['default'];
    if (value !== undefined) defaults[key] = value;
  }
  return list(keys, convert(items, depth + 1), defaults);
}

import type { JsonObject, JsonValue } from '../base/json.ts';

/**
 * How a value is merged (the `x-kubernetes-list-type` and `x-kubernetes-map-type` of the Kubernetes OpenAPI):
 * - `map`: field by field; `fields` have schemas of their own, all others get `others` (default: deduced);
 * - `list`: an associative list, items found by `keys` (`keyDefaults` for keys an item may leave out);
 * - `set`: a list of distinct scalars;
 * - `atomic`: as a whole;
 * - `deduced`: objects as maps, everything else as a whole.
 */
export type MergeSchema =
  | { readonly type: 'map'; readonly fields: Readonly<Record<string, MergeSchema>>; readonly closed?: boolean }
  | {
      readonly type: 'list';
      readonly keys: readonly string[];
      readonly keyDefaults: JsonObject;
      readonly items: MergeSchema;
    }
  | { readonly type: 'set' }
  | { readonly type: 'atomic' }
  | { readonly type: 'deduced' };

export const ATOMIC: MergeSchema = { type: 'atomic' };
export const SET: MergeSchema = { type: 'set' };
export const DEDUCED: MergeSchema = { type: 'deduced' };

export function map(fields: Readonly<Record<string, MergeSchema>>): MergeSchema {
  return { type: 'map', fields };
}

/** A map with declared fields only: any other is rejected in an apply. */
export function closedMap(fields: Readonly<Record<string, MergeSchema>>): MergeSchema {
  return { type: 'map', fields, closed: true };
}

export function list(keys: readonly string[], items: MergeSchema = DEDUCED, keyDefaults: JsonObject = {}): MergeSchema {
  return { type: 'list', keys: keys.toSorted(), items, keyDefaults };
}

/** The schema of a field below a map or deduced schema. */
export function fieldSchema(schema: MergeSchema, field: string): MergeSchema {
  return schema.type === 'map' ? (schema.fields[field] ?? DEDUCED) : DEDUCED;
}

/** The path element of a list item, as in `fieldsV1`; undefined when a key is missing or not a scalar. */
export function itemElement(schema: MergeSchema, item: JsonValue): string | undefined {
  if (schema.type === 'set') return `v:${JSON.stringify(item)}`;
  if (schema.type !== 'list' || typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  const key: Record<string, JsonValue> = {};
  for (const name of schema.keys) {
    const value = (item as JsonObject)[name] ?? schema.keyDefaults[name];
    if (value === undefined) {
      // Several list types have optional keys; an absent one counts as null, unless it is the only one.
      if (schema.keys.length === 1) return undefined;
      continue;
    }
    if (typeof value === 'object') return undefined;
    key[name] = value;
  }
  return `k:${JSON.stringify(key)}`;
}

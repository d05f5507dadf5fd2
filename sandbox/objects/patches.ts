import { fieldSchema, type MergeSchema } from '../apply/schema.ts';
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  sameJson,
  stringAt,
} from '../base/json.ts';
import { badRequest, StatusError } from '../base/status-error.ts';

/** JSON merge patch (RFC 7386). */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch;
  const result: Record<string, JsonValue | undefined> = { ...(isObject(target) ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** JSON patch (RFC 6902). @throws StatusError 422 for an operation that cannot be carried out */
export function jsonPatch(target: JsonObject, patch: JsonValue): JsonObject {
  if (!isArray(patch)) throw badRequest('cannot unmarshal object into Go value of type jsonpatch.Patch');
  let current: JsonValue = target;
  for (const operation of patch) current = applyOperation(current, operation);
  if (!isObject(current)) throw badRequest('the patched object is not an object');
  return current;
}

function applyOperation(target: JsonValue, operation: JsonValue): JsonValue {
  const path = pointer(stringAt(operation, 'path'));
  const value = isObject(operation) ? operation['value'] : undefined;
  switch (stringAt(operation, 'op') ?? '') {
    case 'add':
      return change(target, path, value ?? null, 'add');
    case 'replace':
      return change(target, path, value ?? null, 'replace');
    case 'remove':
      return change(target, path, undefined, 'remove');
    case 'test':
      if (sameJson(resolve(target, path), value ?? null)) return target;
      throw unprocessable(`testing value ${stringAt(operation, 'path')} failed: test failed`);
    case 'copy':
      return change(target, path, resolve(target, pointer(stringAt(operation, 'from'))), 'add');
    case 'move': {
      const from = pointer(stringAt(operation, 'from'));
      return change(change(target, from, undefined, 'remove'), path, resolve(target, from), 'add');
    }
    default:
      throw unprocessable(`Unexpected kind: ${stringAt(operation, 'op')}`);
  }
}

function unprocessable(message: string): StatusError {
  return new StatusError(422, `the server rejected our request due to an error in our request: ${message}`, {
    reason: 'Invalid',
  });
}

function pointer(text: string | undefined): string[] {
  if (text === undefined || (text !== '' && !text.startsWith('/'))) throw unprocessable('invalid path');
  return text
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function resolve(target: JsonValue, path: readonly string[]): JsonValue {
  let current: JsonValue | undefined = target;
  for (const token of path) {
    current = isArray(current) ? current[Number(token)] : isObject(current) ? current[token] : undefined;
    if (current === undefined) throw unprocessable(`nonexistent path: /${path.join('/')}`);
  }
  return current ?? null;
}

function change(
  target: JsonValue,
  path: readonly string[],
  value: JsonValue | undefined,
  operation: 'add' | 'replace' | 'remove',
): JsonValue {
  const [token, ...rest] = path;
  if (token === undefined) return value ?? null;
  if (isArray(target)) return changeItem(target, token, rest, value, operation);
  if (!isObject(target)) throw unprocessable(`${operation} operation does not apply: doc is missing path`);
  const member = target[token];
  if (member === undefined && (rest.length > 0 || operation !== 'add')) {
    throw unprocessable(
      `${operation} operation does not apply: doc is missing path: /${path.join('/')}: missing value`,
    );
  }
  if (rest.length > 0) return { ...target, [token]: change(member ?? null, rest, value, operation) };
  const { [token]: _old, ...others } = target;
  return operation === 'remove' ? others : { ...target, [token]: value };
}

function changeItem(
  target: JsonArray,
  token: string,
  rest: readonly string[],
  value: JsonValue | undefined,
  operation: 'add' | 'replace' | 'remove',
): JsonArray {
  const index = token === '-' ? target.length : Number(token);
  const limit = operation === 'add' && rest.length === 0 ? target.length : target.length - 1;
  if (!Number.isInteger(index) || index < 0 || index > limit) throw unprocessable(`invalid index referenced: ${token}`);
  const next = [...target];
  if (rest.length > 0) next[index] = change(target[index] ?? null, rest, value, operation);
  else if (operation === 'add') next.splice(index, 0, value ?? null);
  else if (operation === 'replace') next[index] = value ?? null;
  else next.splice(index, 1);
  return next;
}

/** Part of the composite keys of server-side apply that strategic merge does not know. */
const SECONDARY_KEYS = new Set(['protocol', 'whenUnsatisfiable']);

/** Strategic merge patch as kubectl makes it for built-in kinds: merge keys, `$patch`, `$deleteFromPrimitiveList`. */
export function strategicMergePatch(target: JsonValue | undefined, patch: JsonObject, schema: MergeSchema): JsonObject {
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  const retained = patch['$retainKeys'];
  const result: Record<string, JsonValue | undefined> = { ...(isObject(target) ? target : {}) };
  if (isArray(retained)) for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) {
      const field = key.slice(key.indexOf('/') + 1);
      if (key.startsWith('$deleteFromPrimitiveList/')) result[field] = without(result[field], value);
      continue;
    }
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = strategicValue(result[key], value, fieldSchema(schema, key));
  }
  return result;
}

function strategicValue(target: JsonValue | undefined, patch: JsonValue, schema: MergeSchema): JsonValue | undefined {
  if (isObject(patch)) return patch['$patch'] === 'delete' ? undefined : strategicMergePatch(target, patch, schema);
  if (!isArray(patch)) return patch;
  if (schema.type === 'set') return [...new Set([...(isArray(target) ? target : []), ...patch])];
  if (schema.type === 'list') return mergeItems(isArray(target) ? target : [], patch, schema);
  return patch;
}

function mergeItems(target: JsonArray, patch: JsonArray, schema: MergeSchema & { type: 'list' }): JsonArray {
  const key = schema.keys.find((name) => !SECONDARY_KEYS.has(name)) ?? 'name';
  if (patch.some((item) => isObject(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => isObject(item) && item['$patch'] !== 'replace');
  }
  let result = [...target];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const isSame = (other: JsonValue): boolean => isObject(other) && other[key] === item[key];
    if (item['$patch'] === 'delete') {
      result = result.filter((other) => !isSame(other));
      continue;
    }
    const index = result.findIndex(isSame);
    const merged = strategicMergePatch(result[index], item, schema.items);
    if (index === -1) result.push(merged);
    else result[index] = merged;
  }
  return result;
}

function without(target: JsonValue | undefined, removed: JsonValue | undefined): JsonValue | undefined {
  if (!isArray(target) || !isArray(removed)) return target;
  return target.filter((item) => !removed.includes(item));
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')));
}

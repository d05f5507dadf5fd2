import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';

/**
 * A set of field paths in the form of `fieldsV1` (structured-merge-diff): keys are path elements `f:<field>`,
 * `k:<key of a list item>` and `v:<value of a set>`. A node without children is a member; one with children is a
 * member only when it has `.`. The root is never a member: an empty root is the empty set.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export const EMPTY_FIELD_SET: FieldSet = {};
export const FIELD_LEAF: FieldSet = {};

export function isEmptyFieldSet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

function isMember(node: FieldSet): boolean {
  return node['.'] !== undefined || isEmptyFieldSet(node);
}

/** A node from its children and whether it is itself a member; undefined when nothing of it is left. */
export function fieldNode(children: Record<string, FieldSet>, member: boolean): FieldSet | undefined {
  if (isEmptyFieldSet(children)) return member ? FIELD_LEAF : undefined;
  return member ? { '.': FIELD_LEAF, ...children } : children;
}

export function unionFields(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right || isEmptyFieldSet(right)) return left;
  if (isEmptyFieldSet(left)) return right;
  return unionChildren(left, right);
}

function unionChildren(left: FieldSet, right: FieldSet): Record<string, FieldSet> {
  const result: Record<string, FieldSet> = { ...left };
  for (const [element, node] of Object.entries(right)) {
    const other = result[element];
    result[element] = other === undefined ? node : unionNode(other, node);
  }
  return result;
}

function unionNode(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right) return left;
  const member = isMember(left) || isMember(right);
  const { '.': _self, ...children } = unionChildren(left, right);
  return fieldNode(children, member) ?? FIELD_LEAF;
}

/** The members of left that are not members of right. */
export function differenceFields(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmptyFieldSet(left) || isEmptyFieldSet(right)) return left;
  const children = combineChildren(left, right, (own, other) =>
    other === undefined ? own : differenceNode(own, other),
  );
  return children;
}

function differenceNode(left: FieldSet, right: FieldSet): FieldSet | undefined {
  const children = combineChildren(left, right, (own, other) =>
    other === undefined ? own : differenceNode(own, other),
  );
  return fieldNode(children, isMember(left) && !isMember(right));
}

/** The members of both. */
export function intersectFields(left: FieldSet, right: FieldSet): FieldSet {
  return combineChildren(left, right, (own, other) => (other === undefined ? undefined : intersectNode(own, other)));
}

function intersectNode(left: FieldSet, right: FieldSet): FieldSet | undefined {
  const children = combineChildren(left, right, (own, other) =>
    other === undefined ? undefined : intersectNode(own, other),
  );
  return fieldNode(children, isMember(left) && isMember(right));
}

function combineChildren(
  left: FieldSet,
  right: FieldSet,
  combine: (own: FieldSet, other: FieldSet | undefined) => FieldSet | undefined,
): Record<string, FieldSet> {
  const result: Record<string, FieldSet> = {};
  for (const [element, node] of Object.entries(left)) {
    if (element === '.') continue;
    const combined = combine(node, right[element]);
    if (combined !== undefined) result[element] = combined;
  }
  return result;
}

/** The paths of all members as Kubernetes prints them: `.spec.containers[name="a"].image`. */
export function fieldPaths(set: FieldSet, prefix = ''): string[] {
  return Object.entries(set)
    .filter(([element]) => element !== '.')
    .flatMap(([element, node]) => {
      const path = prefix + printElement(element);
      return isMember(node) ? [path, ...fieldPaths(node, path)] : fieldPaths(node, path);
    });
}

function printElement(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const key = JSON.parse(rest) as JsonObject;
  return `[${Object.entries(key)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}]`;
}

export function sameFields(left: FieldSet, right: FieldSet): boolean {
  if (left === right) return true;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => {
    const [own, other] = [left[key], right[key]];
    return own !== undefined && other !== undefined && sameFields(own, other);
  });
}

/** Parses a client's `fieldsV1`; values that are not objects count as members without children. */
export function fieldSetOf(value: JsonValue | undefined): FieldSet {
  if (!isObject(value)) return EMPTY_FIELD_SET;
  const set: Record<string, FieldSet> = {};
  for (const [element, node] of Object.entries(value)) set[element] = fieldSetOf(node);
  return set;
}

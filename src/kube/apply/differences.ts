import {
  type FieldPath,
  hasUniqueNames,
  itemStep,
  parseFieldPath,
  type PathStep,
  valueAtPath,
} from '../../kube-objects/field-path.ts';
import { isRecord, type KubeObject } from '../../kube-objects/kube-object.ts';

/**
 * The paths at which `live` is not what `desired` says. Only what `desired` says counts: fields that the server or
 * others have added are no difference. Values that mean "not set" (empty, false, 0) equal an absent field.
 *
 * Not promised: a value that the server stores in another spelling (`0.5` as `500m`) is a difference here; applying
 * tells the truth.
 */
export function differences(desired: unknown, live: unknown): FieldPath[] {
  const found: FieldPath[] = [];
  compare(desired, live, [], found);
  return found;
}

/**
 * Maps that are replaced as a whole: what is added to one of them by hand changes what it selects. Elsewhere others may
 * add members, and what they add is theirs.
 */
const WHOLE_MAPS: Readonly<Record<string, FieldPath>> = {
  Service: parseFieldPath('spec.selector'),
  Deployment: parseFieldPath('spec.template.spec.nodeSelector'),
  StatefulSet: parseFieldPath('spec.template.spec.nodeSelector'),
  DaemonSet: parseFieldPath('spec.template.spec.nodeSelector'),
};

/** The {@link differences} of an object, and what was added to maps that are desired as a whole. */
export function objectDifferences(desired: KubeObject, live: KubeObject): FieldPath[] {
  const path = WHOLE_MAPS[desired.kind] ?? [];
  const wanted = path.length === 0 ? undefined : valueAtPath(desired, path);
  const found = valueAtPath(live, path);
  if (!isRecord(wanted) || !isRecord(found)) return differences(desired, live);
  const added = Object.keys(found).filter((name) => !Object.hasOwn(wanted, name));
  const places = added.map((name): FieldPath => [...path, { kind: 'member', name }]);
  return [...differences(desired, live), ...places];
}

function compare(desired: unknown, live: unknown, path: readonly PathStep[], found: FieldPath[]): void {
  if (live === undefined || live === null) {
    if (!isUnset(desired)) found.push(path);
  } else if (Array.isArray(desired)) {
    compareLists(desired, live, path, found);
  } else if (isRecord(desired)) {
    if (!isRecord(live)) found.push(path);
    else {
      for (const [name, value] of Object.entries(desired)) {
        compare(value, Object.hasOwn(live, name) ? live[name] : undefined, [...path, { kind: 'member', name }], found);
      }
    }
  } else if (desired !== live) {
    found.push(path);
  }
}

function compareLists(desired: readonly unknown[], live: unknown, path: readonly PathStep[], found: FieldPath[]): void {
  if (!Array.isArray(live)) {
    found.push(path);
  } else if (desired.length > 0 && hasUniqueNames(desired) && hasUniqueNames(live)) {
    const byName = new Map(live.filter(isRecord).map((item) => [item['name'], item]));
    for (const [index, item] of desired.entries()) {
      const counterpart = isRecord(item) ? byName.get(item['name']) : undefined;
      compare(item, counterpart, [...path, itemStep(desired, item, index)], found);
    }
  } else if (desired.length !== live.length) {
    found.push(path);
  } else {
    for (const [index, item] of desired.entries())
      compare(item, live[index], [...path, { kind: 'item', index }], found);
  }
}

/** Go's zero values: an API server leaves such fields out of what it stores. */
function isUnset(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value)) return Object.values(value).every(isUnset);
  return value === null || value === undefined || value === '' || value === false || value === 0;
}

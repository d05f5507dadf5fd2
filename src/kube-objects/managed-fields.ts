import { type FieldPath, type PathStep, valueAtPath } from './field-path.ts';
import { FIELD_MANAGER, isRecord, type KubeObject, type ManagedFieldsEntry, type ObjectHead } from './kube-object.ts';

/** The names of all other managers of an object, the latest first. */
export function otherManagers(object: ObjectHead): string[] {
  const others = (object.metadata.managedFields ?? []).filter((entry) => entry.manager !== FIELD_MANAGER);
  return [...new Set(latestFirst(others).map((entry) => entry.manager ?? ''))].filter((name) => name !== '');
}

/** The managers other than us that own the field at a concrete path, the latest first. */
export function ownersOfField(object: KubeObject, path: FieldPath): string[] {
  const owners = entriesOfField(object, path).filter((entry) => entry.manager !== FIELD_MANAGER);
  return [...new Set(latestFirst(owners).map((entry) => entry.manager ?? ''))].filter((name) => name !== '');
}

/** True when the field at a concrete path is one that we have applied. */
export function isFieldApplied(object: KubeObject, path: FieldPath): boolean {
  return entriesOfField(object, path).some((entry) => entry.manager === FIELD_MANAGER && entry.operation === 'Apply');
}

/**
 * Controllers that that set fields as was declared elsewhere: what scales by HorizontalPodAutoscalers
 * (the controller manager, which single binaries contain) and ScaledObjects, and what queues Jobs.
 */
const DECLARED_CONTROLLERS = /^(kube-controller-manager|k3s|kubelite|keda|cluster-proportional-autoscaler|kueue)/;

/**
 * True when something else has been declared to decide on the field: an autoscaler, or whatever applies it, as GitOps
 * tools do. What was only updated, or applied with kubectl, is a change by hand.
 */
export function isDeclaredElsewhere(object: KubeObject, path: FieldPath): boolean {
  return entriesOfField(object, path).some(({ manager = '', operation }) => {
    if (manager === FIELD_MANAGER) return false;
    return operation === 'Apply' ? !manager.startsWith('kubectl') : DECLARED_CONTROLLERS.test(manager);
  });
}

function entriesOfField(object: KubeObject, path: FieldPath): readonly ManagedFieldsEntry[] {
  return (object.metadata.managedFields ?? []).filter((entry) => owns(entry.fieldsV1 ?? {}, object, path));
}

function latestFirst(entries: readonly ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  return entries.toSorted((left, right) => (right.time ?? '').localeCompare(left.time ?? ''));
}

/**
 * Walks the path through a field set (FieldsV1: `f:` members, `k:` items by key, `v:` items by value, `i:` by index).
 * A set that ends above the path owns all below it: the field there is atomic.
 */
function owns(fields: unknown, object: KubeObject, path: FieldPath): boolean {
  let node: unknown = fields;
  for (const [position, step] of path.entries()) {
    if (!isRecord(node)) return false;
    if (position > 0 && Object.keys(node).every((key) => key === '.')) return true;
    const list = valueAtPath(object, path.slice(0, position));
    const item = valueAtPath(object, path.slice(0, position + 1));
    const key = Object.keys(node).find((candidate) => leadsTo(candidate, step, list, item));
    if (key === undefined) return false;
    node = node[key];
  }
  return isRecord(node);
}

function leadsTo(key: string, step: PathStep, list: unknown, item: unknown): boolean {
  if (step.kind === 'member') return key === `f:${step.name}`;
  if (key.startsWith('k:')) return hasKeyFields(item, key.slice(2));
  if (key.startsWith('v:')) return key.slice(2) === JSON.stringify(item);
  return key.startsWith('i:') && Array.isArray(list) && Number(key.slice(2)) === list.indexOf(item);
}

function hasKeyFields(item: unknown, key: string): boolean {
  try {
    const fields: unknown = JSON.parse(key);
    return isRecord(fields) && isRecord(item) && Object.entries(fields).every(([name, value]) => item[name] === value);
  } catch {
    return false;
  }
}

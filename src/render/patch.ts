import { NautesError } from '../errors/errors.ts';
import { canonicalJson } from '../base/hash.ts';
import { parseYaml, stringifyYaml, YamlError } from '../base/yaml.ts';
import type { ComponentPatch, ComponentTarget } from '../catalog/definition.ts';
import { type FieldPath, formatFieldPath, parseFieldPath, type PathStep } from '../kube-objects/field-path.ts';
import { isRecord, type KubeObject } from '../kube-objects/kube-object.ts';

/**
 * Applies the patches to the objects. Untargeted objects stay the same instances;
 * patched ones are new and share untouched parts.
 * @throws NautesError `PatchUnmatched` when a patch targets none of the objects, or a list element that an
 *   object does not have
 */
export function patchObjects(
  objects: readonly KubeObject[],
  patches: readonly ComponentPatch[],
  component: string,
): readonly KubeObject[] {
  let patched = objects;
  for (const patch of patches) {
    let matched = false;
    patched = patched.map((object) => {
      if (!isTarget(object, patch.target)) return object;
      matched = true;
      return patchObject(object, patch, component);
    });
    if (!matched) throw new NautesError('PatchUnmatched', { component, target: describeTarget(patch.target) });
  }
  return patched;
}

/** True when the target selects the object. */
export function isTarget(object: KubeObject, target: ComponentTarget): boolean {
  return (
    object.kind === target.kind &&
    (target.name === undefined || object.metadata.name === target.name) &&
    (target.apiVersion === undefined || object.apiVersion === target.apiVersion)
  );
}

function describeTarget({ kind, name }: ComponentTarget): string {
  return name === undefined ? kind : `${kind} ${name}`;
}

function patchObject(object: KubeObject, patch: ComponentPatch, component: string): KubeObject {
  let result: unknown = patch.merge === undefined ? object : mergePatch(object, patch.merge);
  try {
    for (const { path, value, create } of patch.set ?? []) {
      result = replaceAt(result, parseFieldPath(path), () => value, create ?? false);
    }
    for (const { path, values } of patch.append ?? []) {
      result = replaceAt(result, parseFieldPath(path), (list) => withValues(list, values), false);
    }
    for (const { path, merge } of patch.documents ?? []) {
      const isEncoded = object.kind === 'Secret' && path.startsWith('data');
      result = replaceAt(result, parseFieldPath(path), (text) => patchDocument(text, merge, isEncoded), false);
    }
  } catch (error) {
    if (!(error instanceof MissingElement || error instanceof YamlError)) throw error;
    const target = `${error.message} in ${describeTarget(patch.target)}`;
    throw new NautesError('PatchUnmatched', { component, target }, { cause: error });
  }
  return result as KubeObject; // a patch changes members of a record, it never replaces the record
}

/** JSON merge patch (RFC 7396): objects are merged, `null` removes, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result = new Map<string, unknown>(isRecord(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), value));
  }
  return Object.fromEntries(result);
}

class MissingElement extends Error {}

/** A YAML document in a string, merged with the patch. Equal content always gives equal text. */
function patchDocument(text: unknown, merge: Readonly<Record<string, unknown>>, isEncoded: boolean): string {
  if (typeof text !== 'string') throw new MissingElement('a document');
  const document = parseYaml(isEncoded ? Buffer.from(text, 'base64').toString() : text);
  const patched = stringifyYaml(mergePatch(document, merge));
  return isEncoded ? Buffer.from(patched).toString('base64') : patched;
}

/**
 * The value with another one at the path, computed from the old one; everything beside the path is shared. Missing
 * members on the path are created; missing list elements only with `create` and a step that names them.
 */
export function replaceAt(
  target: unknown,
  path: FieldPath,
  change: (before: unknown) => unknown,
  create: boolean,
): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return change(target);
  if (step.kind === 'member') {
    const record = isRecord(target) ? target : {};
    const before = Object.hasOwn(record, step.name) ? record[step.name] : undefined;
    return { ...record, [step.name]: replaceAt(before, rest, change, create) };
  }
  const list: readonly unknown[] = Array.isArray(target) ? target : [];
  const result = list.map((element, index) =>
    isElement(step, element, index) ? replaceAt(element, rest, change, create) : element,
  );
  if (step.kind === 'each' || list.some((element, index) => isElement(step, element, index))) return result;
  if (step.kind !== 'named' || !create) throw new MissingElement(formatFieldPath([step]));
  return [...result, replaceAt({ [step.key]: step.value }, rest, change, create)];
}

function isElement(step: PathStep, element: unknown, index: number): boolean {
  if (step.kind === 'each') return true;
  if (step.kind === 'item') return step.index === index;
  return step.kind === 'named' && isRecord(element) && String(element[step.key]) === step.value;
}

/** The list with the values that it does not have appended in order. */
function withValues(list: unknown, values: readonly unknown[]): readonly unknown[] {
  const present: readonly unknown[] = Array.isArray(list) ? list : [];
  const all = new Map<string, unknown>();
  for (const value of values) all.set(canonicalJson(value), value);
  for (const value of present) all.delete(canonicalJson(value));
  return [...present, ...all.values()];
}

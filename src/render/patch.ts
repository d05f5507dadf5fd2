import { NautesError } from '../base/errors.ts';
import type { ComponentPatch, ComponentTarget } from '../catalog/definition.ts';
import { isRecord, type KubeObject } from '../kube/index.ts';

/**
 * The objects with the patches carried out. Objects that no patch is about are the same instances as before;
 * patched ones are new, sharing what was not touched.
 * @throws NautesError `PatchUnmatched` when a patch is about none of the objects.
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
      return patchObject(object, patch);
    });
    if (!matched) {
      const target = [patch.target.kind, patch.target.name].filter(Boolean).join(' ');
      throw new NautesError('PatchUnmatched', { component, target });
    }
  }
  return patched;
}

/** True when the target describes the object. */
export function isTarget(object: KubeObject, target: ComponentTarget): boolean {
  return (
    object.kind === target.kind &&
    (target.name === undefined || object.metadata.name === target.name) &&
    (target.apiVersion === undefined || object.apiVersion === target.apiVersion)
  );
}

function patchObject(object: KubeObject, patch: ComponentPatch): KubeObject {
  let result: unknown = object;
  if (patch.merge !== undefined) result = mergePatch(result, patch.merge);
  for (const { path, value } of patch.set ?? []) result = setAt(result, parsePath(path), value);
  return { ...object, ...(isRecord(result) ? result : {}) };
}

/** JSON merge patch (RFC 7386): objects are merged, `null` removes, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** One step of a path: a member, or the elements of a list whose member has the value. */
type PathStep = { readonly member: string } | { readonly key: string; readonly value: string };

/** Reads `spec.ports[name=web].nodePort`. */
export function parsePath(path: string): readonly PathStep[] {
  const steps: PathStep[] = [];
  for (const match of path.matchAll(/\[([^=\]]+)=([^\]]*)\]|([^.[\]]+)/g)) {
    const [, key, value, member] = match;
    if (member !== undefined) steps.push({ member });
    else if (key !== undefined && value !== undefined) steps.push({ key, value });
  }
  return steps;
}

/** The value with another one at the path; members and list elements on the way that are missing are made. */
export function setAt(target: unknown, path: readonly PathStep[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if ('member' in step) {
    const record: Record<string, unknown> = isRecord(target) ? { ...target } : {};
    record[step.member] = setAt(record[step.member], rest, value);
    return record;
  }
  const list: unknown[] = Array.isArray(target) ? [...target] : [];
  const index = list.findIndex((element) => isRecord(element) && String(element[step.key]) === step.value);
  const position = index < 0 ? list.length : index;
  list[position] = setAt(list[position] ?? { [step.key]: step.value }, rest, value);
  return list;
}

import { expandPath, type FieldPath, parseFieldPath, withoutPath } from '../../kube-objects/field-path.ts';
import { isDeclaredElsewhere, ownersOfField } from '../../kube-objects/managed-fields.ts';
import type { KubeObject } from '../../kube-objects/kube-object.ts';

/** A field that another controller owns by design: once it has set it, we leave it. */
export interface SharedField {
  readonly kind: string;
  readonly name?: string;
  /** Such as `spec.replicas` or `webhooks[*].clientConfig.caBundle`, see `field-path.ts`. */
  readonly path: string;
  /** Name of the manager that sets it; any but kubectl's names counts as well. */
  readonly owner?: string;
}

const parsed = new Map<string, FieldPath>();

function pathOf(field: SharedField): FieldPath {
  const known = parsed.get(field.path);
  if (known !== undefined) return known;
  const path = parseFieldPath(field.path);
  parsed.set(field.path, path);
  return path;
}

/** The shared fields that are about this object. */
export function sharedFieldsOf(object: KubeObject, fields: readonly SharedField[]): SharedField[] {
  return fields.filter(
    ({ kind, name }) => kind === object.kind && (name === undefined || name === object.metadata.name),
  );
}

/**
 * The desired object without the shared fields that another controller has set on the live one. What a person set
 * with kubectl is no controller's: it is forced back like any other field, unless the field's owner is named so.
 */
export function withoutSharedFields(desired: KubeObject, live: KubeObject, fields: readonly SharedField[]): KubeObject {
  let result: KubeObject = desired;
  for (const field of sharedFieldsOf(desired, fields)) {
    for (const path of expandPath(desired, pathOf(field))) {
      const owners = ownersOfField(live, path);
      if (owners.some((owner) => owner === field.owner || !owner.startsWith('kubectl'))) {
        result = withoutPath(result, path) as KubeObject;
      }
    }
  }
  return result;
}

/**
 * The desired object without the defaults that something else has been declared to decide on. Of an object that was
 * adopted all of them are its owner's.
 */
export function withoutHeldDefaults(
  desired: KubeObject,
  live: KubeObject,
  defaulted: readonly FieldPath[],
  isAdopted: boolean,
): KubeObject {
  const held = defaulted.filter((path) => isAdopted || isDeclaredElsewhere(live, path));
  return held.reduce<KubeObject>((object, path) => withoutPath(object, path) as KubeObject, desired);
}

import type { Fields } from '../../resources/field.ts';
import {
  inReplyOrder,
  type ReplyOf,
  type Resource,
  type ResourceKind,
  shownFields,
  type SpecOf,
  wirePath,
} from '../../resources/kind.ts';

/** A resource as replies show it: every field is there, but groups of fields without a value. */
export function resourceReply<F extends Fields>(
  kind: ResourceKind<F>,
  { name, spec }: Resource<SpecOf<F>>,
): ReplyOf<F> {
  const values: Readonly<Record<string, unknown>> = { ...spec };
  const shown: Record<string, unknown> = { name };
  for (const [field, description] of shownFields(kind.fields)) {
    const [key = field, inner] = wirePath(field, description);
    const value = values[field];
    if (inner === undefined) shown[key] = description.type.show(value);
    else if (value !== undefined) shown[key] = { ...(shown[key] as object), [inner]: description.type.show(value) };
  }
  return inReplyOrder(kind, shown) as ReplyOf<F>; // it has every field that is shown
}

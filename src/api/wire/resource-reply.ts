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

/** A resource as replies show it: every field is there, but groups and omitted fields without a value. */
export function resourceReply<F extends Fields>(
  kind: ResourceKind<F>,
  { name, spec }: Resource<SpecOf<F>>,
): ReplyOf<F> {
  const values: Readonly<Record<string, unknown>> = spec;
  const reply: Record<string, unknown> = { name };
  for (const { field, key, inner, show } of membersOf(kind)) {
    const value = values[field];
    const shown = show(value);
    if (shown === undefined) continue;
    if (inner === undefined) reply[key] = shown;
    else if (value !== undefined) reply[key] = { ...(reply[key] as object), [inner]: shown };
  }
  return reply as ReplyOf<F>; // it has every field that is shown
}

interface ReplyMember {
  /** In the spec. */
  readonly field: string;
  readonly key: string;
  /** Where the key is that of a group. */
  readonly inner: string | undefined;
  readonly show: (value: unknown) => unknown;
}

/** Kept, because lists have thousands of replies. */
const members = new WeakMap<ResourceKind, readonly ReplyMember[]>();

/** The members of a kind's replies in their order. */
function membersOf(kind: ResourceKind): readonly ReplyMember[] {
  const known = members.get(kind);
  if (known !== undefined) return known;
  const byKey: Record<string, ReplyMember[]> = {};
  for (const [field, description] of shownFields(kind.fields)) {
    const [key = field, inner] = wirePath(field, description);
    (byKey[key] ??= []).push({ field, key, inner, show: (value) => description.type.show(value) });
  }
  const made = Object.values(inReplyOrder(kind, byKey)).flat();
  members.set(kind, made);
  return made;
}

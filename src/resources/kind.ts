import { snakeCase } from './document-field.ts';
import type { Field, Fields, FieldType, FieldUse, JsonSchema } from './field.ts';

/** The common part of every resource that is stored in a file. */
export interface Resource<Spec = unknown> {
  /** Unique in its kind. */
  readonly name: string;
  /** Identifies this registration: deleting a name and registering it again creates a new one. */
  readonly incarnation: string;
  readonly spec: Spec;
}

/** A reference from one resource to another. */
export interface Reference {
  /** Kind of the referenced resource, e.g. `Cluster`. */
  readonly kind: string;
  /** Field with the reference, as on the wire. */
  readonly field: string;
  /** The index of its kind that is referenced; absent when it is the name. */
  readonly index?: string;
  readonly key: string;
}

/**
 * One kind of resource, described once. The codec of its files, its wire schemas, its documents and flags on the
 * command line, filters and defaults are derived from its fields. Pure data: it runs in a browser and loads fast.
 */
export interface ResourceKind<F extends Fields = Fields> {
  /** As in the field `kind` of files and documents, e.g. `Cluster`. */
  readonly kind: string;
  /** Singular and plural on the command line, e.g. `cluster`, `clusters`. */
  readonly singular: string;
  readonly plural: string;
  readonly short: readonly string[];
  /** Segments of its path below `/api/v1`; `{name}` stands for the resource's name. */
  readonly path: readonly string[];
  /** The fields in the order in which rules are reported. */
  readonly fields: F;
  /** Annotations of the file that are not fields of the spec: key of the resource to the annotation's name. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Annotations with a time (RFC 3339) in the same way; one that is none is ignored. */
  readonly times?: Readonly<Record<string, string>>;
  /** First members of replies after the name, in the order of the original, by name on the wire; the others follow. */
  readonly replyOrder?: readonly string[];
  /** Descriptions of groups of fields, by their name on the wire. */
  readonly groups?: Readonly<Record<string, string>>;
  /** Older spellings in saves. */
  readonly olderSpellings?: OlderSpellings;
  /** Indexes besides the name: an annotation's key, or a text field. */
  readonly indexes: readonly string[];
  references(resource: Resource<SpecOf<F>>): readonly Reference[];
}

/** Older spellings that a save may contain, and their current equivalents. */
export interface OlderSpellings {
  /** Fields that only older versions have, by their names on the wire. */
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly rules: readonly OlderSpelling[];
}

export interface OlderSpelling {
  /** Path on the wire, keys separated by dots. */
  readonly from: string;
  /** Path of the current spelling; absent if the value is no longer used. */
  readonly to?: string;
  /** Whether it applies to the body that contains it. Default: always. */
  readonly applies?: (body: Readonly<Record<string, unknown>>) => boolean;
}

// --- types that follow from fields ----------------------------------------------------------------------------------

type KeysOfUse<F extends Fields, Use extends FieldUse> = {
  [K in keyof F]: F[K]['use'] extends Use ? K : never;
}[keyof F];

type OptionalKeys<F extends Fields> = {
  [K in KeysOfUse<F, 'everywhere' | 'file' | 'shown'>]: F[K]['need'] extends 'optional' ? K : never;
}[KeysOfUse<F, 'everywhere' | 'file' | 'shown'>];

type ValueOf<One> = One extends { readonly type: FieldType<infer Value, infer _Draft, infer _Shown> } ? Value : never;
type DraftValueOf<One> = One extends { readonly type: FieldType<infer _Value, infer Draft, infer _Shown> }
  ? Draft
  : never;
type ShownOf<One> = One extends { readonly type: FieldType<infer _Value, infer _Draft, infer Shown> } ? Shown : never;

type Flat<T> = { readonly [K in keyof T]: T[K] };

/** The spec of a stored resource. */
export type SpecOf<F extends Fields> = Flat<
  { readonly [K in Exclude<KeysOfUse<F, 'everywhere' | 'file' | 'shown'>, OptionalKeys<F>>]: ValueOf<F[K]> } & {
    readonly [K in OptionalKeys<F>]?: ValueOf<F[K]>;
  }
>;

/** A requested resource: normalised spelling, not validated. Empty texts mean "not given". */
export type DraftOf<F extends Fields> = Flat<{
  readonly [K in KeysOfUse<F, 'everywhere' | 'request'>]: DraftValueOf<F[K]>;
}>;

type Snake<T extends string> = T extends `${infer Head}${infer Rest}`
  ? Head extends Uppercase<Head>
    ? Head extends Lowercase<Head>
      ? `${Head}${Snake<Rest>}`
      : `_${Lowercase<Head>}${Snake<Rest>}`
    : `${Head}${Snake<Rest>}`
  : T;

type AtOf<One, Name> =
  One extends Field<infer _V, infer _D, infer _S, infer _U, infer _N, infer At>
    ? string extends At[number]
      ? [Name]
      : At
    : [Name];

type Placed<At, Shown> = At extends readonly [infer Only extends string]
  ? undefined extends Shown
    ? { readonly [K in Snake<Only>]?: Exclude<Shown, undefined> }
    : { readonly [K in Snake<Only>]: Shown }
  : At extends readonly [infer Head extends string, ...infer Rest]
    ? { readonly [K in Snake<Head>]?: Placed<Rest, Shown> }
    : never;

type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** A resource in replies. */
export type ReplyOf<F extends Fields> = Flat<
  { readonly name: string } & Together<
    { [K in KeysOfUse<F, 'everywhere'>]: Placed<AtOf<F[K], K>, ShownOf<F[K]>> }[KeysOfUse<F, 'everywhere'>]
  > & { readonly [K in KeysOfUse<F, 'shown'> & string as Snake<K>]?: ShownOf<F[K]> }
>;

// --- where fields stand ---------------------------------------------------------------------------------------------

/** Keys of the field in documents, from the spec down. */
export function documentPath(name: string, { at }: Field): readonly string[] {
  return at ?? [name];
}

const wirePaths = new WeakMap<Field, readonly string[]>();

/** Keys of the field on the wire. */
export function wirePath(name: string, field: Field): readonly string[] {
  const known = wirePaths.get(field);
  if (known !== undefined) return known;
  const path = documentPath(name, field).map(snakeCase);
  wirePaths.set(field, path); // a field has one name
  return path;
}

/** The fields of a save, by name. */
export function requestFields(fields: Fields): readonly (readonly [name: string, field: Field])[] {
  return Object.entries(fields).filter(([, { use }]) => use === 'everywhere' || use === 'request');
}

/** The fields of a stored resource. */
export function keptFieldsOf(fields: Fields): readonly (readonly [name: string, field: Field])[] {
  return Object.entries(fields).filter(([, { use }]) => use !== 'request');
}

/** The fields of a save that files have as annotations. */
export function annotationFields({
  fields,
}: ResourceKind): readonly { readonly name: string; readonly field: Field; readonly annotation: string }[] {
  return requestFields(fields).flatMap(([name, field]) =>
    typeof field.file === 'object' ? [{ name, field, annotation: field.file.annotation }] : [],
  );
}

/** The fields of replies. */
export function shownFields(fields: Fields): readonly (readonly [name: string, field: Field])[] {
  return Object.entries(fields).filter(([, { use }]) => use === 'everywhere' || use === 'shown');
}

/** Whether the field is required in a save. */
export function isRequired({ use, need, empty, default: fallback }: Field): boolean {
  return use === 'everywhere' && need === 'always' && empty === undefined && fallback === undefined;
}

/** Members of a reply in the order of its kind. */
export function inReplyOrder<T>(
  { replyOrder = [] }: ResourceKind,
  members: Readonly<Record<string, T>>,
): Record<string, T> {
  const first = ['name', ...replyOrder].filter((name) => Object.hasOwn(members, name));
  const names = [...first, ...Object.keys(members).filter((name) => !first.includes(name))];
  return Object.fromEntries(
    names.flatMap((name): [string, T][] => (name in members ? [[name, members[name] as T]] : [])),
  );
}

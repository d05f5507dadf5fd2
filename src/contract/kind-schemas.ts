import { defined } from '../base/defined.ts';
import { type TSchema, type TUnsafe, Type } from 'typebox';
import type { Field, Fields, JsonSchema } from '../resources/field.ts';
import {
  inReplyOrder,
  isRequired,
  type ReplyOf,
  requestFields,
  type ResourceKind,
  shownFields,
  wirePath,
} from '../resources/kind.ts';

/** The schema of an object, with its properties in their order. */
export type ObjectSchema<T> = TUnsafe<T> & { readonly properties: Readonly<Record<string, TSchema>> };

interface ObjectText {
  /** Name in the API description. */
  readonly id: string;
  readonly description?: string;
}

/** The body of a save of the kind, for the decoder and the API description. */
export function saveSchema(kind: ResourceKind, text: ObjectText): ObjectSchema<unknown> {
  const fields = requestFields(kind.fields);
  const properties = placed(kind, fields, (field) => ({ ...field.type.save, ...described(field) }));
  const required = fields.filter(([, field]) => isRequired(field)).flatMap(([name, field]) => wirePath(name, field));
  return objectSchema(text, { ...properties, ...kind.olderSpellings?.properties }, required);
}

/**
 * A resource of the kind in replies: every field, except groups and omitted fields without a value. Clients that do not
 * ask for `application/json` by name get older spellings too.
 */
export function replySchema<F extends Fields>(kind: ResourceKind<F>, text: ObjectText): ObjectSchema<ReplyOf<F>> {
  const properties = { name: { type: 'string' }, ...placed(kind, shownFields(kind.fields), ({ type }) => type.reply) };
  const optional = new Set(
    shownFields(kind.fields).flatMap(([name, field]) => {
      const path = wirePath(name, field);
      return field.isOmitted === true || field.use === 'shown' ? path.slice(0, 1) : groupOf(path);
    }),
  );
  return objectSchema(
    text,
    { ...inReplyOrder(kind, properties), ...kind.olderSpellings?.properties },
    Object.keys(properties).filter((name) => !optional.has(name)),
  );
}

type Properties = Readonly<Record<string, JsonSchema>>;

/** The schemas of fields by their wire paths. */
function placed(
  { groups = {} }: ResourceKind,
  fields: readonly (readonly [name: string, field: Field])[],
  schemaOf: (field: Field) => JsonSchema,
): Properties {
  const properties: Record<string, JsonSchema> = {};
  for (const [name, field] of fields) {
    const [key = name, inner] = wirePath(name, field);
    if (inner === undefined) {
      properties[key] = schemaOf(field);
      continue;
    }
    const group = properties[key] ?? { type: 'object', description: groups[key] };
    properties[key] = { ...group, properties: { ...(group['properties'] as Properties), [inner]: schemaOf(field) } };
  }
  return properties;
}

function groupOf([key, inner]: readonly string[]): readonly (string | undefined)[] {
  return inner === undefined ? [] : [key];
}

function described({ text }: Field): JsonSchema {
  return { description: sentence(text.en) };
}

/** A text of the command line as a sentence. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function objectSchema<T>(
  { id, description }: ObjectText,
  properties: Properties,
  required: readonly string[],
): ObjectSchema<T> {
  return Type.Unsafe<T>({
    $id: id,
    type: 'object',
    ...defined({ description }),
    ...(required.length === 0 ? {} : { required: [...required] }),
    properties,
  }) as ObjectSchema<T>; // made with properties
}

import {
  camelCase,
  type DocumentField,
  type DocumentType,
  field,
  object,
  optionalField,
  text,
  wholeObject,
} from './document-field.ts';
import type { JsonSchema } from './field.ts';
import { documentPath, requestFields, type ResourceKind } from './kind.ts';

/** The fields of a document's spec: the name, the fields of a save, and those of older versions. */
export function documentFields({ fields, olderSpellings }: ResourceKind): readonly DocumentField[] {
  const groups = new Map<string, DocumentField[]>();
  const present: DocumentField[] = [];
  for (const [name, { type, at = [name], isOmitted }] of requestFields(fields)) {
    const [key = name, inner] = at;
    if (inner === undefined) {
      present.push(isOmitted === true ? optionalField(key, type.document) : field(key, type.document));
      continue;
    }
    const group = groups.get(key) ?? [];
    group.push(field(inner, type.document));
    groups.set(key, group);
  }
  const grouped = [...groups].map(([key, members]) => field(key, wholeObject(...members)));
  const older = Object.entries(olderSpellings?.properties ?? {}).map(([name, schema]) =>
    optionalField(camelCase(name), typeOf(schema)),
  );
  return [field('name', text), ...present, ...grouped, ...older];
}

/** The document's form for a schema of texts and objects. */
function typeOf({ properties }: JsonSchema): DocumentType {
  if (typeof properties !== 'object' || properties === null) return text;
  return object(...Object.keys(properties).map((name) => field(camelCase(name), text)));
}

/** A value of a spec under the key or keys that the field has in documents. */
export function documentMembers(
  kind: ResourceKind,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, one] of requestFields(kind.fields)) {
    const [key = name, inner] = documentPath(name, one);
    const value = values[name];
    if (value === undefined) continue;
    members[key] = inner === undefined ? value : { ...(members[key] as object), [inner]: value };
  }
  return members;
}

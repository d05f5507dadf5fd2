import type { DocumentField, DocumentType } from '../../resources/document-field.ts';
import { message, render } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A spec for the wire, and what of the file has no place there. */
export interface ConvertedSpec {
  readonly body: Readonly<Record<string, unknown>>;
  /** Paths of keys that the kind does not have, e.g. `spec.git.gitlap`. They are not sent. */
  readonly unknown: readonly string[];
}

/** A value that cannot be what its field is. */
export class SpecProblem extends Error {
  readonly said: Message;

  constructor(said: Message) {
    super(render(said, 'en'));
    this.name = 'SpecProblem';
    this.said = said;
  }
}

/** Which names the fields have: those of files, or those of the API. */
export type FieldNames = 'yaml' | 'json';

/** What is passed down while a spec is converted. */
interface Conversion {
  readonly names: FieldNames;
  readonly unknown: string[];
}

/** The spec of a document, every scalar as text, in the form of the wire. @throws SpecProblem */
export function convertSpec(
  spec: unknown,
  fields: readonly DocumentField[],
  names: FieldNames = 'yaml',
): ConvertedSpec {
  const unknown: string[] = [];
  const body = convertObject(spec, fields, names === 'yaml' ? 'spec' : '', { names, unknown });
  return { body, unknown };
}

function convertObject(
  value: unknown,
  fields: readonly DocumentField[],
  path: string,
  conversion: Conversion,
): Record<string, unknown> {
  const { names, unknown } = conversion;
  const given = asObject(value ?? {}, path);
  const known = new Set(fields.map((field) => field[names]));
  unknown.push(...Object.keys(given).flatMap((key) => (known.has(key) ? [] : [below(path, key)])));
  const entries = fields.flatMap((field): [string, unknown][] => {
    const { [names]: key, json, type, optional } = field;
    const found = Object.hasOwn(given, key) ? given[key] : undefined;
    if (optional === true && isEmpty(found)) return [];
    return [[json, convert(found, type, below(path, key), conversion)]];
  });
  return Object.fromEntries(entries);
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

const NOTHING = { text: '', flag: false, number: 0, list: null, map: null, object: null } as const;

function convert(value: unknown, type: DocumentType, path: string, conversion: Conversion): unknown {
  const isWhole = type.kind === 'object' && type.whole === true;
  if ((value === undefined || value === null) && !isWhole) return NOTHING[type.kind];
  if (type.kind === 'text') return asText(value, path);
  if (type.kind === 'flag') return asFlag(value, path);
  if (type.kind === 'number') return asNumber(value, path);
  if (type.kind === 'map') return convertMap(value, type.of, path, conversion);
  if (type.kind === 'object') {
    const given = type.short !== undefined && typeof value === 'string' ? { [type.short]: value } : value;
    return convertObject(given, type.fields, path, conversion);
  }
  const { of } = type as Extract<DocumentType, { kind: 'list' }>;
  return asList(value, path).map((item, index) => convert(item, of, `${path}[${index}]`, conversion));
}

function convertMap(value: unknown, of: DocumentType, path: string, conversion: Conversion): Record<string, unknown> {
  const entries = Object.entries(asObject(value, path));
  // A key without a value is a list of nothing there: the original sends null, which servers refuse.
  const isOfLists = of.kind === 'list';
  return Object.fromEntries(
    entries.map(([key, item]) => [key, convert(item ?? (isOfLists ? [] : item), of, `${path}.${key}`, conversion)]),
  );
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '';
}

function asText(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw new SpecProblem(message('Document.notText', { path }));
}

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

function asFlag(value: unknown, path: string): boolean {
  const found = typeof value === 'string' ? FLAGS[value.toLowerCase()] : undefined;
  if (found === undefined) throw new SpecProblem(message('Document.notBoolean', { path }));
  return found;
}

function asNumber(value: unknown, path: string): number {
  if (typeof value === 'string' && /^-?[0-9]{1,15}$/.test(value)) return Number(value);
  throw new SpecProblem(message('Document.notInteger', { path }));
}

function asList(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new SpecProblem(message('Document.notList', { path }));
}

function asObject(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new SpecProblem(message('Document.notFields', { path }));
}

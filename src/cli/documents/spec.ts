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

/** The spec of a document, every scalar as text, in the form of the wire. @throws SpecProblem */
export function convertSpec(spec: unknown, fields: readonly DocumentField[]): ConvertedSpec {
  const unknown: string[] = [];
  const body = convertObject(spec, fields, 'spec', unknown);
  return { body, unknown };
}

function convertObject(
  value: unknown,
  fields: readonly DocumentField[],
  path: string,
  unknown: string[],
): Record<string, unknown> {
  const given = asObject(value ?? {}, path);
  const known = new Set(fields.map(({ yaml }) => yaml));
  unknown.push(...Object.keys(given).flatMap((key) => (known.has(key) ? [] : [`${path}.${key}`])));
  const entries = fields.flatMap(({ yaml, json, type, optional }): [string, unknown][] => {
    const found = Object.hasOwn(given, yaml) ? given[yaml] : undefined;
    if (optional === true && isEmpty(found)) return [];
    return [[json, convert(found, type, `${path}.${yaml}`, unknown)]];
  });
  return Object.fromEntries(entries);
}

const NOTHING = { text: '', flag: false, number: 0, list: null, map: null, object: null } as const;

function convert(value: unknown, type: DocumentType, path: string, unknown: string[]): unknown {
  const isWhole = type.kind === 'object' && type.whole === true;
  if ((value === undefined || value === null) && !isWhole) return NOTHING[type.kind];
  if (type.kind === 'text') return asText(value, path);
  if (type.kind === 'flag') return asFlag(value, path);
  if (type.kind === 'number') return asNumber(value, path);
  if (type.kind === 'map') return convertMap(value, type.of, path, unknown);
  if (type.kind === 'object') return convertObject(value, type.fields, path, unknown);
  const { of } = type as Extract<DocumentType, { kind: 'list' }>;
  return asList(value, path).map((item, index) => convert(item, of, `${path}[${index}]`, unknown));
}

function convertMap(value: unknown, of: DocumentType, path: string, unknown: string[]): Record<string, unknown> {
  const entries = Object.entries(asObject(value, path));
  // A key without a value is a list of nothing there: the original sends null, which servers refuse.
  const isOfLists = of.kind === 'list';
  return Object.fromEntries(
    entries.map(([key, item]) => [key, convert(item ?? (isOfLists ? [] : item), of, `${path}.${key}`, unknown)]),
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

import { sameJson } from '../../base/same-json.ts';
import { camelCase } from '../../resources/document-field.ts';
import type { Token, TokenSource } from './json-text.ts';

/** The part of JSON Schema that describes our messages. */
export interface MessageSchema {
  readonly properties: Readonly<Record<string, unknown>>;
}

interface FieldSchema {
  readonly type?: unknown;
  readonly anyOf?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly additionalProperties?: FieldSchema;
}

/** `port` is a string that is also taken as a number. */
export type FieldKind = 'string' | 'port' | 'boolean' | 'message' | 'map' | 'list';

export interface Field {
  /** Name in the schema. */
  readonly name: string;
  readonly kind: FieldKind;
  /** Fields of a message, or those keys of a map that have a schema of their own. */
  readonly schema: MessageSchema;
  /** Kind of the values of a map whose keys are not in its schema. */
  readonly values: FieldKind;
}

/** A value of the wrong type or a repeated name. The message has the form of protobuf-go's JSON decoder. */
export class JsonTypeError extends Error {
  override readonly name = 'JsonTypeError';
}

export type WireMessage = Record<string, unknown>;

/** A field that was given in two spellings with different values. */
export interface SpellingConflict {
  readonly field: string;
  readonly spellings: readonly [string, string];
}

/**
 * Reads one object as protobuf's JSON mapping defines it: unknown fields are skipped, types are strict, `null` is
 * "not given" (also as a value of a map), a repeated name is an error. Each field is accepted under its name and in camel case.
 * @throws JsonTypeError, JsonSyntaxError
 */
export function decodeDocument(
  source: TokenSource,
  schema: MessageSchema,
): { readonly message: WireMessage; readonly conflicts: readonly SpellingConflict[] } {
  const decoder = new Decoder(source);
  const message = decoder.message(schema, '');
  const rest = source.read();
  if (rest.kind !== 'end') decoder.unexpected(rest);
  return { message, conflicts: decoder.conflicts };
}

const fieldsOfSchema = new WeakMap<MessageSchema, ReadonlyMap<string, Field>>();

/** The fields of a message by every name under which they are accepted. */
export function fieldsOf(schema: MessageSchema): ReadonlyMap<string, Field> {
  const known = fieldsOfSchema.get(schema);
  if (known !== undefined) return known;
  const fields = new Map<string, Field>();
  for (const [name, property] of Object.entries(schema.properties)) {
    const field = fieldOf(name, property as FieldSchema);
    fields.set(name, field);
    fields.set(camelCase(name), field);
  }
  fieldsOfSchema.set(schema, fields);
  return fields;
}

const NO_FIELDS: MessageSchema = { properties: {} };

function fieldOf(name: string, schema: FieldSchema): Field {
  const values = kindOf(schema.additionalProperties ?? {});
  const nested = schema.properties === undefined ? NO_FIELDS : { properties: schema.properties };
  return { name, kind: kindOf(schema), schema: nested, values };
}

function kindOf(schema: FieldSchema): FieldKind {
  if (schema.anyOf !== undefined) return 'port';
  if (schema.type === 'boolean') return 'boolean';
  if (schema.type === 'array') return 'list';
  if (schema.type !== 'object') return 'string';
  return typeof schema.additionalProperties === 'object' ? 'map' : 'message';
}

/** Entries of a map such as the settings of a component or the namespaces of products. */
export const MAXIMUM_MAP_ENTRIES = 1000;

class Decoder {
  readonly conflicts: SpellingConflict[] = [];
  readonly #source: TokenSource;

  constructor(source: TokenSource) {
    this.#source = source;
  }

  message(schema: MessageSchema, path: string): WireMessage {
    this.#expect('objectOpen');
    const fields = fieldsOf(schema);
    const found = new Map<string, unknown>();
    for (let token = this.#source.read(); token.kind !== 'objectClose'; token = this.#source.read()) {
      if (token.kind !== 'name') this.unexpected(token);
      const field = fields.get(token.text);
      if (field === undefined) this.#skip();
      else if (found.has(token.text)) this.#fail(token, `duplicate field ${this.#source.raw(token)}`);
      else found.set(token.text, this.#optional(field, `${path}${field.name}`));
    }
    return this.#merged(fields, found, path);
  }

  /** One value for each field, whichever of its spellings was used. */
  #merged(fields: ReadonlyMap<string, Field>, found: ReadonlyMap<string, unknown>, path: string): WireMessage {
    const message: WireMessage = {};
    for (const [spelling, value] of found) {
      if (value === undefined) continue;
      const name = fields.get(spelling)?.name ?? spelling;
      const other = message[name];
      if (other === undefined || !isGiven(other)) message[name] = value;
      else if (isGiven(value) && !sameJson(other, value)) {
        this.conflicts.push({ field: `${path}${name}`, spellings: [name, camelCase(name)] });
      }
    }
    return message;
  }

  #optional(field: Field, path: string): unknown {
    if (this.#source.peek().kind !== 'null') return this.#field(field, path);
    this.#source.read();
    return undefined;
  }

  #field(field: Field, path: string): unknown {
    if (field.kind === 'message') return this.message(field.schema, `${path}.`);
    if (field.kind === 'map') return this.#map(field, path);
    return field.kind === 'list' ? this.#list() : this.#scalar(field.kind);
  }

  #scalar(kind: 'string' | 'port' | 'boolean'): string | boolean {
    const token = this.#source.read();
    if (kind === 'boolean' && token.kind === 'boolean') return this.#source.raw(token) === 'true';
    if (kind !== 'boolean' && token.kind === 'string') return token.text;
    if (kind === 'port' && token.kind === 'number') return this.#source.raw(token);
    return this.#fail(
      token,
      `invalid value for ${kind === 'boolean' ? 'bool' : 'string'} type: ${this.#source.raw(token)}`,
    );
  }

  #map(field: Field, path: string): Record<string, unknown> {
    this.#expect('objectOpen');
    const special = fieldsOf(field.schema);
    const entries = new Map<string, unknown>();
    for (let token = this.#source.read(); token.kind !== 'objectClose'; token = this.#source.read()) {
      if (token.kind !== 'name') this.unexpected(token);
      if (entries.has(token.text)) this.#fail(token, `duplicate map key ${this.#source.raw(token)}`);
      if (entries.size === MAXIMUM_MAP_ENTRIES) this.#fail(token, `more than ${MAXIMUM_MAP_ENTRIES} map keys`);
      const value = special.get(token.text) ?? {
        name: token.text,
        kind: field.values,
        schema: NO_FIELDS,
        values: 'string',
      };
      entries.set(token.text, this.#mapValue(value, path));
    }
    return Object.fromEntries(entries); // defines also a key `__proto__` as a plain property
  }

  /** The original's command line sends `null` for a key without a list or text, and its server refused that. */
  #mapValue(field: Field, path: string): unknown {
    if (this.#source.peek().kind !== 'null') return this.#field(field, path);
    this.#source.read();
    return field.kind === 'list' ? [] : '';
  }

  #list(): unknown[] {
    this.#expect('arrayOpen');
    return this.#items();
  }

  /** Any JSON value. */
  #value(): unknown {
    const token = this.#source.read();
    if (token.kind === 'null') return null;
    if (token.kind === 'boolean') return this.#source.raw(token) === 'true';
    if (token.kind === 'number') return this.#number(token);
    if (token.kind === 'string') return token.text;
    if (token.kind === 'objectOpen') return this.#object();
    return token.kind === 'arrayOpen' ? this.#items() : this.unexpected(token);
  }

  #number(token: Token): number {
    const raw = this.#source.raw(token);
    const number = Number(raw);
    return Number.isFinite(number) ? number : this.#fail(token, `invalid google.protobuf.Value: ${raw}`);
  }

  #object(): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    for (let token = this.#source.read(); token.kind !== 'objectClose'; token = this.#source.read()) {
      if (token.kind !== 'name') this.unexpected(token);
      if (entries.has(token.text)) this.#fail(token, `duplicate map key ${this.#source.raw(token)}`);
      entries.set(token.text, this.#value());
    }
    return Object.fromEntries(entries);
  }

  #items(): unknown[] {
    const items: unknown[] = [];
    while (this.#source.peek().kind !== 'arrayClose') items.push(this.#value());
    this.#source.read();
    return items;
  }

  /** Passes over any JSON value; names may repeat in what nobody looks at. */
  #skip(): void {
    const token = this.#source.read();
    if (token.kind === 'objectOpen') {
      for (let next = this.#source.read(); next.kind !== 'objectClose'; next = this.#source.read()) {
        if (next.kind !== 'name') this.unexpected(next);
        this.#skip();
      }
    } else if (token.kind === 'arrayOpen') {
      while (this.#source.peek().kind !== 'arrayClose') this.#skip();
      this.#source.read();
    } else if (token.kind === 'end') this.unexpected(token);
  }

  #expect(kind: Token['kind']): void {
    const token = this.#source.read();
    if (token.kind !== kind) this.unexpected(token);
  }

  unexpected(token: Token): never {
    const { line, column } = this.#source.position(token.start);
    const raw = this.#source.raw(token);
    throw new JsonTypeError(`syntax error (line ${line}:${column}): unexpected token ${raw}`);
  }

  #fail(token: Token, problem: string): never {
    const { line, column } = this.#source.position(token.start);
    throw new JsonTypeError(`(line ${line}:${column}): ${problem}`);
  }
}

/** Every version of the original's clients sends empty strings for what is not given. */
function isGiven(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== '';
  return Object.values(value).some(isGiven);
}

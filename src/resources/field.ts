import type { Message, Text } from '../messages/text.ts';
import { message, render } from '../messages/message.ts';
import type { DocumentType } from './document-field.ts';
import type { Violation } from '../errors/violation.ts';

/** JSON Schema as data: descriptions of kinds carry no schema library, so that command lines start without one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A decoded value, with its violations. */
export interface Drafted<Draft> {
  readonly draft: Draft;
  readonly violations: readonly Violation[];
}

/** A valid value, or why there is none. */
export type Completed<Value> = { readonly value: Value | undefined } | { readonly violation: Violation };

/**
 * The type of a field's values: in the file, on the wire, in documents, and in saves.
 * Pure; independent of any kind of resource.
 */
export interface FieldType<Value, Draft = Value, Shown = Value> {
  /** Schema of a save. */
  readonly save: JsonSchema;
  /** Schema of replies. */
  readonly reply: JsonSchema;
  /** Form in documents. */
  readonly document: DocumentType;
  /** The form that a file must have, for messages: `must be <wanted>`. */
  readonly wanted: Message;
  /** Decodes a save's value, whose shape is that of `save`; `undefined` if not given. Not validated. */
  draft(given: unknown, field: string): Drafted<Draft>;
  /** Completes a draft that no rule of its kind concerns; no value if nothing was requested. */
  complete(draft: Draft, field: string): Completed<Value>;
  /** Decodes the file's value; `undefined` if absent. @throws FieldProblem */
  decode(written: unknown, place: string): Value | undefined;
  /** Encodes for the file; the codec omits empty texts and maps. */
  encode(value: Value): unknown;
  /** Encodes for replies, which contain every field. */
  show(value: Value | undefined): Shown;
}

/** Why a file cannot be read, without anything of its content. */
export class FieldProblem extends Error {
  override readonly name = 'FieldProblem';
  readonly said: Message;

  constructor(said: Message) {
    super(render(said, 'en'));
    this.said = said;
  }
}

/** The value at this place is none of the field. */
export function mustBe(place: string, wanted: Message): FieldProblem {
  return new FieldProblem(message('file.mustBe', { place, wanted }));
}

/** The flag of the command line for the field. */
export interface FieldFlag {
  /** As commander takes it, e.g. `--primary-domain <domain>`. */
  readonly syntax: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** Additional text for the command line. */
  readonly text?: Text;
  /** Takes several values, separated by commas, and can be repeated. */
  readonly isList?: true;
}

/**
 * `everywhere`: in saves, files and replies. `file`: in files but not in saves. `request`: in saves but not
 * in the file. `shown`: in files and replies, set by requests of its own and left as it is by saves.
 */
export type FieldUse = 'everywhere' | 'file' | 'request' | 'shown';

/** `always`: a stored resource has a value; `optional`: it may have none. */
export type FieldNeed = 'always' | 'optional';

/** One field of a kind. Its files, wire, documents, help and filters are derived from this description. */
export interface Field<
  Value = unknown,
  Draft = unknown,
  Shown = unknown,
  Use extends FieldUse = FieldUse,
  Need extends FieldNeed = FieldNeed,
  At extends readonly string[] = readonly string[],
> {
  readonly type: FieldType<Value, Draft, Shown>;
  readonly use: Use;
  readonly need: Need;
  /** Its description in every language: help of the command line, and of the API. */
  readonly text: Text;
  /**
   * Its keys in documents, from the spec down; on the wire they are the same in snake case. Default: its own name.
   * A group of more than one key is omitted from replies when the resource has no value.
   */
  readonly at?: At;
  /** Its key in the spec of the file, or its annotation. Default: the first of its keys in documents. */
  readonly file?: string | { readonly annotation: string };
  /** Omitted from replies and documents when the resource has no value: clients accept its absence. */
  readonly isOmitted?: true;
  /** The value for a file without one. */
  readonly empty?: Value;
  /** The default for a save, given the values of the fields before it. */
  readonly default?: (draft: Readonly<Record<string, unknown>>) => Draft;
  /** Lists can be filtered by it: by a part of the value, or by the whole. */
  readonly filter?: 'part' | 'whole';
  readonly flag?: FieldFlag;
}

export type Fields = Readonly<Record<string, Field>>;

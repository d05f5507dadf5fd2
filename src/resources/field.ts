import { render } from '../messages/message.ts';
import type { Message, Text } from '../messages/text.ts';
import type { DocumentType } from './document-field.ts';
import type { Violation } from '../errors/violation.ts';

/** JSON Schema as data: descriptions of kinds carry no schema library, so that command lines start without one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A value as it was asked for, and what is wrong with it. */
export interface Drafted<Draft> {
  readonly draft: Draft;
  readonly violations: readonly Violation[];
}

/** A value that can be kept, or why there is none. */
export type Completed<Value> = { readonly value: Value | undefined } | { readonly violation: Violation };

/**
 * What the values of a field are: in the file, on the wire, in documents, and as they are asked for.
 * Pure; nothing here knows a particular kind of resource.
 */
export interface FieldType<Value, Draft = Value, Shown = Value> {
  /** What a save may give. */
  readonly save: JsonSchema;
  /** What replies show. */
  readonly reply: JsonSchema;
  /** How documents write it. */
  readonly document: DocumentType;
  /** What a file has to have, for messages: `must be <wanted>`. */
  readonly wanted: Message;
  /** Of what a save gives, whose shape is that of `save`; `undefined` where it gives nothing. Nothing is validated. */
  draft(given: unknown, field: string): Drafted<Draft>;
  /** Of a draft that no rule of its kind concerns; no value where nothing was asked for. */
  complete(draft: Draft, field: string): Completed<Value>;
  /** Of what the file has at this place; `undefined` for nothing. @throws FieldProblem */
  decode(written: unknown, place: string): Value | undefined;
  /** What the file has; empty texts and maps are left out by the codec. */
  encode(value: Value): unknown;
  /** For replies, in which every field is there. */
  show(value: Value | undefined): Shown;
}

/** Why a file cannot be read, without anything of its content. */
export class FieldProblem extends Error {
  override readonly name = 'FieldProblem';
}

/** The value at this place is none of the field. */
export function mustBe(place: string, wanted: Message): FieldProblem {
  return new FieldProblem(`${place} must be ${render(wanted, 'en')}`);
}

/** A flag of the command line that gives the field. */
export interface FieldFlag {
  /** As commander takes it, e.g. `--primary-domain <domain>`. */
  readonly syntax: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** Where the command line has more to say than the field. */
  readonly text?: Text;
}

/**
 * `everywhere`: asked for, kept in the file and shown. `file`: kept and not asked for. `request`: asked for and not kept
 * in the file.
 */
export type FieldUse = 'everywhere' | 'file' | 'request';

/** `always`: a resource that is kept has a value; `optional`: it may have none. */
export type FieldNeed = 'always' | 'optional';

/** One field of a kind: everything that files, the wire, documents, help and filters say of it follows from this. */
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
  /** What it is, in every language: help of the command line, description in the API. */
  readonly text: Text;
  /**
   * Its keys in documents, from the spec down; those on the wire are the same in snake case. Left out: its own name.
   * A group of more than one key is left out of replies when the resource has no value.
   */
  readonly at?: At;
  /** Its key in the spec of the file, or an annotation that holds it. Left out: the first of its keys in documents. */
  readonly file?: string | { readonly annotation: string };
  /** The value of a file that has none. */
  readonly empty?: Value;
  /** What is asked for when a save gives nothing; given what the fields before it ask for. */
  readonly default?: (draft: Readonly<Record<string, unknown>>) => Draft;
  /** Lists can be filtered by it: by a part of the value, or by the whole. */
  readonly filter?: 'part' | 'whole';
  readonly flag?: FieldFlag;
}

export type Fields = Readonly<Record<string, Field>>;

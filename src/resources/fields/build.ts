import type { Field, FieldNeed, FieldType, FieldUse } from '../field.ts';

type Rest<Value, Draft, Shown, At extends readonly string[]> = Omit<
  Field<Value, Draft, Shown, FieldUse, FieldNeed, At>,
  'type' | 'use' | 'need'
>;

/** A field in saves, files and replies. */
export function field<Value, Draft, Shown, const At extends readonly string[] = readonly string[]>(
  type: FieldType<Value, Draft, Shown>,
  rest: Rest<Value, Draft, Shown, At>,
): Field<Value, Draft, Shown, 'everywhere', 'always', At> {
  return { type, use: 'everywhere', need: 'always', ...rest };
}

/** An optional field. */
export function optionalField<Value, Draft, Shown, const At extends readonly string[] = readonly string[]>(
  type: FieldType<Value, Draft, Shown>,
  rest: Rest<Value, Draft, Shown, At>,
): Field<Value, Draft, Shown, 'everywhere', 'optional', At> {
  return { type, use: 'everywhere', need: 'optional', ...rest };
}

/** A field of the file that a save cannot set. */
export function fileField<Value, Draft, Shown, const At extends readonly string[] = readonly string[]>(
  type: FieldType<Value, Draft, Shown>,
  rest: Rest<Value, Draft, Shown, At>,
): Field<Value, Draft, Shown, 'file', 'always', At> {
  return { type, use: 'file', need: 'always', ...rest };
}

/** A field that requests of its own set; absent in replies while the resource has none. */
export function shownField<Value, Draft, Shown, const At extends readonly string[] = readonly string[]>(
  type: FieldType<Value, Draft, Shown>,
  rest: Rest<Value, Draft, Shown, At>,
): Field<Value, Draft, Shown, 'shown', 'optional', At> {
  return { type, use: 'shown', need: 'optional', ...rest };
}

/** A field of saves that the file does not have. */
export function requestField<Value, Draft, Shown, const At extends readonly string[] = readonly string[]>(
  type: FieldType<Value, Draft, Shown>,
  rest: Rest<Value, Draft, Shown, At>,
): Field<Value, Draft, Shown, 'request', 'optional', At> {
  return { type, use: 'request', need: 'optional', ...rest };
}

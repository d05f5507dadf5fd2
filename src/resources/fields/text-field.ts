import { text as documentText } from '../document-field.ts';
import { FieldProblem, type FieldType } from '../field.ts';
import { asOptionalText } from './values.ts';

export interface TextRules {
  /** A save has to give it: the rule of the original, reported before all others. */
  readonly isRequired?: true;
  /** Longest value that is taken. */
  readonly maximumLength?: number;
  /** What a value has to match. */
  readonly pattern?: RegExp;
  /** What matches, for messages: `must be <wanted>`. */
  readonly wanted?: string;
  /** A more particular reading of the file's value. @throws FieldProblem */
  readonly decode?: (text: string, place: string) => string;
}

/** Text on one field; an empty one is the same as none. */
export function text(rules: TextRules = {}): FieldType<string, string, string> {
  const { isRequired, maximumLength, pattern, wanted = 'text', decode = (value: string) => value } = rules;
  return {
    save: { type: 'string', ...(isRequired === true ? { minLength: 1 } : {}) },
    reply: { type: 'string' },
    document: documentText,
    wanted,
    draft: (given) => ({ draft: typeof given === 'string' ? given : '', violations: [] }),
    complete: (draft, field) => {
      if (draft === '') return { value: undefined };
      if (maximumLength !== undefined && draft.length > maximumLength) {
        return { violation: { field, message: `is longer than ${maximumLength} characters`, remedy: 'Shorten it.' } };
      }
      if (pattern !== undefined && !pattern.test(draft)) {
        return { violation: { field, message: `must be ${wanted}`, remedy: 'Correct it.' } };
      }
      return { value: draft };
    },
    decode: (written, place) => {
      const value = asOptionalText(written, place);
      if (value === undefined) return undefined;
      if ((maximumLength !== undefined && value.length > maximumLength) || pattern?.test(value) === false) {
        throw new FieldProblem(`${place} must be ${wanted}`);
      }
      return decode(value, place);
    },
    encode: (value) => value,
    show: (value) => value ?? '',
  };
}

/** One of a few texts. On the wire it is any text unless `isEnum` says that the original had a rule for it. */
export function choice<const Value extends string>(
  values: readonly Value[],
  rules: { readonly isRequired?: true; readonly isEnum?: true } = {},
): FieldType<Value, string, string> {
  const wanted = values.join(' or ');
  const find = (value: unknown): Value | undefined => values.find((one) => one === value);
  return {
    ...text(),
    save: {
      type: 'string',
      ...(rules.isEnum === true ? { enum: [...values] } : rules.isRequired === true ? { minLength: 1 } : {}),
    },
    wanted,
    complete: (draft, field) => {
      const value = find(draft);
      if (draft === '' || value !== undefined) return { value };
      return { violation: { field, message: `must be ${wanted}`, remedy: `Give ${wanted}.` } };
    },
    decode: (written, place) => {
      if (asOptionalText(written, place) === undefined) return undefined;
      const value = find(written);
      if (value === undefined) throw new FieldProblem(`${place} must be ${wanted}`);
      return value;
    },
    encode: (value) => value,
    show: (value) => value ?? '',
  };
}

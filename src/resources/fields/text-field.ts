import { oneOf } from '../../errors/one-of.ts';
import { action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { text as documentText } from '../document-field.ts';
import { type FieldType, mustBe } from '../field.ts';
import { asOptionalText } from './values.ts';

export interface TextRules {
  /** Required in a save: the original's rule, reported before all others. */
  readonly isRequired?: true;
  /** Maximum length. */
  readonly maximumLength?: number;
  /** Pattern that a value must match. */
  readonly pattern?: RegExp;
  /** Description of the pattern, for messages: `must be <wanted>`. */
  readonly wanted?: Message;
  /** A more specific decoder of the file's value. @throws FieldProblem */
  readonly decode?: (text: string, place: string) => string;
}

/** A string; an empty one means none. */
export function text(rules: TextRules = {}): FieldType<string, string, string> {
  const {
    isRequired,
    maximumLength,
    pattern,
    wanted = message('wanted.text'),
    decode = (value: string) => value,
  } = rules;
  return {
    save: { type: 'string', ...(isRequired === true ? { minLength: 1 } : {}) },
    reply: { type: 'string' },
    document: documentText,
    wanted,
    draft: (given) => ({ draft: typeof given === 'string' ? given : '', violations: [] }),
    complete: (draft, field) => {
      if (draft === '') return { value: undefined };
      if (maximumLength !== undefined && draft.length > maximumLength) {
        const said = message('ClusterInvalid.tooLong', { maximum: maximumLength });
        return { violation: { field, said, action: action('ShortenIt') } };
      }
      if (pattern !== undefined && !pattern.test(draft)) {
        const said = message('ClusterInvalid.mustBe', { wanted });
        return { violation: { field, said, action: action('CorrectIt') } };
      }
      return { value: draft };
    },
    decode: (written, place) => {
      const value = asOptionalText(written, place);
      if (value === undefined) return undefined;
      if ((maximumLength !== undefined && value.length > maximumLength) || pattern?.test(value) === false) {
        throw mustBe(place, wanted);
      }
      return decode(value, place);
    },
    encode: (value) => value,
    show: (value) => value ?? '',
  };
}

/** An enumeration. On the wire it is any string unless `isEnum` says that the original validated it. */
export function choice<const Value extends string>(
  values: readonly Value[],
  rules: { readonly isRequired?: true; readonly isEnum?: true } = {},
): FieldType<Value, string, string> {
  const options = oneOf(values);
  const wanted = message('wanted.option', { options });
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
      const said = message('ClusterInvalid.mustBe', { wanted });
      return { violation: { field, said, action: action('GiveOneOf', { values: options }) } };
    },
    decode: (written, place) => {
      if (asOptionalText(written, place) === undefined) return undefined;
      const value = find(written);
      if (value === undefined) throw mustBe(place, wanted);
      return value;
    },
    encode: (value) => value,
    show: (value) => value ?? '',
  };
}

import { Option } from 'commander';
import { requestFields, type ResourceKind } from '../../resources/kind.ts';
import type { Language } from '../../messages/text.ts';

/** A flag and the field that it gives. */
export interface FieldOption {
  readonly field: string;
  readonly option: Option;
}

/** The flags of a kind's fields that have one, in the reader's language. */
export function fieldOptions({ fields }: ResourceKind, language: Language): readonly FieldOption[] {
  return requestFields(fields).flatMap(([field, { flag, text }]) => {
    if (flag === undefined) return [];
    const option = new Option(flag.syntax, (flag.text ?? text)[language]);
    if (flag.choices !== undefined) option.choices(flag.choices);
    if (flag.isList === true) option.argParser(collectList);
    if (flag.default !== undefined) option.default(flag.default);
    return [{ field, option }];
  });
}

/** `a,b` and again `c` are three values. */
function collectList(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((name) => name.trim())].filter((name) => name !== '');
}

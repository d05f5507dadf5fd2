import { fill } from '../../../src/messages/fill.ts';
import type { ParamArguments, Placeholder, Text } from '../../../src/messages/text.ts';
import { language } from '../app/language.ts';
import { cluster } from './cluster.ts';
import { clusters } from './clusters.ts';
import { general } from './general.ts';
import { keys } from './keys.ts';
import { list } from './list.ts';
import { pages } from './pages.ts';
import { receipts } from './receipts.ts';
import { register } from './register.ts';
import { tokens } from './tokens.ts';

/** Every text of the console, in both languages. The compiler refuses one that lacks a language or a placeholder. */
export const table = {
  ...general,
  ...clusters,
  ...cluster,
  ...receipts,
  ...register,
  ...pages,
  ...list,
  ...keys,
  ...tokens,
} as const;

export type TextId = keyof typeof table;

/** Those without placeholders. */
export type PlainTextId = { [Id in TextId]: Placeholder<(typeof table)[Id]['en']> extends never ? Id : never }[TextId];

/** The text in the language of the page, with its placeholders filled. */
export function t<Id extends TextId>(
  id: Id,
  ...[params]: ParamArguments<Placeholder<(typeof table)[Id]['en']>>
): string {
  const text: Text = table[id];
  return fill(text[language()], params ?? {}, SEPARATORS, ({ id: nested }) => nested);
}

const SEPARATORS = { list: ', ', messages: '; ' };

/** The text of a name that a server of another version may have more of, or the name itself. */
export function textOfName(prefix: string, name: string): string {
  const texts: Readonly<Record<string, Text>> = table;
  const id = `${prefix}.${name}`;
  return Object.hasOwn(texts, id) ? (texts[id]?.[language()] ?? name) : name;
}

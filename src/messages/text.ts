/** The languages that every text has. */
export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/**
 * A text in every language. `{name}` is a placeholder, `{name:kind}` one that takes something else than a word or a
 * number: see `ParamKinds`. All languages have the same placeholders. A text is a plain literal on one line: of one that
 * is put together with `+` the compiler knows no placeholders and refuses it.
 */
export type Text = { readonly [L in Language]: string };

/** A text that its writer may have given for all readers alike, without translations. */
export type LocalizedText = string | Text;

/** The text for a reader of the language. */
export function textIn(text: LocalizedText, language: Language): string {
  return typeof text === 'string' ? text : text[language];
}

/** Something to say to people: which text, and what fills its placeholders. Data: it can be stored and sent. */
export interface Message {
  /** A reason (`ComponentReady`), or a reason and a variant where one reason has several texts. */
  readonly id: string;
  readonly params: Params;
}

/** What the placeholders of each kind take; `{name}` without a kind is `text`. */
export interface ParamKinds {
  readonly text: string | number;
  /** Strings, shown one after the other. */
  readonly list: readonly string[];
  /** A message within the message, in the same language. */
  readonly message: Message;
  /** Messages, shown one after the other. */
  readonly messages: readonly Message[];
}
export type Param = ParamKinds[keyof ParamKinds];
export type Params = Readonly<Record<string, Param>>;

/** The placeholders of a template: `'{a} of {b:list}'` -> `'a' | 'b:list'`. */
export type Placeholder<T extends string> = T extends `${string}{${infer P}}${infer Rest}`
  ? P | Placeholder<Rest>
  : never;

type NameOf<P extends string> = P extends `${infer Name}:${string}` ? Name : P;
type KindOf<P extends string> = P extends `${string}:${infer Kind}` ? Kind : 'text';
type ParamOf<P extends string> = KindOf<P> extends keyof ParamKinds ? ParamKinds[KindOf<P>] : never;

/** What fills templates with these placeholders. */
export type ParamsOf<P extends string> = { readonly [Each in P as NameOf<Each>]: ParamOf<Each> };

/** The last arguments of a function that takes params: they can be left out where there are no placeholders. */
export type ParamArguments<P extends string, Rest extends readonly unknown[] = []> = [P] extends [never]
  ? [params?: Readonly<Record<string, never>>, ...rest: Rest]
  : [params: ParamsOf<P>, ...rest: Rest];

/** The text if it is one: literals with the same placeholders in both languages, each of a kind that there is. */
export type CheckedText<T extends Text> = string extends T['en'] | T['zh']
  ? { readonly en: 'has to be a literal'; readonly zh: 'has to be a literal' }
  : KindOf<Placeholder<T['en']>> extends keyof ParamKinds
    ? [Placeholder<T['en']>, Placeholder<T['zh']>] extends [Placeholder<T['zh']>, Placeholder<T['en']>]
      ? T
      : { readonly zh: `has to have the placeholders of en: ${Placeholder<T['en']>}` }
    : { readonly en: `has a placeholder of no known kind: ${Placeholder<T['en']>}` };

type CheckedTexts<T extends Readonly<Record<string, Text>>> = { readonly [Id in keyof T]: CheckedText<T[Id]> };

/** Entries of the catalogue, as they are; the compiler checks them. */
export function texts<const T extends Readonly<Record<string, Text>>>(entries: T & CheckedTexts<T>): T {
  return entries;
}

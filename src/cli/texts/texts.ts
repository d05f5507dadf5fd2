import type { Language } from '../../messages/text.ts';
import type { englishHelp } from './english-help.ts';
import type { englishOutput } from './english-output.ts';
import type { Words } from './words.ts';

/** Descriptions of commands, arguments and options, and the words around them. */
export type HelpTexts = Widened<typeof englishHelp>;

/** Everything else that is said. */
export type OutputTexts = Widened<typeof englishOutput>;

export interface Texts {
  readonly language: Language;
  readonly help: HelpTexts;
  readonly output: OutputTexts;
  readonly words: Words;
}

/** The same shape with any text in the place of each. */
type Widened<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : T extends readonly string[]
      ? readonly string[]
      : { readonly [K in keyof T]: Widened<T[K]> };

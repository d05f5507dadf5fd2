import type { NautesError } from '../../errors/errors.ts';
import type { englishHelp } from './english-help.ts';
import type { englishOutput } from './english-output.ts';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** Descriptions of commands, arguments and options, and the words around them. */
export type HelpTexts = Widened<typeof englishHelp>;

/** Everything else that is said. */
export type OutputTexts = Widened<typeof englishOutput>;

/** Names and messages of the server in the reader's words. Where there are none, the server's own are good. */
export interface Words {
  /** A stage (a type of condition) or a component, e.g. `components/argocd`. */
  subject(subject: string): string;
  phase(phase: string): string;
  role(role: string): string;
  action(action: string): string;
  /** Of a condition, an event, a finding or an error; the reason in either spelling. */
  message(reason: string, message: string): string;
  remedy(reason: string, remedy: string): string;
  /** The text beside a field or a finding: a message and a remedy in one. */
  violation(subject: string, text: string): string;
  error(error: NautesError): { readonly message: string; readonly remedy: string };
}

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

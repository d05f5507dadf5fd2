import type { CheckedText, Text } from './text.ts';

/** How a person meets the product: by programs of their own, on the command line, or in the console. */
export const readers = ['api', 'cli', 'console'] as const;
export type Reader = (typeof readers)[number];

/**
 * The wording of an action: one text for all, one for each reader, or one for the command line alone where the action is
 * done there, also by those who run the server. Requests, parameters and fields of the API stand
 * only in the wording for `api`, flags and commands of `nautes` only in that for `cli`, pages only in that for `console`.
 */
export type ActionTexts = Text | { readonly [R in Reader]: Text } | { readonly cli: Text };

type CheckedWordings<T> = T extends Text
  ? CheckedText<T>
  : { readonly [R in keyof T]: T[R] extends Text ? CheckedText<T[R]> : never };

type CheckedActions<T extends Readonly<Record<string, ActionTexts>>> = {
  readonly [Id in keyof T]: CheckedWordings<T[Id]>;
};

/** Entries of the catalogue of actions, as they are; the compiler checks them. */
export function actionTexts<const T extends Readonly<Record<string, ActionTexts>>>(entries: T & CheckedActions<T>): T {
  return entries;
}

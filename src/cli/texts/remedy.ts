import { renderAction } from '../../messages/action.ts';
import { actionFromJson } from '../../messages/from-json.ts';
import type { Language } from '../../messages/text.ts';

/** A remedy as the API sends it: its own words, and the action as data where the server knows one. */
export interface RemedyView {
  readonly remedy?: string;
  readonly action?: { readonly id: string; readonly params: Readonly<Record<string, unknown>> };
}

/** What to do, in the words of the command line; those of the API for an action that this version does not know. */
export function remedyText({ remedy = '', action }: RemedyView, language: Language): string {
  const known = action === undefined ? undefined : actionFromJson(action);
  return (known === undefined ? undefined : renderAction(known, 'cli', language)) ?? remedy;
}

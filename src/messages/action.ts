import { type ActionId, actions } from './actions/index.ts';
import type { ActionTexts, Reader } from './action-texts.ts';
import { bounded } from './bounds.ts';
import { fill, mentioned } from './fill.ts';
import { render, separators } from './message.ts';
import type { Language, ParamArguments, Params, Placeholder, Text } from './text.ts';

type WordingsOf<T> = T extends { readonly en: string } ? T['en'] : T extends object ? WordingsOf<T[keyof T]> : never;

/** The placeholders of an action, in the wordings for all readers together. */
export type ActionPlaceholder<Id extends ActionId> = Placeholder<WordingsOf<(typeof actions)[Id]>>;

/** Something that a person can do, with its subject. Each reader is told in its own words: see `renderAction`. */
export interface Action {
  readonly id: string;
  readonly params: Params;
}

export function action<Id extends ActionId>(id: Id, ...[params]: ParamArguments<ActionPlaceholder<Id>>): Action {
  return { id, params: bounded(params ?? {}) };
}

const texts: Readonly<Record<string, ActionTexts>> = actions;

/** The action with those of the details that its wordings speak of. */
export function actionAbout(id: ActionId, details: Params): Action {
  const templates = wordingsOf(actions[id]).map(({ en }) => en);
  return { id, params: bounded(mentioned(templates, details)) };
}

function wordingsOf(wordings: ActionTexts): readonly Text[] {
  return 'en' in wordings ? [wordings] : Object.values(wordings);
}

/** What to do in words for that reader; undefined for an action of another version, which is not known here. */
export function renderAction({ id, params }: Action, reader: Reader, language: Language): string | undefined {
  const wordings = Object.hasOwn(texts, id) ? texts[id] : undefined;
  if (wordings === undefined) return undefined;
  const template = wordingFor(wordings, reader)[language];
  return fill(template, params, separators[language], (nested) => render(nested, language));
}

function wordingFor(wordings: ActionTexts, reader: Reader): Text {
  if ('en' in wordings) return wordings;
  return 'api' in wordings ? wordings[reader] : wordings.cli;
}

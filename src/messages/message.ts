import { catalogue } from './catalogue/index.ts';
import { fill, mentioned, type Separators } from './fill.ts';
import { bounded } from './bounds.ts';
import type { Language, Message, Param, ParamArguments, Params, ParamsOf, Placeholder, Text } from './text.ts';

/** The id of a text of the catalogue. */
export type MessageId = keyof typeof catalogue;

/** The placeholders of a text of the catalogue. */
export type PlaceholderOf<Id extends MessageId> = Placeholder<(typeof catalogue)[Id]['en']>;

/** What fills the placeholders of a text of the catalogue. */
export type MessageParams<Id extends MessageId> = ParamsOf<PlaceholderOf<Id>>;

/**
 * A message with what fills its placeholders, e.g. `message('ComponentReady', { name, version })`. Long texts are cut:
 * they can come from a peer.
 */
export function message<Id extends MessageId>(id: Id, ...[params]: ParamArguments<PlaceholderOf<Id>>): Message {
  return { id, params: bounded(params ?? {}) };
}

/** A message with those of the details that its text has a placeholder for. */
export function messageAbout(id: MessageId, details: Params): Message {
  return { id, params: bounded(mentioned([catalogue[id].en], details)) };
}

/** Words that there is no text for: names, codes, and what an earlier version has stored. */
export function verbatim(text: string): Message {
  return message('Text', { text });
}

/** Words of another program, such as an API server or Git; texts in Chinese mark them as a quotation. */
export function quoted(text: string): Message {
  return text === '' ? verbatim('') : message('Quoted', { text });
}

/** True for the message without words. */
export function isEmptyMessage({ id, params }: Message): boolean {
  return id === 'Text' && params['text'] === '';
}

const texts: Readonly<Record<string, Text>> = catalogue;

/** What stands between the entries of lists. */
export const separators: Readonly<Record<Language, Separators>> = {
  en: { list: ', ', messages: '; ' },
  zh: { list: '、', messages: '；' },
};

/** False for a message of another version, and for one within which there is such a message. */
export function isKnown({ id, params }: Message): boolean {
  return Object.hasOwn(texts, id) && Object.values(params).every(isKnownParam);
}

function isKnownParam(param: Param): boolean {
  if (Array.isArray(param)) return param.every(isKnownParam);
  return typeof param !== 'object' || isKnown(param as Message);
}

/** The message in words. One of another version, whose id is not known here, is shown as its id and params. */
export function render(said: Message, language: Language): string {
  const say = (nested: Message): string => render(nested, language);
  const text = Object.hasOwn(texts, said.id) ? texts[said.id] : undefined;
  const template = text === undefined ? unknownTemplate(said) : text[language];
  return fill(template, said.params, separators[language], say);
}

function unknownTemplate({ id, params }: Message): string {
  const shown = Object.keys(params).map((name) => `${name}: {${name}}`);
  return shown.length === 0 ? id : `${id} (${shown.join(', ')})`;
}

import { negotiateLanguage } from '../../../src/messages/language.ts';
import { type Language, languages } from '../../../src/messages/text.ts';
import { stored, store } from './stored.ts';

const KEY = 'language';
const TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

let current = initial();
const listeners = new Set<() => void>();

/** The language of the page. */
export function language(): Language {
  return current;
}

/** Its tag for `lang` attributes and `Intl`. */
export function languageTag(of: Language = current): string {
  return TAGS[of];
}

export function setLanguage(chosen: Language): void {
  store(KEY, chosen);
  current = chosen;
  document.documentElement.lang = languageTag();
  for (const listener of listeners) listener();
}

/** For `useSyncExternalStore`. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What was chosen here before, else what the browser prefers. */
function initial(): Language {
  const before = stored(KEY);
  const found = languages.find((each) => each === before) ?? negotiateLanguage(navigator.languages.join(','));
  document.documentElement.lang = languageTag(found);
  return found;
}

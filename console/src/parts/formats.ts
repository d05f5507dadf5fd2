import { languageTag } from '../app/language.ts';

/** A format of `Intl` in the language of the page. Each is made once: to make one takes longer than to use it a hundred times. */
export function perLanguage<T>(make: (tag: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const tag = languageTag();
    const before = made.get(tag);
    if (before !== undefined) return before;
    const format = make(tag);
    made.set(tag, format);
    return format;
  };
}

import type { Language } from './text.ts';

/** Languages that are read of one header; what follows is not read. */
const MAX_RANGES = 50;

/**
 * The language for a header `Accept-Language` (RFC 9110, 12.5.4): that of the supported range with the greatest weight,
 * the first of equals; English when none is asked for or none is supported.
 */
export function negotiateLanguage(header: string | undefined): Language {
  let best: { readonly language: Language; readonly weight: number } | undefined;
  for (const range of (header ?? '').split(',', MAX_RANGES)) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const language = languageOf(tag);
    const weight = weightOf(parameters);
    if (language !== undefined && weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language ?? 'en';
}

function languageOf(tag: string): Language | undefined {
  const [primary] = tag.split('-', 1);
  if (primary === 'zh') return 'zh';
  return primary === 'en' || primary === '*' ? 'en' : undefined;
}

/** 1 when there is none, 0 (not wanted) when it cannot be read. */
function weightOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  if (given === undefined) return 1;
  return /^q=(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(given) ? Number(given.slice(2)) : 0;
}

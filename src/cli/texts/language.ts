import type { Language } from '../../messages/text.ts';

/** `--lang`, else the locale of the environment as POSIX orders its variables, else English. */
export function chooseLanguage(args: readonly string[], environment: NodeJS.ProcessEnv): Language {
  const asked = askedFor(args);
  const locale = asked ?? (environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '');
  return /^zh/i.test(locale) ? 'zh' : 'en';
}

/** Looked for before anything is read, because the words of the reading depend on it. */
function askedFor(args: readonly string[]): string | undefined {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const at = options.lastIndexOf('--lang');
  const joined = options.findLast((word) => word.startsWith('--lang='));
  return joined?.slice('--lang='.length) ?? (at < 0 ? undefined : options[at + 1]);
}

/** Names that `src/base` must not have: it is free of what this program is about. */

/** Words of the domain, as they occur within identifiers. */
const DOMAIN_WORDS = [
  'cluster',
  'tenant',
  'kube',
  'vault',
  'gitea',
  'gitlab',
  'nautes',
  'catalog',
  'component',
  'registration',
  'onboarding',
  'offboarding',
  'credential',
  'inventory',
];

/** Comments, texts and regular expressions are left out: only names count. */
const NOT_NAMES = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
const NAME = /[A-Za-z_$][\w$]*/g;

/** The identifiers of a file of `src/base` with a word of the domain in them. */
export function baseWordProblems(file: string, text: string): string[] {
  if (!file.startsWith('src/base/')) return [];
  const names = new Set(text.replaceAll(NOT_NAMES, ' ').match(NAME) ?? []);
  return [...names].flatMap((name) => {
    const word = DOMAIN_WORDS.find((domain) => name.toLowerCase().includes(domain));
    return word === undefined ? [] : [`${file}: ${name}: src/base has no names of the domain (${word})`];
  });
}

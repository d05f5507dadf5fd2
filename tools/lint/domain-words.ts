/** Words that folders must not have, since they are free of what this program is about. */
import { isTest } from './imports.ts';

/** Words of the domain, as they occur within identifiers of `src/base`. */
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

/** What the repositories hold, which `src/git-store` must not know; in comments and texts neither. */
const KIND_WORDS = ['cluster', 'product', 'tenant', 'component', 'catalog'];

/** Comments, texts and regular expressions are left out: only names count. */
const NOT_NAMES = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
const NAME = /[A-Za-z_$][\w$]*/g;

/** The identifiers of a file of `src/base` with a word of the domain in them, and words of kinds in `src/git-store`. */
export function domainWordProblems(file: string, text: string): string[] {
  if (file.startsWith('src/base/')) return wordProblems(file, text.replaceAll(NOT_NAMES, ' '), DOMAIN_WORDS);
  if (file.startsWith('src/git-store/') && !isTest(file)) return wordProblems(file, text, KIND_WORDS);
  return [];
}

function wordProblems(file: string, text: string, words: readonly string[]): string[] {
  const folder = file.split('/').slice(0, 2).join('/');
  return [...new Set(text.match(NAME) ?? [])].flatMap((name) => {
    const word = words.find((domain) => name.toLowerCase().includes(domain));
    return word === undefined ? [] : [`${file}: ${name}: ${folder} has no names of the domain (${word})`];
  });
}

import { chineseHelp } from './chinese-help.ts';
import { chineseOutput } from './chinese-output.ts';
import { chineseWords } from './chinese-words.ts';
import { englishHelp } from './english-help.ts';
import { englishOutput } from './english-output.ts';
import { englishWords } from './english-words.ts';
import type { Language, Texts } from './texts.ts';

const ALL: Readonly<Record<Language, Texts>> = {
  en: { language: 'en', help: englishHelp, output: englishOutput, words: englishWords },
  zh: { language: 'zh', help: chineseHelp, output: chineseOutput, words: chineseWords },
};

export function textsIn(language: Language): Texts {
  return ALL[language];
}

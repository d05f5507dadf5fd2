import { chineseHelp } from './chinese-help.ts';
import { chineseOutput } from './chinese-output.ts';
import { englishHelp } from './english-help.ts';
import { englishOutput } from './english-output.ts';
import type { Language } from '../../messages/text.ts';
import type { Texts } from './texts.ts';
import { wordsIn } from './words.ts';

const ALL: Readonly<Record<Language, Texts>> = {
  en: { language: 'en', help: englishHelp, output: englishOutput, words: wordsIn('en') },
  zh: { language: 'zh', help: chineseHelp, output: chineseOutput, words: wordsIn('zh') },
};

export function textsIn(language: Language): Texts {
  return ALL[language];
}

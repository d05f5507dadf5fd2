import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { negotiateLanguage } from './language.ts';
import type { Language } from './text.ts';

describe('the language of a reply', () => {
  const cases: readonly (readonly [string | undefined, Language])[] = [
    [undefined, 'en'],
    ['', 'en'],
    ['zh', 'zh'],
    ['zh-CN', 'zh'],
    ['ZH-Hans-CN, en;q=0.5', 'zh'],
    ['en, zh', 'en'],
    ['zh;q=0.4, en;q=0.5', 'en'],
    ['de, zh;q=0.8, en;q=0.7', 'zh'],
    ['de, fr', 'en'],
    ['*', 'en'],
    ['zh;q=0', 'en'],
    ['zh;q=0.1, *;q=0', 'zh'],
    ['zh;q=2', 'en'],
    ['zh; q=0.900', 'zh'],
    [';;,,zh', 'zh'],
    ['x'.repeat(10_000), 'en'],
  ];
  for (const [header, language] of cases) {
    it(`is ${language} for ${JSON.stringify(header?.slice(0, 40))}`, () => {
      assert.equal(negotiateLanguage(header), language);
    });
  }
});

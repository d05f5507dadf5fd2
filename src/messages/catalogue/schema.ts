import { texts } from '../text.ts';

/** How a value violates its schema. */
export const schemaTexts = texts({
  'Schema.unknownKey': { en: 'unknown key {keys}', zh: '未知的键 {keys}' },
  'Schema.oneOf': { en: 'must be one of {allowed:list}', zh: '应为以下之一：{allowed:list}' },
  'Schema.type': { en: 'must be {type}', zh: '应为 {type}' },
  'Schema.limit': { en: 'must be {comparison} {limit}', zh: '应满足 {comparison} {limit}' },
  'Schema.required': { en: 'must have {keys}', zh: '缺少 {keys}' },
  'Schema.pattern': { en: 'must match {pattern}', zh: '应符合 {pattern}' },
  'Schema.noneOf': { en: 'has none of the allowed forms', zh: '不是任何一种允许的形式' },
  'Schema.minLength': { en: 'must have at least {limit} characters', zh: '至少要有 {limit} 个字符' },
  'Schema.maxLength': { en: 'must have at most {limit} characters', zh: '最多 {limit} 个字符' },
  'Schema.minItems': { en: 'must have at least {limit} entries', zh: '至少要有 {limit} 项' },
  'Schema.maxItems': { en: 'must have at most {limit} entries', zh: '最多 {limit} 项' },
  'Schema.minProperties': { en: 'must have at least {limit} keys', zh: '至少要有 {limit} 个键' },
  'Schema.maxProperties': { en: 'must have at most {limit} keys', zh: '最多 {limit} 个键' },
});

import { texts } from '../text.ts';

export const general = texts({
  /** Only for names, codes and texts that an earlier version has stored. */
  Text: { en: '{text}', zh: '{text}' },
  /** Words of another program, which have no translation. */
  Quoted: { en: '{text}', zh: '“{text}”' },
  NotYaml: { en: '{words:message}', zh: '{words:message}' },
  'NotYaml.at': {
    en: '{words:message} (line {line}, column {column})',
    zh: '{words:message}（第 {line} 行第 {column} 列）',
  },
  OneOf: { en: '{one:message} or {other}', zh: '{one:message} 或 {other}' },
  'Place.document': { en: 'document {number}', zh: '第 {number} 个文档' },
  'Place.item': { en: '{place:message}, item {number}', zh: '{place:message}的第 {number} 项' },
  'Place.documentIn': { en: '{place:message}, document {number}', zh: '{place:message} 的第 {number} 个文档' },
  'Place.itemIn': { en: '{place:message}, item {number}', zh: '{place:message} 的第 {number} 项' },
  'Place.kind': { en: '{kind} ({place:message})', zh: '{kind}（{place:message}）' },
  /** A message about one of several things, which is named first. */
  About: { en: '{subject:message}: {what:message}', zh: '{subject:message}：{what:message}' },
  'About.version': { en: '{name} {version}: {what:message}', zh: '{name} {version}：{what:message}' },
  /** Messages about several things. */
  Several: { en: '{each:messages}', zh: '{each:messages}' },
  /** The same of something with a name of its own, e.g. a component. */
  'About.name': { en: '{name}: {what:message}', zh: '{name}：{what:message}' },
});

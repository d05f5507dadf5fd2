import { texts } from '../text.ts';

/** Why a catalogue file of components is not valid. */
export const catalogTexts = texts({
  'CatalogInvalid.fileMissing': { en: 'there is no such file', zh: '没有这个文件' },
  'CatalogInvalid.tooLarge': { en: 'it has more than {maximum} bytes', zh: '它超过 {maximum} 字节' },
  'CatalogInvalid.twice': { en: '{name} is there twice', zh: '{name} 出现了两次' },
  'CatalogInvalid.varietyTwice': {
    en: 'the cluster profile "{variety}" is there twice',
    zh: '种类“{variety}”出现了两次',
  },
  'CatalogInvalid.nameTaken': { en: 'this name is taken by Nautes itself', zh: '这个名称由 Nautes 自己使用' },
  'CatalogInvalid.additionTwice': { en: 'the addition {name} is there twice', zh: '附加项 {name} 出现了两次' },
  'CatalogInvalid.additionPattern': {
    en: 'the pattern of the addition {name} is no regular expression',
    zh: '附加项 {name} 的 pattern 不是正则表达式',
  },
  'CatalogInvalid.additionDefault': {
    en: 'the default of the addition {name} has another form',
    zh: '附加项 {name} 的默认值不符合其 pattern',
  },
  'CatalogInvalid.patchIdle': {
    en: 'a patch of {kind} {name} changes nothing',
    zh: '{kind} {name} 的补丁没有任何改动',
  },
  'CatalogInvalid.dependencyUnknown': {
    en: 'it waits for {component}, which the catalogue does not have',
    zh: '它等待 {component}，而目录中没有它',
  },
  'CatalogInvalid.cycle': { en: 'components wait for each other: {cycle}', zh: '组件互相等待：{cycle}' },
  'CatalogInvalid.factUnknown': { en: 'there is no fact {fact}', zh: '没有名为 {fact} 的 fact' },
  'CatalogInvalid.defaults': {
    en: 'the category {category} has several defaults',
    zh: '类别 {category} 有多个默认组件',
  },
  'CatalogInvalid.notUrl': { en: '{location} is no URL', zh: '{location} 不是 URL' },
  'CatalogInvalid.scheme': {
    en: '{location} is neither a path nor an https URL',
    zh: '{location} 既不是路径，也不是 https URL',
  },
  'CatalogInvalid.urlCredentials': {
    en: 'a URL of {host} holds a user or password',
    zh: '{host} 的一个 URL 含有用户名或密码',
  },
  'CatalogInvalid.urlQuery': { en: '{location} must not have "?" or "#"', zh: '{location} 不能有“?”或“#”' },
  // --- templates; braces stand in the params, as those of a text are placeholders --------------------------------------
  'Template.number': { en: '|number needs a text of its own', zh: '|number 应单独成为一个文本' },
  'Template.eachTwice': { en: '|each can be there only once', zh: '|each 只能出现一次' },
  'Template.each': { en: '|each needs an element of a list', zh: '|each 只能用于列表的元素' },
  'Template.open': {
    en: '{opening} without {closing} ({escape} stands for a literal {opening})',
    zh: '有 {opening} 而没有 {closing}（{escape} 表示字面的 {opening}）',
  },
  'Template.notPlaceholder': {
    en: '{text} is no placeholder ({escape} stands for a literal {opening})',
    zh: '{text} 不是占位符（{escape} 表示字面的 {opening}）',
  },
});
